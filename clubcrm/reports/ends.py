"""Queries room: paid ends and spells of a club as columns, as the statistics take them."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.reports.models import MemberSpell, RenewalDue
from memberships.contracts.models import Contract

_COLUMNS = (
    RenewalDue.id,
    RenewalDue.contract_id,
    RenewalDue.next_contract_id,
    RenewalDue.term,
    RenewalDue.turn,
    Contract.starts_on,
    RenewalDue.due_on,
    RenewalDue.signed_on,
    RenewalDue.settled_on,
    RenewalDue.cancelled_on,
    RenewalDue.fate,
    RenewalDue.price_minor,
    RenewalDue.person_id,
)


def ends_of_club(session: Session, club_id: int) -> dict[str, list[Any]]:
    """Return all paid ends of a club, a list per fact."""
    rows = session.execute(
        select(*_COLUMNS)
        .join(Contract, Contract.id == RenewalDue.contract_id)
        .where(RenewalDue.club_id == club_id)
        .order_by(RenewalDue.id)
    ).all()
    terms = {row.contract_id: row.term for row in rows}
    return {
        "id": [row.id for row in rows],
        "term": [row.term for row in rows],
        "turn": [row.turn for row in rows],
        "starts": [row.starts_on.toordinal() for row in rows],
        "due": [row.due_on.toordinal() for row in rows],
        "signed": [row.signed_on.toordinal() for row in rows],
        "settled": [_ordinal(row.settled_on) for row in rows],
        "cancelled": [_ordinal(row.cancelled_on) for row in rows],
        "fate": [row.fate.value for row in rows],
        "goes_on": [terms.get(row.next_contract_id) == row.term for row in rows],
        "price": [row.price_minor for row in rows],
        "person": [row.person_id for row in rows],
    }


def spells_of_club(session: Session, club_id: int, today: date) -> dict[str, list[Any]]:
    """Return the spells of a club: days lived without frozen ones, whether over, and by what.

    What a spell is grouped by was known when it began, so that no later fact explains it.
    """
    rows = session.execute(
        select(
            MemberSpell.began_on,
            MemberSpell.ended_on,
            MemberSpell.is_final,
            MemberSpell.frozen_days,
            MemberSpell.plan,
            MemberSpell.source,
            MemberSpell.trainer,
        ).where(MemberSpell.club_id == club_id)
    ).all()
    lived = [((row.ended_on or today) - row.began_on).days + 1 - row.frozen_days for row in rows]
    return {
        "days": [max(days, 1) for days in lived],
        "over": [row.is_final for row in rows],
        "plan": [row.plan for row in rows],
        "source": [row.source for row in rows],
        "trainer": [row.trainer for row in rows],
        "joined": [str(row.began_on.year) for row in rows],
    }


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None
