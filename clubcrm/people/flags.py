"""Services room: remarks that upper floors hang on a person so that the gate can warn."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core.clock import now
from clubcrm.core.db import db
from clubcrm.people.models import DeskFlag


def hang_flag(person_id: int, kind: str, source: str, text: str) -> None:
    """The person carries the remark; the same source hangs it once."""
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    row = {
        "person_id": person_id,
        "kind": kind,
        "source": source,
        "text": text[:300],
        "set_at": now(),
    }
    db.session.execute(make(DeskFlag).values(row).on_conflict_do_nothing())


def take_flag_down(kind: str, source: str) -> None:
    """Nobody carries the remark of this source any more."""
    db.session.execute(
        delete(DeskFlag)
        .where(DeskFlag.kind == kind, DeskFlag.source == source)
        .execution_options(synchronize_session=False)
    )
