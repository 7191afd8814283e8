"""Queries room: what must always hold of sessions; each check returns offending rows."""

from sqlalchemy import select
from sqlalchemy.orm import aliased

from clubcrm.core.db import db
from memberships.packages.models import EntryKind, PackageEntry
from memberships.trainers.models import TrainerSession
from memberships.trainers.rules import HELD, SessionState


def units_of_sessions() -> list[str]:
    """I2: return sessions whose unit is not in the ledger, and units without their session.

    A held session that used a unit has one line that nothing reverses; one that was taken back has
    a line and its opposite.
    """
    used, back = aliased(PackageEntry), aliased(PackageEntry)
    rows = db.session.execute(
        select(TrainerSession.id, TrainerSession.state, TrainerSession.used_unit, used.id, back.id)
        .outerjoin(
            used,
            (used.kind == EntryKind.USE)
            & (used.source_kind == "session")
            & (used.source_id == TrainerSession.public_id),
        )
        .outerjoin(back, back.reverses_id == used.id)
        .where(
            (TrainerSession.used_unit != used.id.is_not(None))
            | (TrainerSession.state.in_(HELD) & back.id.is_not(None))
        )
        .order_by(TrainerSession.id)
    )
    wrong = [f"session {row[0]} ({row[1].value}): its unit does not fit" for row in rows]
    kept = db.session.scalars(
        select(TrainerSession.id)
        .join(used, (used.source_kind == "session") & (used.source_id == TrainerSession.public_id))
        .outerjoin(back, back.reverses_id == used.id)
        .where(
            TrainerSession.state == SessionState.REVERSED,
            used.kind == EntryKind.USE,
            back.id.is_(None),
        )
    )
    lost = db.session.scalars(
        select(used.id)
        .outerjoin(TrainerSession, TrainerSession.public_id == used.source_id)
        .where(used.source_kind == "session", TrainerSession.id.is_(None))
    )
    return [
        *wrong,
        *(f"session {one}: taken back, but its unit is not" for one in kept),
        *(f"line {one}: its session is not there" for one in lost),
    ]
