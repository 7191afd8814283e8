"""Who saw or changed what: a keyed hash chain of lines, written with the change itself."""

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, g, has_request_context
from sqlalchemy import Index, Row, String, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model, db, unit_id
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.remembered import keep, recall
from clubcrm.core.types import Json, JsonObject, UtcInstant

GENESIS = "0" * 64
CHAIN_LOCK = 7_301_001
TAIL = ("audit",)
_SAID = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


class AuditLine(AppendOnly, Model):
    """One line of the chain: what happened to which thing, by whom, in which unit of work."""

    __tablename__ = "audit_line"
    __table_args__ = (Index(None, "subject_kind", "subject_id"), Index(None, "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcInstant)
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(40))
    before: Mapped[JsonObject | None] = mapped_column(Json)
    after: Mapped[JsonObject | None] = mapped_column(Json)
    unit_id: Mapped[str] = mapped_column(String(32), index=True)
    previous_hash: Mapped[str] = mapped_column(String(64))
    line_hash: Mapped[str] = mapped_column(String(64), unique=True)


@dataclass(frozen=True, slots=True)
class ChainFault:
    """A place where the chain does not hold."""

    line_id: int
    why: str


def current_actor_name() -> str:
    """Return who acts: "user:<id>", "token:<id>", "device:<serial>" or "system"."""
    if has_request_context():
        return str(g.get("actor_name", "nobody"))
    return "system"


def note(
    action: str,
    subject_kind: str,
    subject_id: object,
    *,
    before: JsonObject | None = None,
    after: JsonObject | None = None,
    by: str | None = None,
) -> None:
    """Append an audit line to the chain within the running unit of work."""
    session = db.session()
    line = AuditLine(
        at=now(),
        actor=by or current_actor_name(),
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        before=_plain(before),
        after=_plain(after),
        unit_id=unit_id(),
        previous_hash=_tail(session),
    )
    line.line_hash = _hash(line)
    session.add(line)
    session.flush()
    keep(TAIL, line.line_hash)


def hold() -> None:
    """Nobody else appends to the chain until this unit of work ends.

    Whoever is going to wait for a row that others hold while they append asks for the chain first:
    two who ask for the same two things in different orders would wait for each other.
    """
    keep(TAIL, _tail(db.session()))


def note_many(
    action: str,
    subject_kind: str,
    things: Sequence[tuple[object, JsonObject]],
    *,
    by: str,
    before: JsonObject | None = None,
) -> None:
    """Append one line for each thing, id and values, to the chain by a single statement."""
    if not things:
        return
    session = db.session()
    session.flush()
    rows, tail, moment, unit = [], _tail(session), now(), unit_id()
    for subject_id, after in things:
        values: JsonObject = {
            "at": moment,
            "actor": by,
            "action": action,
            "subject_kind": subject_kind,
            "subject_id": str(subject_id),
            "before": _plain(before),
            "after": _plain(after),
            "unit_id": unit,
            "previous_hash": tail,
        }
        tail = _hash(AuditLine(**values))
        rows.append(values | {"line_hash": tail})
    session.execute(insert(AuditLine), rows)
    keep(TAIL, tail)


def verify() -> Iterator[ChainFault]:
    """Give every place where a line was edited, removed, swapped or forged."""
    expected = GENESIS
    # Plain rows, a thousand at a time: the chain of a large club has millions of lines.
    rows = select(*AuditLine.__table__.columns).order_by(AuditLine.id)
    key = str(current_app.config["SECRET_KEY"])
    for line in db.session.execute(rows.execution_options(yield_per=1000)):
        if line.previous_hash != expected:
            yield ChainFault(line.id, "the line before it is missing or was swapped")
        if not hmac.compare_digest(line_hash(line, key), line.line_hash):
            yield ChainFault(line.id, "its content was changed")
        expected = line.line_hash


def _tail(session: Session) -> str:
    """Return the hash that the next line follows; nobody else appends until we are done."""
    kept: str | None = recall(TAIL)
    if kept is not None:
        return kept
    _lock_chain(session)
    newest = select(AuditLine.line_hash).order_by(AuditLine.id.desc()).limit(1)
    return session.execute(newest).scalar() or GENESIS


def _lock_chain(session: Session) -> None:
    # SQLite writers already hold the only write lock; PostgreSQL needs one for the chain's tail.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})


def _plain(values: JsonObject | None) -> JsonObject | None:
    if values is None:
        return None
    plain: Any = json.loads(json.dumps(values, default=str))
    return dict(plain)


def _hash(line: AuditLine) -> str:
    return line_hash(line, str(current_app.config["SECRET_KEY"]))


def line_hash(line: AuditLine | Row[*tuple[Any, ...]], key: str) -> str:
    """Return the keyed hash of a line, which binds it to the line before it."""
    told: list[object] = [
        line.at.isoformat(),
        line.actor,
        line.action,
        line.subject_kind,
        line.subject_id,
        line.before,
        line.after,
        line.unit_id,
        line.previous_hash,
    ]
    return hash_told(told, key)


def hash_told(told: list[object], key: str) -> str:
    """Return the keyed hash of what a line tells: its columns in order, the hash before it last."""
    return hmac.digest(b"audit:" + key.encode(), _SAID.encode(told).encode(), "sha256").hex()
