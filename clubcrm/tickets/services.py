"""Verbs of tickets: open once per cause, go on, note, solve; each turn of ours has a task."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.open_hours import due_after, open_time, open_week
from clubcrm.core.states import move
from clubcrm.core.text import clean
from clubcrm.core.types import new_public_id
from clubcrm.people.models import Channel
from clubcrm.tasks.api import TaskOrder, WorkForm, finish, open_task, set_aside
from clubcrm.tasks.models import TaskState
from clubcrm.tickets import queries
from clubcrm.tickets.events import TicketOpened, TicketSettled
from clubcrm.tickets.models import Ticket, TicketLine
from clubcrm.tickets.rules.cases import (
    PRIVATE_ORIGINS,
    RESUMED_MOVES,
    TICKET_MOVES,
    LineKind,
    Priority,
    TicketOrigin,
    TicketState,
    priority_of,
)
from clubcrm.tickets.rules.threads import subject_of

LONGEST_WORDS = 4000
TICKET_TASK = "ticket"
# Jobs speak English, so the English sentence is stored; lists translate it for their reader.
TITLE = _l("Answer a question")
AGAIN = _l("Somebody has written again")


@dataclass(frozen=True, slots=True)
class Work:
    """The task that a ticket begins with, where its cause has one of its own."""

    kind: str = TICKET_TASK
    source: str = ""
    title: str = str(TITLE)
    form: WorkForm | None = None
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opening:
    """What was said, by whom and where; `source` names the cause, so that it opens one ticket.

    With `task_id` the ticket takes over a task that stands already, and its due time.
    """

    source: str
    club_id: int
    origin: TicketOrigin
    words: str
    subject: str = ""
    person_id: int | None = None
    channel: Channel | None = None
    writer_name: str = ""
    writer_address: str = ""
    priority: Priority | None = None
    role: str = "desk"
    work: Work = field(default_factory=Work)
    task_id: int | None = None
    task_due_at: datetime | None = None
    reply_id: int | None = None
    follows_id: int | None = None
    at: datetime | None = None


def open_ticket(opening: Opening, *, by: str) -> Ticket:
    """The ticket stands in the queue with its due time, and a task on somebody's list."""
    known = queries.by_source(opening.source)
    if known is not None:
        return known
    at = opening.at or clock.now()
    priority = opening.priority or priority_of(opening.origin)
    due = opening.task_due_at or due_at(opening.club_id, priority, at)
    ticket = _born(opening, priority, at, due)
    if ticket is None:
        found = queries.by_source(opening.source)
        assert found is not None  # noqa: S101 - the row that made ours impossible
        return found
    cause = f"reply:{opening.reply_id}" if opening.reply_id else f"opened:{opening.source}"
    _add(ticket, LineKind.ASKED, opening.words, by, Said(cause, opening.reply_id, at))
    ticket.task_id = opening.task_id or _task(ticket, opening.work, opening.words)
    db.session.flush()
    audit.note("ticket.opened", "ticket", ticket.id, after={"origin": opening.origin.value}, by=by)
    events.record(
        TicketOpened(ticket.club_id, at, ticket.id, ticket.person_id, ticket.origin.value)
    )
    return ticket


@dataclass(frozen=True, slots=True)
class Said:
    """Why a line stands: its cause, the reply or message it is, and when it was said."""

    cause: str | None = None
    reply_id: int | None = None
    at: datetime | None = None
    message_id: int | None = None
    public_id: str = ""
    what: str = ""


def go_on(ticket: Ticket, words: str, said: Said, *, by: str) -> TicketLine:
    """What the writer says stands on his ticket, and it is our turn again."""
    known = queries.line_of(said.cause) if said.cause else None
    if known is not None:
        return known
    ticket = queries.locked(ticket.id)
    line = _add(ticket, LineKind.ASKED, words, by, said)
    if ticket.state is not TicketState.OPEN:
        _our_turn(ticket, words, said.at or clock.now(), by)
    return line


def reopen(ticket: Ticket, why: str, *, by: str) -> None:
    """It is our turn again, because somebody of the staff says so."""
    ticket = queries.locked(ticket.id)
    note_change(ticket, "reopened", why, by=by)
    _our_turn(ticket, why, clock.now(), by)


def resume(ticket: Ticket, *, by: str) -> None:
    """It is still our turn, with the same task and due time: it was settled by mistake."""
    ticket = queries.locked(ticket.id)
    if ticket.state is TicketState.OPEN:
        return
    note_change(ticket, "reopened", by=by)
    move(ticket, TicketState.OPEN, moves=RESUMED_MOVES, by=by)
    ticket.solved_at = ticket.closed_at = None
    ticket.solved_by = ""
    db.session.flush()
    audit.note("ticket.resumed", "ticket", ticket.id, by=by)


def note(ticket: Ticket, words: str, *, by: str) -> TicketLine:
    """The remark stands on the ticket for the staff; its writer never sees it."""
    said = _needed(words)
    return _add(ticket, LineKind.NOTE, said, by, Said())


def note_change(ticket: Ticket, what: str, words: str = "", *, by: str) -> TicketLine:
    """The ticket tells that something about it has changed."""
    return _add(ticket, LineKind.CHANGE, words, by, Said(what=what))


