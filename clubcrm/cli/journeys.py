"""`clubcrm journeys`: plan touchpoints for a club day, and say why one member gets what."""

import json
from datetime import date, datetime, timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import begin, db, unit_of_work
from clubcrm.core.errors import not_found
from clubcrm.journeys.explain import explain
from clubcrm.journeys.facts import refresh_all, refresh_facts
from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.planning import plan_club
from clubcrm.people.models import Person

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def journeys() -> None:
    """The member's way through a cycle: facts, risk, touchpoints."""


@journeys.command()
@click.option("--date", "wanted", type=DAY, help="Club day; today when left out.")
@click.option("--explain", "who", help="Only say what is due for this person (id or number).")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def plan(wanted: datetime | None, who: str | None, *, as_json: bool) -> None:
    """Plan what is due for the members of every club; a second run plans nothing twice.

    Example: clubcrm journeys plan --date 2026-03-20
    """
    if who is not None:
        _say(who, wanted, as_json=as_json)
        return
    lines = [_plan(club_id, name, zone, wanted) for club_id, name, zone in _clubs()]
    for line in lines:
        click.echo(
            json.dumps(line)
            if as_json
            else "{club}, {day}: {members} members, {planned} planned, {held_out} held out, "
            "{refused} not planned, {failed} failed".format(**line)
        )


def _plan(club_id: int, name: str, zone: str, wanted: datetime | None) -> dict[str, object]:
    day = wanted.date() if wanted else clock.today(zone)
    members = refresh_all(unit_of_work, club_id, day)
    result = plan_club(unit_of_work, club_id, day)
    for problem in result.failed:
        click.echo(problem, err=True)
    return {
        "club": name,
        "day": day.isoformat(),
        "members": members,
        "planned": result.planned,
        "held_out": result.held_out,
        "refused": result.refused,
        "failed": len(result.failed),
    }


def _say(who: str, wanted: datetime | None, *, as_json: bool) -> None:
    with unit_of_work(write=False) as session:
        person = session.scalars(
            select(Person).where(
                or_(
                    Person.public_id == who,
                    Person.external_ref == who,
                    Person.id == (int(who) if who.isdigit() and len(who) < 10 else 0),
                )
            )
        ).first()
        if person is None:
            raise not_found(f"There is no person {who}.")
        zone = session.get_one(Club, person.club_id).zone
        sentences = explain(person.id, wanted.date() if wanted else clock.today(zone))
    click.echo(json.dumps(sentences) if as_json else "\n".join(sentences))


@journeys.command()
@click.option("--from", "first", type=DAY, required=True, help="First club day.")
@click.option("--to", "last", type=DAY, required=True, help="Last club day, included.")
@click.option("--json", "as_json", is_flag=True)
@with_appcontext
def alarms(first: datetime, last: datetime, *, as_json: bool) -> None:
    """Count how often silence (R1) would have rung on each day; nothing is written.

    Example: clubcrm journeys alarms --from 2026-01-01 --to 2026-03-31
    """
    for club_id, name, _zone in _clubs():
        rung: dict[str, int] = {}
        day = first.date()
        while day <= last.date():
            rung[day.isoformat()] = _rung_on(club_id, day)
            day += timedelta(days=1)
        total = sum(rung.values())
        if as_json:
            click.echo(json.dumps({"club": name, "alarms": total, "by_day": rung}))
        else:
            click.echo(f"{name}: {total} alarms")


def _rung_on(club_id: int, day: date) -> int:
    """Return how many alarms belong to the day, with all facts of that day, then forget them."""
    with Session(db.engine) as session:
        begin(session, write=True)
        refresh_facts(session, club_id, day)
        rung = session.scalar(
            select(func.count())
            .select_from(MemberFacts)
            .where(MemberFacts.club_id == club_id, MemberFacts.silence_alarm_on == day)
        )
        session.rollback()
        return rung or 0


def _clubs() -> list[tuple[int, str, str]]:
    with unit_of_work(write=False):
        rows = db.session.execute(select(Club.id, Club.name, Club.zone).order_by(Club.id)).all()
    return [(row[0], row[1], row[2]) for row in rows]
