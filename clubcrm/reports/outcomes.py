"""Services room: what followed each eligibility, written as its windows pass, both arms alike."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, insert, update
from sqlalchemy.orm import Session

from clubcrm.reports import followed
from clubcrm.reports.effect_tables import Outcome, TouchOutcome
from clubcrm.reports.rules.dues import year_end_of
from clubcrm.reports.rules.windows import (
    GUARD_DAYS,
    RENEWAL_GRACE,
    last_day,
    outcome_of,
)
from memberships.contracts.rules import PlanKind

Unit = Callable[[], AbstractContextManager[Session]]
SLICE = 5_000


def follow(unit: Unit, club_id: int, today: date) -> int:
    """Every eligibility of the club has its row, settled as far as its windows have passed.

    Written slice by slice, each in its own short unit of work, so that no turnstile has to wait.
    """
    fresh = 0
    while True:
        with unit() as session:
            rows = session.execute(followed.not_followed(club_id, SLICE)).all()
            if rows:
                session.execute(insert(TouchOutcome), [_row(one) for one in rows])
            fresh += len(rows)
        if len(rows) < SLICE:
            break
    with unit() as session:
        _move_ends(session, club_id)
        _settle_own(session, club_id, today)
        _settle_renewal(session, club_id, today)
        _settle_guards(session, club_id, today)
    return fresh


def _row(found: Row[Any]) -> dict[str, Any]:
    one = found[0]
    kind, days = outcome_of(one.code)
    is_rolling = found.kind is PlanKind.RECURRING
    due_on = found.cut_ends_on or found.ends_on
    if is_rolling:
        due_on = year_end_of(found.starts_on, one.eligible_on)
    return {
        "eligibility_id": one.id,
        "club_id": one.club_id,
        "person_id": one.person_id,
        "contract_id": one.contract_id,
        "code": one.code,
        "arm": one.arm,
        "is_control": one.is_control,
        "is_first": not found.again,
        "is_rolling": is_rolling,
        "kind": Outcome(kind),
        "eligible_on": one.eligible_on,
        "until_on": last_day(one.code, one.eligible_on),
        "eligible_at": one.eligible_at,
        "until_at": one.eligible_at + timedelta(days=max(days, GUARD_DAYS)),
        "due_on": due_on,
    }


def _move_ends(session: Session, club_id: int) -> None:
    """Ends that frozen days have moved are moved here too."""
    session.execute(followed.moved_ends(club_id))


def _settle_own(session: Session, club_id: int, today: date) -> None:
    """The own outcome of each touchpoint is known once its last day is over."""
    for kind, value in followed.own_values().items():
        _write(
            session,
            (
                TouchOutcome.club_id == club_id,
                TouchOutcome.kind == kind,
                TouchOutcome.value.is_(None),
                TouchOutcome.until_on < today,
            ),
            {"value": value, "settled_on": TouchOutcome.until_on},
        )


def _settle_renewal(session: Session, club_id: int, today: date) -> None:
    """Renewal is told fourteen days after the end; a running cycle is never counted as lost."""
    fate = followed.told_fate()
    _write(
        session,
        (
            TouchOutcome.club_id == club_id,
            TouchOutcome.renewed.is_(None),
            TouchOutcome.due_on < today - timedelta(days=RENEWAL_GRACE),
            fate.is_not(None),
        ),
        {
            "renewed": fate,
            "involuntary": ~fate & followed.owed(),
            "told_on": TouchOutcome.due_on,
        },
    )
    _write(
        session,
        (
            TouchOutcome.club_id == club_id,
            TouchOutcome.kind == Outcome.RENEWAL,
            TouchOutcome.value.is_(None),
            TouchOutcome.renewed.is_not(None),
        ),
        {"value": followed.one_if(TouchOutcome.renewed), "settled_on": TouchOutcome.told_on},
    )


def _settle_guards(session: Session, club_id: int, today: date) -> None:
    """Whether the contact reached the member, and what else followed, is known after 28 days."""
    _write(
        session,
        (
            TouchOutcome.club_id == club_id,
            TouchOutcome.delivered.is_(None),
            TouchOutcome.eligible_on < today - timedelta(days=GUARD_DAYS),
        ),
        dict(followed.guards()),
    )


def _write(session: Session, which: Sequence[Any], values: dict[str, Any]) -> None:
    session.execute(
        update(TouchOutcome)
        .where(*which)
        .values(values)
        .execution_options(synchronize_session=False)
    )
