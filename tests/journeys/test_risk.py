"""Who is at risk: the list follows each scan, and what was said is judged by what happened."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db, unit_of_work
from clubcrm.journeys.facts import refresh_facts
from clubcrm.journeys.risk_list import AtRisk, at_risk
from clubcrm.journeys.risk_log import is_counting_day, keep_scores, score_past
from clubcrm.journeys.risk_quality import judged_people, quality
from clubcrm.journeys.risk_tables import RiskScore, ScoredFor
from clubcrm.journeys.rules.risk_reasons import RiskReason
from clubcrm.journeys.services import react
from clubcrm.tasks.models import Task
from memberships.contracts.models import Contract
from tests.cast import Cast, make_member
from tests.journeys.life import came, sign

DAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
START = date(2025, 10, 1)
ClientOf = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def member(cast: Cast, name: str, *, every: int, last: date, price: int = 100_000) -> int:
    """A member of half a year who came every few days up to a last one."""
    person = make_member(name, club=cast.club)
    contract = sign(person.id, cast.club, START, date(2026, 9, 30))
    db.session.get_one(Contract, contract).price_minor = price
    days = (last - START).days
    came(person.id, cast.club, [last - timedelta(days=back) for back in range(0, days, every)])
    db.session.flush()
    return person.id


def listed(cast: Cast, span: int = 0) -> list[AtRisk]:
    refresh_facts(db.session(), cast.club, DAY)
    return at_risk(Scope((cast.club,)), span, DAY)[0]


def names(rows: list[AtRisk]) -> list[str]:
    return [row.name for row in rows]


@pytest.mark.usefixtures("unit")
def test_once_a_week_is_no_risk_on_day_eight_and_four_a_week_is_on_day_seven(cast: Cast) -> None:
    member(cast, "Weekly", every=7, last=DAY - timedelta(days=8))
    member(cast, "Often", every=2, last=DAY - timedelta(days=11))

    assert names(listed(cast)) == ["Often"]
    assert names(listed(cast, 7)) == ["Weekly", "Often"]


@pytest.mark.usefixtures("unit")
def test_worth_comes_first_and_each_has_reasons(cast: Cast) -> None:
    member(cast, "Cheap", every=2, last=DAY - timedelta(days=20), price=100_000)
    member(cast, "Dear", every=2, last=DAY - timedelta(days=20), price=900_000)

    rows = listed(cast)

    assert names(rows) == ["Dear", "Cheap"]
    assert rows[0].reasons == (
        RiskReason.SILENT,
        RiskReason.LONGER_THAN_USUAL,
        RiskReason.SLUMP,
    )


@pytest.mark.usefixtures("unit")
def test_visit_takes_a_member_off_the_list_at_once(cast: Cast) -> None:
    person = member(cast, "Often", every=2, last=DAY - timedelta(days=11))
    assert names(listed(cast)) == ["Often"]

    came(person, cast.club, [DAY])
    db.session.flush()
    react(person)

    assert at_risk(Scope((cast.club,)), 0, DAY) == ([], 0)
    assert at_risk(Scope((cast.club,)), 7, DAY) == ([], 0)


@pytest.mark.usefixtures("unit")
def test_other_clubs_members_are_not_listed(cast: Cast) -> None:
    member(cast, "Often", every=2, last=DAY - timedelta(days=20))
    refresh_facts(db.session(), cast.club, DAY)

    assert at_risk(Scope((cast.other_club,)), 0, DAY) == ([], 0)


@pytest.mark.usefixtures("unit")
def test_new_alarms_are_kept_each_day_and_everybody_on_counting_days(cast: Cast) -> None:
    rings = member(cast, "Rings", every=2, last=DAY - timedelta(days=11))
    member(cast, "Steady", every=2, last=DAY - timedelta(days=1))
    refresh_facts(db.session(), cast.club, DAY)
    assert not is_counting_day(DAY)

    keep_scores(db.session(), cast.club, DAY)
    keep_scores(db.session(), cast.club, DAY)
    kept = db.session.execute(select(RiskScore.person_id, RiskScore.cause)).all()
    assert kept == [(rings, ScoredFor.SILENCE)]

    counting = DAY + timedelta(days=-DAY.toordinal() % 28)
    refresh_facts(db.session(), cast.club, counting)
    keep_scores(db.session(), cast.club, counting)
    assert db.session.scalar(select(func.count()).where(RiskScore.day == counting)) == 2


@pytest.mark.usefixtures("unit")
def test_scores_are_judged_by_the_28_days_after(cast: Cast) -> None:
    """Thirty steady members came again, thirty silent ones did not, and one came back late."""
    then = DAY - timedelta(days=28)
    for number in range(30):
        member(cast, f"Steady {number}", every=2, last=DAY)
        member(cast, f"Gone {number}", every=2, last=then - timedelta(days=25))
    back = member(cast, "Late", every=2, last=then - timedelta(days=25))
    came(back, cast.club, [then + timedelta(days=28)])
    db.session.flush()
    refresh_facts(db.session(), cast.club, DAY)

    score_past(db.session(), cast.club, then)
    found = quality(Scope((cast.club,)), DAY)

    assert (found.judged, found.is_enough) == (61, True)
    low, high = found.bands[0], found.bands[-1]
    assert (low.members, low.happened) == (30, 0.0)
    assert (high.members, high.happened) == (31, pytest.approx(30 / 31))
    assert low.said < 0.1
    assert (found.others, found.others_away) == (61, 30)
    assert quality(Scope((cast.club,)), DAY - timedelta(days=1)).judged == 0


def test_each_number_of_the_judgement_opens_a_list_of_its_length(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    then = DAY - timedelta(days=28)
    with app.app_context(), unit_of_work() as session:
        for number in range(25):
            member(cast, f"Steady {number}", every=2, last=DAY)
            member(cast, f"Gone {number}", every=2, last=then - timedelta(days=25))
        refresh_facts(session, cast.club, DAY)
        score_past(session, cast.club, then)
        rung = make_member("Rung", club=cast.club)
        session.add(
            RiskScore(
                person_id=rung.id, day=then, club_id=cast.club, cause=ScoredFor.SILENCE,
                score=3.0, chance=1.0, silent_days=20, v28=0, visits=30,
            )
        )  # fmt: skip
    frank = client_of("Frank")

    page = frank.get("/journeys/at-risk/quality").get_data(as_text=True)
    links = re.findall(r'href="(/journeys/at-risk/quality/people[^"]*)">([\d,]+)', page)

    lists = {unescape(href): frank.get(unescape(href)).get_data(as_text=True) for href, _ in links}
    said = [(unescape(href), int(number)) for href, number in links]
    counted = [
        (href, int(re.search(r"data-count>(\d+)<", lists[href])[1]))
        for href, _number in said  # type: ignore[index]
    ]
    shown = [(href, min(50, number)) for href, number in said]
    assert counted == said
    assert [(href, lists[href].count("<tr data-row>")) for href, _number in said] == shown
    assert dict(said)["/journeys/at-risk/quality/people?of=all"] == 51
    assert dict(said)["/journeys/at-risk/quality/people?of=alarms&away=1"] == 1
    assert dict(said)["/journeys/at-risk/quality/people?of=others&away=1"] == 25
    assert ">Rung<" in lists["/journeys/at-risk/quality/people?of=4"]
    last = frank.get("/journeys/at-risk/quality/people?of=all&skip=50").get_data(as_text=True)
    assert last.count("<tr data-row>") == 1
    with app.app_context():
        assert judged_people(Scope((cast.other_club,)), DAY, "all", only_away=False) == ([], 0)


def test_pages_list_call_and_refuse_to_judge_too_few(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with app.app_context(), unit_of_work() as session:
        member(cast, "Often", every=2, last=DAY - timedelta(days=20))
        refresh_facts(session, cast.club, DAY)
        public_id = at_risk(Scope((cast.club,)), 0, DAY)[0][0].public_id
    frank = client_of("Frank")

    page = frank.get("/journeys/at-risk").get_data(as_text=True)
    assert "Not here for 20 days" in page
    assert "Usually comes every 2 days" in page

    first = frank.post(f"/journeys/at-risk/{public_id}/call")
    again = frank.post(f"/journeys/at-risk/{public_id}/call")
    assert first.status_code == 303
    assert first.location == again.location
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Task)) == 1

    assert "No scores are" not in page
    told = frank.get("/journeys/at-risk/quality").get_data(as_text=True)
    assert "Only 0 scores are old enough to be judged." in told
    assert frank.post(f"/journeys/at-risk/{cast.public['Zia']}/call").status_code == 404
