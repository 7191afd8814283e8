"""Which documents stand where, and which of them the office is to hear of next."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from memberships.fiscal.models import FiscalAttempt, FiscalDocument
from memberships.fiscal.rules import DocumentKind, FiscalState

PIECE = 50
PAGE = 50


def document_of(source_kind: str, source_id: str) -> FiscalDocument | None:
    """Return the document about a source, None when there is none."""
    return db.session.scalars(
        select(FiscalDocument).where(
            FiscalDocument.source_kind == source_kind, FiscalDocument.source_id == source_id
        )
    ).first()


def document_for(scope: Scope, public_id: str) -> FiscalDocument | None:
    """Return a document of these clubs, None when there is none."""
    return db.session.scalars(
        select(FiscalDocument).where(
            FiscalDocument.public_id == public_id, FiscalDocument.club_id.in_(scope.club_ids)
        )
    ).first()


def due_documents(moment: datetime) -> Sequence[int]:
    """Return the ids of what to hand over now, oldest first; a bill before its credit note."""
    first = aliased(FiscalDocument)
    bill_is_told = exists().where(
        first.id == FiscalDocument.refers_id, first.state == FiscalState.ACCEPTED
    )
    return db.session.scalars(
        select(FiscalDocument.id)
        .where(
            FiscalDocument.state == FiscalState.WAITING,
            or_(FiscalDocument.next_try_at.is_(None), FiscalDocument.next_try_at <= moment),
            or_(FiscalDocument.claimed_until.is_(None), FiscalDocument.claimed_until < moment),
            or_(FiscalDocument.kind == DocumentKind.BILL, bill_is_told),
        )
        .order_by(FiscalDocument.id)
        .limit(PIECE)
    ).all()


def documents_of(
    club_id: int, state: FiscalState | None, before: int | None
) -> Sequence[FiscalDocument]:
    """Return a page of a club's documents, the newest first, one more than a page holds."""
    wanted = select(FiscalDocument).where(FiscalDocument.club_id == club_id)
    if state is not None:
        wanted = wanted.where(FiscalDocument.state == state)
    if before is not None:
        wanted = wanted.where(FiscalDocument.id < before)
    return db.session.scalars(wanted.order_by(FiscalDocument.id.desc()).limit(PAGE + 1)).all()


def counts_by_state(club_id: int) -> dict[FiscalState, int]:
    """Return how many documents of a club stand where."""
    rows = db.session.execute(
        select(FiscalDocument.state, func.count())
        .where(FiscalDocument.club_id == club_id)
        .group_by(FiscalDocument.state)
    )
    return {row[0]: row[1] for row in rows}


def attempts_of(document_id: int) -> Sequence[FiscalAttempt]:
    """Return the tries of a document, the newest first."""
    return db.session.scalars(
        select(FiscalAttempt)
        .where(FiscalAttempt.document_id == document_id)
        .order_by(FiscalAttempt.id.desc())
        .limit(PAGE)
    ).all()


def gaps_in_numbers() -> list[str]:
    """Return a sentence for each series whose numbers do not run from one without a gap."""
    rows = db.session.execute(
        select(
            FiscalDocument.club_id,
            FiscalDocument.fiscal_year,
            FiscalDocument.kind,
            func.count(),
            func.max(FiscalDocument.sequence),
        )
        .group_by(FiscalDocument.club_id, FiscalDocument.fiscal_year, FiscalDocument.kind)
        .having(and_(func.count() != func.max(FiscalDocument.sequence)))
    )
    return [
        f"club {club}, year {year}, {kind.value}: {count} documents, highest number {top}"
        for club, year, kind, count, top in rows
    ]