def add_answer(ticket: Ticket, words: str, said: Said, *, by: str) -> TicketLine:
    """Our answer stands on the ticket; the first one ends the clock of the first answer."""
    line = _add(ticket, LineKind.ANSWERED, words, by, said)
    if ticket.first_answer_at is None:
        at = said.at or clock.now()
        passed = open_time(open_week(ticket.club_id), ticket.opened_at, at)
        ticket.first_answer_at, ticket.first_answer_by = at, by
        ticket.first_answer_minutes = int(passed.total_seconds() // 60)
    return line


def their_turn(ticket: Ticket, *, by: str) -> None:
    """We have answered and wait for the writer."""
    _end_work(ticket, "answered", by)
    ticket.changed_at = clock.now()
    if ticket.state is not TicketState.WAITING:
        move(ticket, TicketState.WAITING, moves=TICKET_MOVES, by=by)


def solve(ticket: Ticket, words: str = "", *, by: str) -> None:
    """The matter is settled; a further word of the writer opens it again for some weeks."""
    ticket = queries.locked(ticket.id)
    if words.strip():
        _add(ticket, LineKind.NOTE, clean(words, "words", longest=LONGEST_WORDS, lines=True), by)
    ticket.solved_at = ticket.changed_at = clock.now()
    ticket.solved_by = by
    db.session.flush()
    move(ticket, TicketState.SOLVED, moves=TICKET_MOVES, by=by)
    _end_work(ticket, words.strip() or "solved", by)
    _settled(ticket, by)


def close(ticket: Ticket, why: str, *, by: str) -> None:
    """The matter is over for good: nothing to answer, or solved long ago."""
    ticket = queries.locked(ticket.id)
    note_change(ticket, "closed", why, by=by)
    ticket.closed_at = ticket.changed_at = clock.now()
    move(ticket, TicketState.CLOSED, moves=TICKET_MOVES, by=by, why=why)
    _end_work(ticket, why, by, done=False)
    _settled(ticket, by)


def due_at(club_id: int, priority: Priority, since: datetime) -> datetime:
    """Return when an answer is due, counted in the opening hours of the club."""
    return due_after(open_week(club_id), since, queries.rules_of(club_id).allowed(priority))


def _born(opening: Opening, priority: Priority, at: datetime, due: datetime) -> Ticket | None:
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    words = clean(opening.words[:LONGEST_WORDS], "words", longest=LONGEST_WORDS, lines=True)
    values = {
        "public_id": new_public_id(),
        "club_id": opening.club_id,
        "person_id": opening.person_id,
        "origin": opening.origin,
        "source": opening.source,
        "channel": opening.channel,
        "writer_name": opening.writer_name[:200],
        "writer_address": opening.writer_address[:254],
        "subject": (opening.subject.strip() or subject_of(words) or "…")[:200],
        "state": TicketState.OPEN,
        "priority": priority,
        "is_private": opening.origin in PRIVATE_ORIGINS,
        "role": opening.role,
        "turn": 1,
        "level": 0,
        "opened_at": at,
        "first_due_at": due,
        "asked_at": at,
        "due_at": due,
        "first_answer_by": "",
        "solved_by": "",
        "changed_at": clock.now(),
        "follows_id": opening.follows_id,
    }
    fresh = make(Ticket).values(values).on_conflict_do_nothing().returning(Ticket.id)
    ticket_id = db.session.scalars(fresh).first()
    return db.session.get_one(Ticket, ticket_id) if ticket_id is not None else None


def _our_turn(ticket: Ticket, words: str, at: datetime, by: str) -> None:
    move(ticket, TicketState.OPEN, moves=TICKET_MOVES, by=by)
    ticket.turn += 1
    ticket.level = 0
    ticket.solved_at = None
    ticket.asked_at = ticket.changed_at = at
    ticket.due_at = due_at(ticket.club_id, ticket.priority, at)
    ticket.task_id = _task(ticket, Work(title=str(AGAIN)), words)
    db.session.flush()


def _task(ticket: Ticket, work: Work, words: str) -> int:
    task = open_task(
        TaskOrder(
            source=work.source or f"ticket:{ticket.id}:{ticket.turn}",
            club_id=ticket.club_id,
            kind=work.kind,
            title=work.title,
            due_at=max(ticket.due_at, ticket.asked_at + timedelta(seconds=1)),
            person_id=ticket.person_id,
            sentence=" ".join(words.split())[:300],
            role=ticket.role,
            assigned_to=ticket.assigned_to,
            form=work.form,
            code=work.code,
            facts=work.facts,
        )
    )
    return task.id


def _end_work(ticket: Ticket, outcome: str, by: str, *, done: bool = True) -> None:
    task = queries.task_of(ticket)
    if task is None or task.state is not TaskState.OPEN:
        return
    (finish if done else set_aside)(task, outcome, by=by)


def _settled(ticket: Ticket, by: str) -> None:
    state = ticket.state.value
    audit.note(f"ticket.{state}", "ticket", ticket.id, by=by)
    events.record(TicketSettled(ticket.club_id, clock.now(), ticket.id, ticket.person_id, state))


def _add(
    ticket: Ticket, kind: LineKind, words: str, by: str, said: Said | None = None
) -> TicketLine:
    told = said or Said()
    line = TicketLine(
        public_id=told.public_id or new_public_id(),
        ticket_id=ticket.id,
        kind=kind,
        what=told.what,
        words=words[:LONGEST_WORDS],
        cause=told.cause,
        reply_id=told.reply_id,
        message_id=told.message_id,
        by=by,
        at=told.at or clock.now(),
    )
    db.session.add(line)
    ticket.changed_at = clock.now()
    db.session.flush()
    return line


def needed_words(words: str) -> str:
    """Return words that may be stored; raises INVALID_INPUT when there are none."""
    return _needed(words)


def _needed(words: str) -> str:
    said = clean(words, "words", longest=LONGEST_WORDS, lines=True)
    if not said:
        raise invalid({"words": _("Write something.")})
    return said


def refuse_closed(ticket: Ticket) -> None:
    """Raise STATE for a ticket on which nothing can be said any more."""
    if ticket.state is TicketState.CLOSED:
        raise DomainError("STATE", _("This is closed. A new question opens a new ticket."))
