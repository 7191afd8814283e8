"""Facts told upwards: an event row and one delivery row per handler, in the teller's transaction.

The jobs process carries deliveries out later, each in its own unit of work, at least once.
"""

import dataclasses
import traceback
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

import structlog
from flask import Flask, current_app
from sqlalchemy import ForeignKey, Index, String, Table, Text, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model, live_connection, unit_id, unit_of_work
from clubcrm.core.keys import take_keys
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.prepared import Prepared
from clubcrm.core.types import Json, JsonObject, UtcInstant, text_enum

CLAIM_SECONDS = 120
MOST_TRIES = 8
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fact:
    """The base of every event: ids and plain values only, never names or phones."""

    club_id: int | None
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryParked(Fact):
    """A handler failed too often; a person has to look at it."""

    delivery_id: int
    handler: str
    event_kind: str


_NAMES: dict[type[Fact], tuple[str, ...]] = {}
Handler = Callable[[Any], None]
Handlers = Mapping[type[Fact], tuple[Handler, ...]]


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DONE = "done"
    PARKED = "parked"


class Event(AppendOnly, Model):
    """One recorded fact."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    club_id: Mapped[int | None] = mapped_column(ForeignKey("club.id"))
    happened_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    payload: Mapped[JsonObject] = mapped_column(Json)
    unit_id: Mapped[str] = mapped_column(String(32))


class Delivery(Model):
    """One event on its way to one handler."""

    __tablename__ = "delivery"
    __table_args__ = (Index(None, "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    handler: Mapped[str] = mapped_column(String(120))
    state: Mapped[DeliveryState] = mapped_column(
        text_enum(DeliveryState), default=DeliveryState.PENDING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcInstant)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    error: Mapped[str] = mapped_column(Text, default="")


# Built once: facts are recorded while somebody stands at the turnstile.
_ADD_EVENT = Prepared(
    insert(cast(Table, Event.__table__)).returning(Event.id),
    *("kind", "club_id", "happened_at", "recorded_at", "payload", "unit_id"),
)
_ADD_EVENTS = Prepared(
    insert(cast(Table, Event.__table__)),
    *("id", "kind", "club_id", "happened_at", "recorded_at", "payload", "unit_id"),
)
_ADD_DELIVERY = Prepared(
    insert(cast(Table, Delivery.__table__)),
    *("event_id", "handler", "state", "attempts", "next_at", "error"),
)


def install(app: Flask, handlers: Handlers) -> None:
    """Remember which handlers hear which facts."""
    app.extensions["club_handlers"] = handlers
    app.extensions["club_facts"] = {fact.__name__: fact for fact in handlers}


def handler_name(handler: Handler) -> str:
    """Return the stable name of a handler: feature and function."""
    module = handler.__module__.removeprefix("clubcrm.").removesuffix(".handlers")
    return f"{module}.{handler.__name__}"


def record(fact: Fact) -> int:
    """Keep the fact and a delivery for each of its handlers in the running unit of work."""
    moment = now()
    connection = live_connection()
    added = _ADD_EVENT.first(
        connection,
        {
            "kind": type(fact).__name__,
            "club_id": fact.club_id,
            "happened_at": fact.happened_at,
            "recorded_at": moment,
            "payload": _encode(fact),
            "unit_id": unit_id(),
        },
    )
    assert added is not None  # noqa: S101 - an insert gives its key
    event_id: int = added.id
    heard_by = current_app.extensions["club_handlers"].get(type(fact), ())
    for handler in heard_by:
        _ADD_DELIVERY.run(connection, _delivery(event_id, handler_name(handler), moment))
    return event_id


def record_many(facts: Sequence[Fact]) -> None:
    """Keep many facts in their order, and a delivery for each of their handlers."""
    if not facts:
        return
    moment, unit = now(), unit_id()
    ids = take_keys(Event, len(facts))
    rows = [
        {
            "id": event_id,
            "kind": type(fact).__name__,
            "club_id": fact.club_id,
            "happened_at": fact.happened_at,
            "recorded_at": moment,
            "payload": _encode(fact),
            "unit_id": unit,
        }
        for event_id, fact in zip(ids, facts, strict=True)
    ]
    connection = live_connection()
    _ADD_EVENTS.run_many(connection, rows)
    heard_by: Handlers = current_app.extensions["club_handlers"]
    names = {
        kind: [handler_name(handler) for handler in heard_by.get(kind, ())]
        for kind in {type(fact) for fact in facts}
    }
    deliveries = [
        _delivery(event_id, name, moment)
        for event_id, fact in zip(ids, facts, strict=True)
        for name in names[type(fact)]
    ]
    _ADD_DELIVERY.run_many(connection, deliveries)


def _delivery(event_id: int, handler: str, moment: datetime) -> JsonObject:
    return {
        "event_id": event_id,
        "handler": handler,
        "state": DeliveryState.PENDING,
        "attempts": 0,
        "next_at": moment,
        "error": "",
    }


def dispatch_pending(limit: int = 500) -> tuple[int, int]:
    """Carry out deliveries that are due; returns how many were done and how many failed."""
    done = failed = 0
    with unit_of_work(write=False) as session:
        due = list(
            session.scalars(
                select(Delivery.id)
                .where(
                    Delivery.state == DeliveryState.PENDING,
                    Delivery.next_at <= now(),
                    or_(Delivery.claimed_until.is_(None), Delivery.claimed_until < now()),
                )
                .order_by(Delivery.id)
                .limit(limit)
            )
        )
    for delivery_id in due:
        outcome = _deliver(delivery_id)
        done += outcome is True
        failed += outcome is False
    return done, failed


def _deliver(delivery_id: int) -> bool | None:
    moment = now()
    with unit_of_work() as session:
        claimed = session.execute(
            update(Delivery)
            .where(
                Delivery.id == delivery_id,
                Delivery.state == DeliveryState.PENDING,
                or_(Delivery.claimed_until.is_(None), Delivery.claimed_until < moment),
            )
            .values(
                claimed_until=moment + timedelta(seconds=CLAIM_SECONDS),
                attempts=Delivery.attempts + 1,
            )
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]
            return None
    try:
        with unit_of_work() as session:
            delivery = session.get_one(Delivery, delivery_id)
            event = session.get_one(Event, delivery.event_id)
            _handler(delivery.handler, event.kind)(_decode(event))
            delivery.state = DeliveryState.DONE
            delivery.claimed_until = None
    except Exception as error:  # noqa: BLE001 - the edge of a delivery: logged, counted, retried
        _failed(delivery_id, error)
        return False
    return True


def _failed(delivery_id: int, error: Exception) -> None:
    log.warning("delivery failed", delivery_id=delivery_id, error=repr(error))
    with unit_of_work() as session:
        delivery = session.get_one(Delivery, delivery_id)
        delivery.error = "".join(traceback.format_exception_only(error))[:2000]
        delivery.claimed_until = None
        delivery.next_at = now() + timedelta(seconds=min(5 * 4**delivery.attempts, 6 * 3600))
        if delivery.attempts >= MOST_TRIES:
            delivery.state = DeliveryState.PARKED
            event = session.get_one(Event, delivery.event_id)
            record(
                DeliveryParked(
                    club_id=event.club_id,
                    happened_at=now(),
                    delivery_id=delivery.id,
                    handler=delivery.handler,
                    event_kind=event.kind,
                )
            )


def _handler(name: str, kind: str) -> Handler:
    facts: dict[str, type[Fact]] = current_app.extensions["club_facts"]
    handlers: Handlers = current_app.extensions["club_handlers"]
    for handler in handlers.get(facts[kind], ()):
        if handler_name(handler) == name:
            return handler
    raise LookupError(f"no handler {name} for {kind} any more")


def _encode(fact: Fact) -> JsonObject:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in ((each, getattr(fact, each)) for each in _names(type(fact)))
    }


def _names(kind: type[Fact]) -> tuple[str, ...]:
    if kind not in _NAMES:
        _NAMES[kind] = tuple(each.name for each in dataclasses.fields(kind))
    return _NAMES[kind]


def _decode(event: Event) -> Fact:
    fact: type[Fact] = current_app.extensions["club_facts"][event.kind]
    hints = typing.get_type_hints(fact)
    values: dict[str, Any] = {}
    for name, value in event.payload.items():
        kinds = typing.get_args(hints[name]) or (hints[name],)
        if isinstance(value, str) and datetime in kinds:
            values[name] = datetime.fromisoformat(value)
        elif isinstance(value, str) and date in kinds:
            values[name] = date.fromisoformat(value)
        else:
            values[name] = value
    return fact(**values)
