"""Services room: hand documents over: claim, commit, ask outside any transaction, commit again.

A document counts as in doubt from its claim until somebody has answered: a process that dies in
between leaves it so, and what is then known to the office already has arrived the first time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from clubcrm.core import clock, failpoints
from memberships.fiscal.models import FiscalAttempt, FiscalDocument
from memberships.fiscal.registry import driver_named
from memberships.fiscal.rules import (
    Answer,
    Asked,
    FiscalState,
    Meaning,
    is_in_doubt,
    meaning,
    pause_after,
)

CLAIM = timedelta(minutes=2)
_STATES = {Meaning.ACCEPTED: FiscalState.ACCEPTED, Meaning.REFUSED: FiscalState.REFUSED}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A document that is ours for two minutes, with all that handing it over needs."""

    id: int
    driver: str
    asked: Asked
    content: Mapping[str, Any]
    issued_at: datetime


def claim(session: Session, document_id: int) -> Claimed | None:
    """The document is ours; None when another process has it or it is settled."""
    moment = clock.now()
    document = session.get(FiscalDocument, document_id, populate_existing=True)
    if document is None:
        return None
    was_in_doubt = document.in_doubt
    taken = session.execute(
        update(FiscalDocument)
        .where(
            FiscalDocument.id == document_id,
            FiscalDocument.state == FiscalState.WAITING,
            FiscalDocument.attempts == document.attempts,
            or_(FiscalDocument.claimed_until.is_(None), FiscalDocument.claimed_until < moment),
        )
        .values(claimed_until=moment + CLAIM, attempts=FiscalDocument.attempts + 1, in_doubt=True)
        .returning(FiscalDocument.attempts)
    ).scalar()
    if taken is None:
        return None
    asked = Asked(document.kind, taken, was_in_doubt)
    return Claimed(document_id, document.driver, asked, document.content, document.issued_at)


def hand_over(claimed: Claimed) -> Answer:
    """Return what the office said to a claimed document; holds no transaction."""
    driver = driver_named(claimed.driver)
    if driver is None:
        return Answer("", "its settings are missing")
    failpoints.hit("fiscal.before_call")
    answer = driver.hand_over(claimed.asked.kind, claimed.content, claimed.issued_at)
    failpoints.hit("fiscal.after_call")
    return answer


def conclude(session: Session, claimed: Claimed, answer: Answer) -> Meaning:
    """The document stands where the answer puts it, and the try is written down."""
    told = meaning(answer, claimed.asked)
    moment = clock.now()
    session.add(
        FiscalAttempt(
            document_id=claimed.id, code=answer.code, words=answer.words[:300], meaning=told.value
        )
    )
    unknown = is_in_doubt(answer, told) or (
        claimed.asked.was_in_doubt and told in {Meaning.AGAIN, Meaning.LOCKED_OUT}
    )
    settled = told in _STATES
    session.execute(
        update(FiscalDocument)
        .where(FiscalDocument.id == claimed.id, FiscalDocument.attempts == claimed.asked.attempts)
        .values(
            state=_STATES.get(told, FiscalState.WAITING),
            claimed_until=None,
            in_doubt=unknown,
            next_try_at=None if settled else moment + pause_after(told, claimed.asked.attempts),
            settled_at=moment if settled else None,
            code=answer.code,
            words=answer.words[:300],
        )
    )
    return told


def is_down(answer: Answer) -> bool:
    """Tell whether nobody answered, so that the next document need not be tried now."""
    return not answer.code
