"""What happened to one person, from every floor, newest first, in one select."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from access_control.models import AccessEvent, EventStatus, Visit
from access_control.rules.codes import Severity
from clubcrm.accounts.models import User
from clubcrm.core.clock import day_bounds
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.types import UtcInstant
from clubcrm.leads.models import Lead, LeadSource
from clubcrm.messaging.models import Message
from clubcrm.messaging.tracking import Reply
from clubcrm.people.about_tables import PersonTag, Tag
from clubcrm.people.models import Consent, Note
from clubcrm.people.paper_tables import CardDocument, HandoverNote
from clubcrm.people.privacy_tables import PersonChange
from clubcrm.tasks.models import Task
from clubcrm.tickets.call_tables import PhoneCall
from clubcrm.tickets.models import Ticket
from memberships.billing.models import Invoice, Payment
from memberships.blocks.models import Block
from memberships.contracts.models import Contract, ContractChange
from memberships.packages.models import PackageEntry, PackageLot

PAGE = 60
ARROW = " → "


class Kind(StrEnum):
    """What a line of the timeline tells of."""

    VISIT = "visit"
    REFUSED = "refused"
    MESSAGE = "message"
    REPLY = "reply"
    TASK = "task"
    NOTE = "note"
    CONTRACT = "contract"
    BLOCK = "block"
    CONSENT = "consent"
    INVOICE = "invoice"
    PAYMENT = "payment"
    UNITS = "units"
    TICKET = "ticket"
    CALL = "call"
    LEAD = "lead"
    TAG = "tag"
    HANDOVER = "handover"
    DOCUMENT = "document"
    CHANGE = "change"


FILTERS: Mapping[str, tuple[Kind, ...]] = {
    "": tuple(Kind),
    "visits": (Kind.VISIT, Kind.REFUSED),
    "money": (Kind.INVOICE, Kind.PAYMENT, Kind.UNITS),
    "messages": (Kind.MESSAGE, Kind.REPLY, Kind.TICKET, Kind.CALL),
    "tasks": (Kind.TASK,),
    "notes": (Kind.NOTE, Kind.HANDOVER, Kind.DOCUMENT),
    "changes": (Kind.CONTRACT, Kind.BLOCK, Kind.CONSENT, Kind.LEAD, Kind.TAG, Kind.CHANGE),
}


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One thing that happened: `state`, `words` and `until` mean what the kind makes of them."""

    kind: Kind
    at: datetime
    ref: str
    state: str
    words: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of the timeline is asked for: kinds, days of the club, words, an older page."""

    only: str = ""
    before: datetime | None = None
    words: str = ""
    since: date | None = None
    until: date | None = None
    zone: str = "UTC"

    @property
    def begins(self) -> datetime | None:
        """Return the instant from which on things are shown."""
        return day_bounds(self.since, self.zone)[0] if self.since else None

    @property
    def ends(self) -> datetime | None:
        """Return the instant before which things are shown."""
        over = day_bounds(self.until, self.zone)[1] if self.until else None
        return min((one for one in (over, self.before) if one is not None), default=None)

    @property
    def is_whole(self) -> bool:
        """Tell whether everything is shown."""
        return not (self.only or self.words or self.since or self.until)


def timeline(person_id: int, part: Part) -> list[TimelineRow]:
    """Return up to a page of what happened, of the part that is asked for."""
    kinds = FILTERS.get(part.only, FILTERS[""])
    branches = [_BRANCHES[kind](person_id, part) for kind in kinds]
    whole = union_all(*(select(one.subquery()) for one in branches)).subquery()
    rows = db.session.execute(select(whole).order_by(whole.c.at.desc()).limit(PAGE))
    return [TimelineRow(Kind(row.kind), *row[1:]) for row in rows]


def _branch(
    kind: Kind,
    at: Any,
    *columns: Any,
    part: Part,
) -> Select[Any]:
    ref, state, words, until = columns
    # No instant, of the type of an instant: PostgreSQL joins no text to it.
    until = func.nullif(at, at) if until is None else until
    shown: tuple[Any, ...] = (
        literal(kind.value, String).label("kind"),
        type_coerce(at, UtcInstant).label("at"),
        cast(ref, String).label("ref"),
        cast(state, String).label("state"),
        cast(words, String).label("words"),
        type_coerce(until, UtcInstant).label("until"),
    )
    statement = select(*shown).order_by(at.desc()).limit(PAGE)
    if part.ends is not None:
        statement = statement.where(at < part.ends)
    if part.begins is not None:
        statement = statement.where(at >= part.begins)
    return statement.where(said_in(cast(words, String), part.words)) if part.words else statement


def said_in(column: ColumnElement[str], words: str) -> ColumnElement[bool]:
    """Tell whether a text holds the words; small and capital first letters are all one."""
    # SQLite knows small letters of English only, so the usual spellings are asked for by name.
    spelled = {words, words.lower(), words.upper(), words.capitalize(), words.title()}
    return or_(*(column.icontains(one, autoescape=True) for one in sorted(spelled)))


def _visits(person_id: int, part: Part) -> Select[Any]:
    columns = (Visit.public_id, Visit.left_how, Club.name, Visit.left_at)
    made = _branch(Kind.VISIT, Visit.entered_at, *columns, part=part)
    return made.join(Club, Club.id == Visit.club_id).where(Visit.person_id == person_id)


def _refusals(person_id: int, part: Part) -> Select[Any]:
    columns = (AccessEvent.public_id, AccessEvent.code, AccessEvent.zone, None)
    made = _branch(Kind.REFUSED, AccessEvent.at, *columns, part=part)
    return made.where(
        AccessEvent.person_id == person_id,
        AccessEvent.decision == Severity.DENY,
        AccessEvent.status != EventStatus.DUPLICATE_TAP,
    )


def _messages(person_id: int, part: Part) -> Select[Any]:
    at = func.coalesce(Message.sent_at, Message.created_at, type_=UtcInstant)
    columns = (Message.public_id, Message.state, Message.subject, None)
    made = _branch(Kind.MESSAGE, at, *columns, part=part)
    return made.where(Message.person_id == person_id)


def _replies(person_id: int, part: Part) -> Select[Any]:
    columns = (Reply.public_id, Reply.channel, func.substr(Reply.text, 1, 300), None)
    made = _branch(Kind.REPLY, Reply.received_at, *columns, part=part)
    return made.where(Reply.person_id == person_id)


def _tasks(person_id: int, part: Part) -> Select[Any]:
    at = func.coalesce(Task.closed_at, Task.created_at, type_=UtcInstant)
    columns = (Task.public_id, Task.state, Task.title, None)
    return _branch(Kind.TASK, at, *columns, part=part).where(Task.person_id == person_id)


def _notes(person_id: int, part: Part) -> Select[Any]:
    columns = (Note.id, func.coalesce(User.name, ""), Note.text, None)
    made = _branch(Kind.NOTE, Note.at, *columns, part=part)
    return made.outerjoin(User, User.id == Note.author_id).where(Note.person_id == person_id)


def _contracts(person_id: int, part: Part) -> Select[Any]:
    columns = (Contract.number, ContractChange.what, ContractChange.why, None)
    made = _branch(Kind.CONTRACT, ContractChange.at, *columns, part=part)
    return made.join(Contract, Contract.id == ContractChange.contract_id).where(
        Contract.person_id == person_id
    )


def _blocks(person_id: int, part: Part) -> Select[Any]:
    columns = (Block.id, Block.owner, Block.reason, Block.lifted_at)
    made = _branch(Kind.BLOCK, Block.placed_at, *columns, part=part)
    return made.where(Block.person_id == person_id)


def _consents(person_id: int, part: Part) -> Select[Any]:
    columns = (Consent.channel, Consent.given, Consent.purpose, None)
    made = _branch(Kind.CONSENT, Consent.at, *columns, part=part)
    return made.where(Consent.person_id == person_id)


def _invoices(person_id: int, part: Part) -> Select[Any]:
    amount = cast(Invoice.total_minor, String) + " " + Invoice.currency
    columns = (Invoice.public_id, Invoice.kind, amount, None)
    made = _branch(Kind.INVOICE, Invoice.issued_at, *columns, part=part)
    return made.where(Invoice.person_id == person_id)


def _payments(person_id: int, part: Part) -> Select[Any]:
    amount = cast(Payment.amount_minor, String) + " " + Payment.currency
    columns = (Payment.number, Payment.tender, amount, None)
    made = _branch(Kind.PAYMENT, Payment.taken_at, *columns, part=part)
    return made.where(Payment.payer_id == person_id)


def _units(person_id: int, part: Part) -> Select[Any]:
    """Units of trainers, classes and the like; a visit that took one is told as a visit."""
    columns = (PackageEntry.delta, PackageEntry.kind, PackageLot.service, None)
    made = _branch(Kind.UNITS, PackageEntry.at, *columns, part=part)
    return made.join(PackageLot, PackageLot.id == PackageEntry.lot_id).where(
        PackageLot.person_id == person_id, PackageEntry.source_kind != "visit"
    )


def _tickets(person_id: int, part: Part) -> Select[Any]:
    columns = (Ticket.public_id, Ticket.state, Ticket.subject, Ticket.solved_at)
    made = _branch(Kind.TICKET, Ticket.opened_at, *columns, part=part)
    return made.where(Ticket.person_id == person_id, Ticket.is_private.is_(False))


def _calls(person_id: int, part: Part) -> Select[Any]:
    columns = (PhoneCall.direction, PhoneCall.disposition, PhoneCall.number, PhoneCall.ended_at)
    made = _branch(Kind.CALL, PhoneCall.started_at, *columns, part=part)
    return made.where(PhoneCall.person_id == person_id)


def _leads(person_id: int, part: Part) -> Select[Any]:
    """The days on which somebody came to us as a lead."""
    columns = (Lead.public_id, Lead.state, LeadSource.name, None)
    made = _branch(Kind.LEAD, Lead.arrived_at, *columns, part=part)
    return made.join(LeadSource, LeadSource.id == Lead.source_id).where(Lead.person_id == person_id)


def _tags(person_id: int, part: Part) -> Select[Any]:
    columns = (Tag.public_id, PersonTag.put_by, Tag.name, None)
    made = _branch(Kind.TAG, PersonTag.put_at, *columns, part=part)
    return made.join(Tag, Tag.id == PersonTag.tag_id).where(PersonTag.person_id == person_id)


def _handovers(person_id: int, part: Part) -> Select[Any]:
    columns = (HandoverNote.id, func.coalesce(User.name, ""), HandoverNote.text, None)
    made = _branch(Kind.HANDOVER, HandoverNote.at, *columns, part=part)
    return made.outerjoin(User, User.id == HandoverNote.author_id).where(
        HandoverNote.person_id == person_id
    )


def _documents(person_id: int, part: Part) -> Select[Any]:
    """Documents by their type alone: not everybody who sees the card may know their names."""
    columns = (CardDocument.public_id, CardDocument.media_type, literal(""), None)
    made = _branch(Kind.DOCUMENT, CardDocument.added_at, *columns, part=part)
    return made.where(CardDocument.person_id == person_id, CardDocument.removed_at.is_(None))


def _changes(person_id: int, part: Part) -> Select[Any]:
    """Fields of the person himself, from the log of changes."""
    told = PersonChange.old + ARROW + PersonChange.new
    columns = (PersonChange.field, PersonChange.by, func.substr(told, 1, 300), None)
    made = _branch(Kind.CHANGE, PersonChange.at, *columns, part=part)
    return made.where(PersonChange.person_id == person_id)


_BRANCHES: Mapping[Kind, Callable[[int, Part], Select[Any]]] = {
    Kind.VISIT: _visits,
    Kind.REFUSED: _refusals,
    Kind.MESSAGE: _messages,
    Kind.REPLY: _replies,
    Kind.TASK: _tasks,
    Kind.NOTE: _notes,
    Kind.CONTRACT: _contracts,
    Kind.BLOCK: _blocks,
    Kind.CONSENT: _consents,
    Kind.INVOICE: _invoices,
    Kind.PAYMENT: _payments,
    Kind.UNITS: _units,
    Kind.TICKET: _tickets,
    Kind.CALL: _calls,
    Kind.LEAD: _leads,
    Kind.TAG: _tags,
    Kind.HANDOVER: _handovers,
    Kind.DOCUMENT: _documents,
    Kind.CHANGE: _changes,
}
