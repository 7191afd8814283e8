"""Services room: every night the paid ends and spells of a club's members, as the pages read them.

A month whose window has passed is sealed: its rows stay as they were told.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from clubcrm.core.clock import now
from clubcrm.core.clubs import Club
from clubcrm.core.months import month_after, month_end, month_of
from clubcrm.reports.gather import Gathered, buyers_of, gather
from clubcrm.reports.models import MemberSpell, MonthSeal, RenewalDue
from clubcrm.reports.rules.dues import Due, Fate, dues_of, is_final
from clubcrm.reports.rules.spells import Spell, spells_of

Unit = Callable[[], AbstractContextManager[Session]]
TRAINER_BEFORE = 60
TRAINER_WITHIN = 30


def roll_up(unit: Unit, club_id: int, today: date, moment: datetime | None = None) -> int:
    """Paid ends and spells of the club are those of today; returns how many ends there are.

    Written slice by slice, each in its own short unit of work, so that no turnstile has to wait.
    """
    with unit() as session:
        club = session.get_one(Club, club_id)
        zone, sealed = club.zone, _sealed(session, club_id)
        slices = buyers_of(session, club_id)
    total = 0
    for people in slices:
        with unit() as session:
            total += _roll_slice(session, (club_id, zone, today), people, sealed)
    with unit() as session:
        seal_months(session, club_id, today, moment or now())
    return total


def seal_months(session: Session, club_id: int, today: date, moment: datetime) -> int:
    """Months since the club's first whose window has passed are sealed; returns how many."""
    club = session.get_one(Club, club_id)
    first, sealed, made = month_of(club.created_at.date()), _sealed(session, club_id), 0
    oldest = session.scalar(
        select(func.min(RenewalDue.month)).where(
            RenewalDue.club_id == club_id, RenewalDue.month >= first
        )
    )
    month = oldest or today
    while is_final(month_end(month), today):
        if month not in sealed:
            session.add(_seal(session, club_id, month, moment))
            made += 1
        month = month_after(month)
    session.flush()
    return made


def _seal(session: Session, club_id: int, month: date, moment: datetime) -> MonthSeal:
    rows = session.execute(
        select(RenewalDue.contract_id, RenewalDue.due_on, RenewalDue.fate, RenewalDue.way)
        .where(RenewalDue.club_id == club_id, RenewalDue.month == month)
        .order_by(RenewalDue.contract_id, RenewalDue.due_on)
    ).all()
    told = "\n".join(f"{row[0]} {row[1]} {row[2]} {row[3] or ''}" for row in rows)
    return MonthSeal(
        club_id=club_id,
        month=month,
        due=len(rows),
        renewed=sum(row[2] is Fate.RENEWED for row in rows),
        sha256=hashlib.sha256(told.encode()).hexdigest(),
        sealed_at=moment,
    )


def _sealed(session: Session, club_id: int) -> frozenset[date]:
    return frozenset(session.scalars(select(MonthSeal.month).where(MonthSeal.club_id == club_id)))


def _roll_slice(
    session: Session,
    where: tuple[int, str, date],
    people: tuple[int, int],
    sealed: frozenset[date],
) -> int:
    club_id, zone, today = where
    mine = RenewalDue.club_id == club_id, RenewalDue.person_id.between(*people)
    told: set[tuple[int, date]] = set()
    if sealed:
        kept = select(RenewalDue.contract_id, RenewalDue.due_on).where(
            *mine, RenewalDue.month.in_(sealed)
        )
        told = {(row[0], row[1]) for row in session.execute(kept)}
    session.execute(delete(RenewalDue).where(*mine, RenewalDue.month.not_in(sealed)))
    session.execute(
        delete(MemberSpell).where(
            MemberSpell.club_id == club_id, MemberSpell.person_id.between(*people)
        )
    )
    found = gather(session, people, zone)
    dues, spells, back = [], [], []
    for person, sold in found.sold.items():
        here = [one for one in sold if one.club_id == club_id]
        spells += list(_spell_rows(found, spells_of(here, today), (club_id, person, today)))
        for due in dues_of(sold, found.kin.get(person, ()), today):
            if due.sold.club_id != club_id:
                continue
            if (due.sold.contract_id, due.due_on) in told:
                back += [due] if due.back_on else []
            elif month_of(due.due_on) not in sealed:
                dues.append(_due_row(found, due))
    _write(session, dues, spells)
    _note_returns(session, back)
    return len(dues) + len(told)


def _write(session: Session, dues: list[Any], spells: list[Any]) -> None:
    for model, rows in ((RenewalDue, dues), (MemberSpell, spells)):
        if rows:
            session.execute(insert(model), rows)


def _note_returns(session: Session, back: list[Due]) -> None:
    """Who came back later is no part of the sealed report: it is told beside it."""
    for due in back:
        session.execute(
            update(RenewalDue)
            .where(
                RenewalDue.contract_id == due.sold.contract_id,
                RenewalDue.due_on == due.due_on,
                RenewalDue.back_on.is_(None),
            )
            .values(back_on=due.back_on)
        )


def _due_row(found: Gathered, due: Due) -> dict[str, Any]:
    sold, left = due.sold, found.left(due)
    seen_on = max(due.due_on - timedelta(days=TRAINER_BEFORE), sold.starts_on)
    return {
        "club_id": sold.club_id,
        "person_id": sold.person_id,
        "contract_id": sold.contract_id,
        "due_on": due.due_on,
        "month": month_of(due.due_on),
        "term": sold.term,
        "turn": due.turn,
        "plan": found.plans[sold.contract_id],
        "source": found.sources[sold.person_id],
        "trainer": found.trainer_on(sold.person_id, seen_on),
        "price_minor": sold.price_minor,
        "currency": found.currencies[sold.contract_id],
        "signed_on": sold.signed_on,
        "fate": due.fate,
        "way": due.way,
        "next_contract_id": due.next_id,
        "settled_on": due.settled_on,
        "back_on": due.back_on,
        "cancelled_on": left.asked_on,
        "reason": left.reason,
    }


def _spell_rows(
    found: Gathered, spells: list[Spell], about: tuple[int, int, date]
) -> Iterator[dict[str, Any]]:
    club_id, person, today = about
    for spell in spells:
        last = spell.ended_on or today
        frozen = found.frozen_days(person, spell.began_on, last)
        yield {
            "club_id": club_id,
            "person_id": person,
            "number": spell.number,
            "began_on": spell.began_on,
            "ended_on": spell.ended_on,
            "is_final": spell.is_final,
            "months": spell.months(today, frozen),
            "frozen_days": frozen,
            "term": spell.first.term,
            "plan": found.plans[spell.first.contract_id],
            "source": found.sources[person],
            "trainer": found.trainer_within(person, spell.began_on, TRAINER_WITHIN),
        }
