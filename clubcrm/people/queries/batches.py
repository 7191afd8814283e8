"""Queries: tables brought in so far, and the rows that were refused."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.types import JsonObject
from clubcrm.people.models import ImportBatch, ImportRow

PIECE = 500


def batch_in(scope: Scope, batch_id: int) -> ImportBatch | None:
    """Return the batch of people if it belongs to a club of the scope."""
    return db.session.scalars(
        select(ImportBatch).where(
            ImportBatch.id == batch_id,
            ImportBatch.kind == "people",
            ImportBatch.club_id.in_(scope.club_ids),
        )
    ).first()


def newest_batches(scope: Scope, limit: int = 10) -> Sequence[ImportBatch]:
    """Return the newest tables of people brought into the clubs of the scope."""
    return db.session.scalars(
        select(ImportBatch)
        .where(ImportBatch.kind == "people", ImportBatch.club_id.in_(scope.club_ids))
        .order_by(ImportBatch.id.desc())
        .limit(limit)
    ).all()


def refused_rows(batch_id: int, limit: int) -> Sequence[ImportRow]:
    """Return the first refused rows of a batch in the order of the table."""
    return db.session.scalars(
        select(ImportRow)
        .where(ImportRow.batch_id == batch_id)
        .order_by(ImportRow.number)
        .limit(limit)
    ).all()


def all_refused(batch_id: int) -> Iterator[tuple[JsonObject, str]]:
    """Return cells and reason of every refused row in the order of the table, piece by piece."""
    last = 0
    while rows := db.session.execute(
        select(ImportRow.number, ImportRow.cells, ImportRow.reason)
        .where(ImportRow.batch_id == batch_id, ImportRow.number > last)
        .order_by(ImportRow.number)
        .limit(PIECE)
    ).all():
        yield from ((cells, reason) for _number, cells, reason in rows)
        last = rows[-1][0]


def any_batch_in(scope: Scope, batch_id: int) -> ImportBatch | None:
    """Return the batch of any kind if it belongs to a club of the scope."""
    return db.session.scalars(
        select(ImportBatch).where(
            ImportBatch.id == batch_id, ImportBatch.club_id.in_(scope.club_ids)
        )
    ).first()


def newest_of_all(scope: Scope, limit: int = 20) -> Sequence[ImportBatch]:
    """Return the newest tables of any kind brought into the clubs of the scope."""
    return db.session.scalars(
        select(ImportBatch)
        .where(ImportBatch.club_id.in_(scope.club_ids))
        .order_by(ImportBatch.id.desc())
        .limit(limit)
    ).all()
