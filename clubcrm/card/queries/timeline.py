"""What happened to one person, from every floor, newest first, in one select."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select, type_coerce, union_all

from access_control.models import AccessEvent, EventStatus, Visit
from access_control.rules.codes import Severity
from clubcrm.accounts.models import User
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.types import UtcInstant
from clubcrm.leads.models import Lead, LeadSource
from clubcrm.messaging.models import Message
from clubcrm.messaging.tracking import Reply
from clubcrm.people.about_tables import PersonTag, Tag
from clubcrm.people.models import Consent, Note
from clubcrm.people.paper_tables import CardDocument, HandoverNote
from clubcrm.tasks.models import Task
from clubcrm.tickets.call_tables import PhoneCall
from clubcrm.tickets.models import Ticket
from memberships.billing.models import Invoice, Payment
from memberships.blocks.models import Block
from memberships.contracts.models import Contract, ContractChange
from memberships.packages.models import PackageEntry, PackageLot

PAGE = 60


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


FILTERS: Mapping[str, tuple[Kind, ...]] = {
    "": tuple(Kind),
    "visits": (Kind.VISIT, Kind.REFUSED),
    "money": (Kind.INVOICE, Kind.PAYMENT, Kind.UNITS),
    "messages": (Kind.MESSAGE, Kind.REPLY, Kind.TICKET, Kind.CALL),
    "tasks": (Kind.TASK,),
    "notes": (Kind.NOTE, Kind.HANDOVER, Kind.DOCUMENT),
    "changes": (Kind.CONTRACT, Kind.BLOCK, Kind.CONSENT, Kind.LEAD, Kind.TAG),
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


def timeline(person_id: int, only: str, before: datetime | None) -> list[TimelineRow]:
    """Return up to a page of what happened before an instant, of the kinds of a filter."""
    branches = [_BRANCHES[kind](person_id, before) for kind in FILTERS.get(only, FILTERS[""])]
    whole = union_all(*(select(one.subquery()) for one in branches)).subquery()
    rows = db.session.execute(select(whole).order_by(whole.c.at.desc()).limit(PAGE))
    return [TimelineRow(Kind(row.kind), *row[1:]) for row in rows]


def _branch(
    kind: Kind,
    at: Any,
    *columns: Any,
    before: datetime | None,
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
    return statement if before is None else statement.where(at < before)


def _visits(person_id: int, before: datetime | None) -> Select[Any]:
    columns = (Visit.public_id, Visit.left_how, Club.name, Visit.left_at)
    made = _branch(Kind.VISIT, Visit.entered_at, *columns, before=before)
    return made.join(Club, Club.id == Visit.club_id).where(Visit.person_id == person_id)


def _refusals(person_id: int, before: datetime | None) -> Select[Any]:
    columns = (AccessEvent.public_id, AccessEvent.code, AccessEvent.zone, None)
    made = _branch(Kind.REFUSED, AccessEvent.at, *columns, before=before)
    return made.where(
        AccessEvent.person_id == person_id,
        AccessEvent.decision == Severity.DENY,
        AccessEvent.status != EventStatus.DUPLICATE_TAP,
    )


def _messages(person_id: int, before: datetime | None) -> Select[Any]:
    at = func.coalesce(Message.sent_at, Message.created_at, type_=UtcInstant)
    columns = (Message.public_id, Message.state, Message.subject, None)
    made = _branch(Kind.MESSAGE, at, *columns, before=before)
    return made.where(Message.person_id == person_id)


def _replies(person_id: int, before: datetime | None) -> Select[Any]:
    columns = (Reply.public_id, Reply.channel, func.substr(Reply.text, 1, 300), None)
    made = _branch(Kind.REPLY, Reply.received_at, *columns, before=before)
    return made.where(Reply.person_id == person_id)


def _tasks(person_id: int, before: datetime | None) -> Select[Any]:
    at = func.coalesce(Task.closed_at, Task.created_at, type_=UtcInstant)
    columns = (Task.public_id, Task.state, Task.title, None)
    return _branch(Kind.TASK, at, *columns, before=before).where(Task.person_id == person_id)


def _notes(person_id: int, before: datetime | None) -> Select[Any]:
    columns = (Note.id, func.coalesce(User.name, ""), Note.text, None)
    made = _branch(Kind.NOTE, Note.at, *columns, before=before)
    return made.outerjoin(User, User.id == Note.author_id).where(Note.person_id == person_id)


def _contracts(person_id: int, before: datetime | None) -> Select[Any]:
    columns = (Contract.number, ContractChange.what, ContractChange.why, None)
    made = _branch(Kind.CONTRACT, ContractChange.at, *columns, before=before)
    return made.join(Contract, Contract.id == ContractChange.contract_id).where(
        Contract.person_id == person_id
    )


def _blocks(person_id: int, before: datetime | None) -> Select[Any]:
    columns = (Block.id, Block.owner, Block.reason, Block.lifted_at)
    made = _branch(Kind.BLOCK, Block.placed_at, *columns, before=before)
    return made.where(Block.person_id == person_id)


def _consents(person_id: int, before: datetime | None) -> Select[Any]:
    columns = (Consent.channel, Consent.given, Consent.purpose, None)
    made = _branch(Kind.CONSENT, Consent.at, *columns, before=before)
    return made.where(Consent.person_id == person_id)


def _invoices(person_id: int, before: datetime | None) -> Select[Any]:
    amount = cast(Invoice.total_minor, String) + " " + Invoice.currency
    columns = (Invoice.public_id, Invoice.kind, amount, None)
    made = _branch(Kind.INVOICE, Invoice.issued_at, *columns, before=before)
    return made.where(Invoice.person_id == person_id)


def _payments(person_id: int, before: datetime | None) -> Select[Any]:
    amount = cast(Payment.amount_minor, String) + " " + Payment.currency
    columns = (Payment.number, Payment.tender, amount, None)
    made = _branch(Kind.PAYMENT, Payment.taken_at, *columns, before=before)
    return made.where(Payment.payer_id == person_id)


def _units(person_id: int, before: datetime | None) -> Select[Any]:
    """Units of trainers, classes and the like; a visit that took one is told as a visit."""
    columns = (PackageEntry.delta, PackageEntry.kind, PackageLot.service, None)
    made = _branch(Kind.UNITS, PackageEntry.at, *columns, before=before)
    return made.join(PackageLot, PackageLot.id == PackageEntry.lot_id).where(
        PackageLot.person_id == person_id, PackageEntry.source_kind != "visit"
    )


def _tickets(person_id: int, before: datetime | None) -> Select[Any]:
    columns = (Ticket.public_id, Ticket.state, Ticket.subject, Ticket.solved_at)
    made = _branch(Kind.TICKET, Ticket.opened_at, *columns, before=before)
    return made.where(Ticket.person_id == person_id, Ticket.is_private.is_(False))


def _calls(person_id: int, before: datetime | None) -> Select[Any]:
    columns = (PhoneCall.direction, PhoneCall.disposition, PhoneCall.number, PhoneCall.ended_at)
    made = _branch(Kind.CALL, PhoneCall.started_at, *columns, before=before)
    return made.where(PhoneCall.person_id == person_id)


def _leads(person_id: int, before: datetime | None) -> Select[Any]:
    """The days on which somebody came to us as a lead."""
    columns = (Lead.public_id, Lead.state, LeadSource.name, None)
    made = _branch(Kind.LEAD, Lead.arrived_at, *columns, before=before)
    return made.join(LeadSource, LeadSource.id == Lead.source_id).where(Lead.person_id == person_id)


def _tags(person_id: int, before: datetime | None) -> Select[Any]:
    columns = (Tag.public_id, PersonTag.put_by, Tag.name, None)
    made = _branch(Kind.TAG, PersonTag.put_at, *columns, before=before)
    return made.join(Tag, Tag.id == PersonTag.tag_id).where(PersonTag.person_id == person_id)


def _handovers(person_id: int, before: datetime | None) -> Select[Any]:
    columns = (HandoverNote.id, func.coalesce(User.name, ""), HandoverNote.text, None)
    made = _branch(Kind.HANDOVER, HandoverNote.at, *columns, before=before)
    return made.outerjoin(User, User.id == HandoverNote.author_id).where(
        HandoverNote.person_id == person_id
    )


def _documents(person_id: int, before: datetime | None) -> Select[Any]:
    """Documents by their type alone: not everybody who sees the card may know their names."""
    columns = (CardDocument.public_id, CardDocument.media_type, literal(""), None)
    made = _branch(Kind.DOCUMENT, CardDocument.added_at, *columns, before=before)
    return made.where(CardDocument.person_id == person_id, CardDocument.removed_at.is_(None))


_BRANCHES: Mapping[Kind, Callable[[int, datetime | None], Select[Any]]] = {
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
}
