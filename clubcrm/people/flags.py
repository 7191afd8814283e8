"""Services room: remarks that upper floors hang on a person so that the gate can warn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core.clock import now
from clubcrm.core.db import db
from clubcrm.people.models import DeskFlag


@dataclass(frozen=True, slots=True)
class Flag:
    """A remark that a person carries, and the source that hung it."""

    person_id: int
    kind: str
    source: str
    text: str


def hang_flag(person_id: int, kind: str, source: str, text: str) -> None:
    """The person carries the remark; the same source hangs it once."""
    hang_flags([Flag(person_id, kind, source, text)])


def hang_flags(flags: Sequence[Flag]) -> None:
    """Each person carries his remark; the same source hangs it once."""
    if not flags:
        return
    make: Any = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    rows = [
        {
            "person_id": one.person_id,
            "kind": one.kind,
            "source": one.source,
            "text": one.text[:300],
            "set_at": now(),
        }
        for one in flags
    ]
    db.session.execute(make(DeskFlag).on_conflict_do_nothing(), rows)


def take_flag_down(kind: str, source: str) -> None:
    """Nobody carries the remark of this source any more."""
    db.session.execute(
        delete(DeskFlag)
        .where(DeskFlag.kind == kind, DeskFlag.source == source)
        .execution_options(synchronize_session=False)
    )
