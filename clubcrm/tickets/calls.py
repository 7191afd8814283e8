"""Services room: calls as telephone systems tell them: kept, matched to people, called back."""

from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.types import JsonObject
from clubcrm.messaging.events import StrangerRang
from clubcrm.people.rules.contacts import phone_number
from clubcrm.tasks.api import TaskOrder, open_task, take_back
from clubcrm.tickets import call_queries as queries
from clubcrm.tickets.call_tables import PhoneCall, PhoneDial, PhoneEvent, PhoneExtension
from clubcrm.tickets.events import CallEnded
from clubcrm.tickets.queries import helpers_of
from clubcrm.tickets.rules.phone import (
    CALLED_BACK_WITHIN,
    CallDirection,
    CallShape,
    CallState,
    Disposition,
    PhoneFact,
    call_of,
    known_number,
)

# Deliveries speak English, so the English sentence is stored; lists translate it for their reader.
MISSED = _l("Call back: nobody answered")
LONGEST_EXTENSION = 20
Telephone = tuple[int, str]  # club and extension


@dataclass(frozen=True, slots=True)
class Heard:
    """One event of a system; `key` makes a second telling of it harmless."""

    provider: str
    call_ref: str
    key: str
    fact: PhoneFact
    club_id: int | None = None
    said: JsonObject = field(default_factory=dict)


def hear(heard: Heard) -> PhoneCall:
    """The event is kept, and the call is as all its events tell it; missed calls have a task."""
    is_fresh = _keep(heard)
    known = queries.call_with(heard.provider, heard.call_ref)
    if not is_fresh and known is not None:
        return known
    shape = call_of(_fact(one) for one in queries.facts_of(heard.provider, heard.call_ref))
    was = known.state if known else None
    call = known or PhoneCall(provider=heard.provider, call_ref=heard.call_ref)
    if known is None:
        call.club_id = heard.club_id or _club_of(shape)
    _fill(call, shape)
    db.session.add(call)
    db.session.flush()
    _follow(call)
    if was is not CallState.ENDED and call.state is CallState.ENDED:
        _tell(call)
    return call


def set_extension(club_id: int, extension: str, user_id: int | None, *, by: str) -> None:
    """The telephone is this person's, or nobody's; raises INVALID_INPUT naming what is wrong."""
    number = extension.strip()
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_EXTENSION):
        raise invalid({"extension": _("An extension has digits only.")})
    if user_id is not None and user_id not in dict(helpers_of(club_id)):
        raise invalid({"user": _("Choose somebody who works in this club.")})
    row = db.session.get(PhoneExtension, (club_id, number))
    before = {"extension": number, "user": row.user_id if row else None}
    if user_id is None:
        if row is not None:
            db.session.delete(row)
    elif row is None:
        db.session.add(PhoneExtension(club_id=club_id, extension=number, user_id=user_id))
    else:
        row.user_id = user_id
    db.session.flush()
    after = {"extension": number, "user": user_id}
    audit.note("phone.extension", "club", club_id, before=before, after=after, by=by)


def telephone_of(user_id: int) -> Telephone | None:
    """Return the telephone from which the person rings others, None when he has none."""
    return next(iter(queries.extensions_of(user_id)), None)


def dial(person_id: int, telephone: Telephone | None, *, by: str) -> PhoneDial:
    """The telephone rings, and then the member's; raises when either has no number."""
    number = queries.phone_of(person_id)
    if not number:
        raise not_found(_("There is no number that works."))
    if telephone is None:
        raise DomainError("NO_EXTENSION", _("You have no telephone here. Ask a manager for one."))
    club_id, extension = telephone
    row = PhoneDial(
        club_id=club_id, person_id=person_id, extension=extension, number=number, asked_by=by
    )
    db.session.add(row)
    db.session.flush()
    audit.note("phone.dialled", "person", person_id, after={"extension": extension}, by=by)
    return row


