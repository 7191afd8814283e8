"""One effect per client key: the first answer is kept and given again."""

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import Response, g, request
from sqlalchemy import LargeBinary, String, UniqueConstraint, delete, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model, db, separate_unit
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.types import UtcInstant

KEPT_HOURS = 96
RUNNING_SECONDS = 60
LONGEST_KEY = 200
SHOWN_ONCE = "This was shown once and is not kept. Make a new one."


class IdempotencyKey(Model):
    """One client key of one caller with the answer it got."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("caller", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    caller: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    fingerprint: Mapped[str] = mapped_column(String(64))
    claimed_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)
    status: Mapped[int | None]
    location: Mapped[str] = mapped_column(String(500), default="")
    content_type: Mapped[str] = mapped_column(String(100), default="")
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


def new_key() -> str:
    """Return a fresh key for one form."""
    return secrets.token_urlsafe(16)


def key_of_request() -> str | None:
    """Return the client's key from the header, or from the hidden field of a page's form."""
    key = request.headers.get("Idempotency-Key")
    if key is None and request.mimetype != "application/json":
        key = request.form.get("_key")
    if key is not None and (not key or len(key) > LONGEST_KEY or not key.isprintable()):
        raise invalid({"Idempotency-Key": f"Expected 1 to {LONGEST_KEY} printable characters."})
    return key


def claim(caller: str, key: str) -> Response | None:
    """Reserve the key for this request, or return the answer the first request got.

    Raises KEY_REUSED (422) for another body under the same key, IN_PROGRESS (409) while the first
    request still runs.
    """
    fingerprint = _fingerprint()
    moment = now()
    with separate_unit() as session:
        make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
        fresh = session.execute(
            make(IdempotencyKey)
            .values(
                caller=caller,
                key=key,
                fingerprint=fingerprint,
                claimed_at=moment,
                location="",
                content_type="",
            )
            .on_conflict_do_nothing()
            # Not the row count: psycopg leaves that of an INSERT unknown.
            .returning(IdempotencyKey.id)
        )
        if fresh.first() is not None:
            return None
        kept = session.scalars(
            select(IdempotencyKey).where(IdempotencyKey.caller == caller, IdempotencyKey.key == key)
        ).one()
        if kept.fingerprint != fingerprint:
            raise DomainError("KEY_REUSED", "This key was used for another request.", status=422)
        if kept.status is not None:
            return _answer(kept)
        _take_over(session, kept, moment)
        return None


def _take_over(session: Session, kept: IdempotencyKey, moment: datetime) -> None:
    taken = session.execute(
        update(IdempotencyKey)
        .where(
            IdempotencyKey.id == kept.id,
            IdempotencyKey.status.is_(None),
            IdempotencyKey.claimed_at < moment - timedelta(seconds=RUNNING_SECONDS),
        )
        .values(claimed_at=moment)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(
            "IN_PROGRESS", "The first request is still running.", status=409, retry_after=1
        )


def keep_no_answer() -> None:
    """The answer of this request holds a secret, so it will not be given a second time."""
    g.answer_is_secret = True


def keep_answer(caller: str, key: str, response: Response) -> None:
    """The answer is stored in the running unit of work: it lands with the effect or not at all."""
    if g.get("answer_is_secret"):
        response = Response(SHOWN_ONCE, status=410, content_type="text/plain; charset=utf-8")
    db.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.caller == caller, IdempotencyKey.key == key)
        .values(
            status=response.status_code,
            location=response.headers.get("Location", "")[:500],
            content_type=response.content_type or "",
            body=response.get_data(),
        )
    )


def release(caller: str, key: str) -> None:
    """The key is free again after a request that changed nothing."""
    with separate_unit() as session:
        session.execute(
            delete(IdempotencyKey).where(
                IdempotencyKey.caller == caller,
                IdempotencyKey.key == key,
                IdempotencyKey.status.is_(None),
            )
        )


def forget_old(before: datetime) -> int:
    """Keys claimed before the instant are gone; returns how many."""
    gone = db.session.execute(delete(IdempotencyKey).where(IdempotencyKey.claimed_at < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _fingerprint() -> str:
    if request.mimetype == "multipart/form-data":
        # The boundary differs from send to send, the fields do not.
        fields = sorted((name, value) for name, value in request.form.items(multi=True))
        body = repr([pair for pair in fields if pair[0] != "csrf_token"]).encode()
    else:
        body = request.get_data(cache=True)
    whole = f"{request.method} {request.full_path}\n".encode() + body
    return hashlib.sha256(whole).hexdigest()


def _answer(kept: IdempotencyKey) -> Response:
    response = Response(kept.body or b"", status=kept.status, content_type=kept.content_type)
    if kept.location:
        response.headers["Location"] = kept.location
    response.headers["Idempotent-Replay"] = "true"
    return response
