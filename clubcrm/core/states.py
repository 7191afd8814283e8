"""States change only along the pairs declared beside their enum, and each change is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, insert, update
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model, db
from clubcrm.core.errors import DomainError
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import UtcInstant

Moves = Mapping[StrEnum, frozenset[StrEnum]]


class StateChange(AppendOnly, Model):
    """One change of state of one row."""

    __tablename__ = "state_change"
    __table_args__ = (Index(None, "table_name", "row_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int]
    from_state: Mapped[str] = mapped_column(String(32))
    to_state: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(String(80))
    why: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


def move(row: object, to: StrEnum, *, moves: Moves, by: str, why: str = "") -> None:
    """The row has the new state and its history one line more.

    Raises STATE when the pair is not allowed, or when another worker moved the row first.
    """
    table = type(row)
    was: StrEnum = row.state  # type: ignore[attr-defined]
    row_id: int = row.id  # type: ignore[attr-defined]
    if to not in moves.get(was, frozenset()):
        raise DomainError("STATE", f"From {was.value} this cannot become {to.value}.")
    changed = db.session.execute(
        update(table)
        .where(table.id == row_id, table.state == was)  # type: ignore[attr-defined]
        .values(state=to)
        .execution_options(synchronize_session="fetch")
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError("STATE", "Somebody else has just changed this. Look again.")
    db.session.add(
        StateChange(
            table_name=table.__tablename__,  # type: ignore[attr-defined]
            row_id=row_id,
            from_state=was.value,
            to_state=to.value,
            by=by,
            why=why,
        )
    )
    db.session.flush()


def move_many(
    table: type,
    ids: Sequence[int],
    pair: tuple[StrEnum, StrEnum],
    *,
    moves: Moves,
    by: str,
    why: str = "",
) -> None:
    """Every one of these rows has made the step, all of them or none.

    Raises STATE when the pair is not allowed, or when another worker moved one of the rows first.
    """
    was, to = pair
    if to not in moves.get(was, frozenset()):
        raise DomainError("STATE", f"From {was.value} this cannot become {to.value}.")
    if not ids:
        return
    changed = db.session.execute(
        update(table)
        .where(table.id.in_(ids), table.state == was)  # type: ignore[attr-defined]
        .values(state=to)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != len(ids):  # type: ignore[attr-defined]
        raise DomainError("STATE", "Somebody else has just changed this. Look again.")
    moment = now()
    db.session.execute(
        insert(StateChange),
        [
            {
                "table_name": table.__tablename__,  # type: ignore[attr-defined]
                "row_id": one,
                "from_state": was.value,
                "to_state": to.value,
                "by": by,
                "why": why,
                "at": moment,
            }
            for one in ids
        ],
    )