def take_dial(row: PhoneDial) -> bool:
    """The number is dialled by whoever took it first; False when somebody else has."""
    done = db.session.execute(
        update(PhoneDial)
        .where(PhoneDial.id == row.id, PhoneDial.taken_at.is_(None))
        .values(taken_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined] # the untyped result of an UPDATE


def forget_recordings(moment: datetime) -> int:
    """Recordings older than they may be kept are known no more; returns how many."""
    old = queries.with_old_recording(moment)
    for call in old:
        call.recording = ""
        audit.note("phone.recording_forgotten", "phone_call", call.id, by="system")
    db.session.flush()
    return len(old)


def _keep(heard: Heard) -> bool:
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    fact = heard.fact
    values = {
        "provider": heard.provider,
        "key": heard.key[:200],
        "call_ref": heard.call_ref[:120],
        "kind": fact.kind,
        "at": fact.at,
        "extension": fact.extension[:LONGEST_EXTENSION],
        "number": fact.number[:60],
        "direction": fact.direction,
        "outcome": fact.outcome[:20],
        "recording": fact.recording[:300],
        "said": heard.said,
        "received_at": clock.now(),
    }
    fresh = make(PhoneEvent).values(values).on_conflict_do_nothing().returning(PhoneEvent.id)
    return db.session.scalars(fresh).first() is not None


def _fact(row: PhoneEvent) -> PhoneFact:
    return PhoneFact(
        row.kind, row.at, row.extension, row.number, row.direction, row.outcome, row.recording
    )


def _club_of(shape: CallShape) -> int:
    extension = shape.extension or (shape.ringing[0] if shape.ringing else "")
    known = queries.club_of_extension(extension) if extension else None
    return known or queries.first_club()


def _fill(call: PhoneCall, shape: CallShape) -> None:
    call.direction, call.extension = shape.direction, shape.extension
    call.number = _normal(shape.number, call.club_id)
    call.person_id = queries.person_at(call.number, call.club_id)
    call.user_id = queries.extensions().get((call.club_id, shape.extension))
    call.ringing, call.state = list(shape.ringing), shape.state
    call.disposition, call.recording = shape.disposition, shape.recording
    call.started_at, call.answered_at = shape.started_at, shape.answered_at
    call.ended_at = shape.ended_at


def _normal(number: str, club_id: int) -> str:
    if not known_number(number):
        return ""
    try:
        return phone_number(number, queries.country_of(club_id))
    except DomainError:
        return number[:60]


def _tell(call: PhoneCall) -> None:
    moment, outcome = clock.now(), call.disposition.value
    events.record(CallEnded(call.club_id, moment, call.id, call.person_id, outcome))
    fresh = call.started_at > moment - CALLED_BACK_WITHIN
    is_stranger = call.direction is CallDirection.IN and call.person_id is None
    if is_stranger and call.number and fresh:
        events.record(
            StrangerRang(call.club_id, moment, call.public_id, call.number, outcome, call.task_id)
        )


def _follow(call: PhoneCall) -> None:
    if not call.number:
        return
    waiting = queries.missed_tasks(call.number)
    if call.disposition is Disposition.ANSWERED:
        for task in waiting:
            take_back(task.id, "spoken to since")
        return
    fresh = call.started_at > clock.now() - CALLED_BACK_WITHIN
    if call.disposition is not Disposition.MISSED or call.task_id is not None or not fresh:
        return
    call.task_id = waiting[0].id if waiting else _call_back(call)
    db.session.flush()


def _call_back(call: PhoneCall) -> int:
    task = open_task(
        TaskOrder(
            source=f"missed-call:{call.id}",
            club_id=call.club_id,
            person_id=call.person_id,
            kind="missed_call",
            title=str(MISSED),
            sentence=call.number,
            role="desk",
            assigned_to=call.user_id,
            due_at=clock.now(),
            expires_at=clock.now() + 3 * CALLED_BACK_WITHIN,
        )
    )
    return task.id
