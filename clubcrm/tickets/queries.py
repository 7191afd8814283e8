"""Reads of tickets: whose turn it is, one with its lines, whom a mail belongs to, times of a club.

What is private is seen by those who lead, and by whom it is handed to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from clubcrm.accounts.models import Role, User, UserClub, UserState
from clubcrm.core.clubs import Club, Scope, club_setting
from clubcrm.core.db import db
from clubcrm.core.text import like_literal
from clubcrm.people.models import Person
from clubcrm.tasks.models import SurveyAnswer, Task
from clubcrm.tickets.models import Ticket, TicketLine
from clubcrm.tickets.rules.cases import (
    UNSETTLED,
    LineKind,
    Priority,
    TicketOrigin,
    TicketRules,
    TicketState,
    rules_from,
)
from memberships.portal.models import LedgerQuestion

RULES_SETTING = "tickets"
PAGE = 50
STRANGER = "stranger"
ANSWERING = (Role.OWNER, Role.MANAGER, Role.SALES, Role.DESK)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the clubs he may see, himself, and whether private matters are his too."""

    scope: Scope
    user_id: int
    leads: bool

    def sees(self) -> ColumnElement[bool]:
        """Return the condition that a ticket may be seen."""
        here = Ticket.club_id.in_(self.scope.club_ids)
        if self.leads:
            return here
        return and_(here, or_(Ticket.is_private.is_(False), Ticket.assigned_to == self.user_id))


class Shown(StrEnum):
    """Parts of the queue that have a place of their own."""

    OURS = "ours"
    MINE = "mine"
    LATE = "late"
    WAITING = "waiting"
    DONE = "done"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets are asked for; every filter is one condition, so that numbers count rows."""

    shown: Shown = Shown.OURS
    typed: str = ""
    member: str | None = None
    priority: Priority | None = None
    origin: TicketOrigin | None = None
    assignee: int | None = None
    opened_from: datetime | None = None
    opened_until: datetime | None = None
    in_time: bool | None = None
    after: int | None = None
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket as a list shows it."""

    ticket: Ticket
    name: str
    person_public_id: str
    assignee: str
    zone: str


def rules_of(club_id: int) -> TicketRules:
    """Return what the club has chosen about tickets."""
    return rules_from(club_setting(club_id, RULES_SETTING, None))


def conditions(viewer: Viewer, wanted: Wanted, moment: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions of a list, paging apart."""
    found = [viewer.sees(), _shown(wanted.shown, viewer, moment)]
    if wanted.typed:
        found.append(_typed(wanted.typed))
    equal = (
        (Person.public_id, wanted.member),
        (Ticket.priority, wanted.priority),
        (Ticket.origin, wanted.origin),
    )
    found += [column == value for column, value in equal if value is not None]
    if wanted.opened_from is not None:
        found.append(Ticket.opened_at >= wanted.opened_from)
    if wanted.opened_until is not None:
        found.append(Ticket.opened_at < wanted.opened_until)
    if wanted.assignee is not None:
        chosen = wanted.assignee or None
        found.append(Ticket.assigned_to == chosen)
    if wanted.in_time is not None:
        found.append(answered_in_time() if wanted.in_time else answered_late(moment))
    return found


def answered_in_time() -> ColumnElement[bool]:
    """Return the condition that the first answer came before it was due."""
    return Ticket.first_answer_at <= Ticket.first_due_at


def answered_late(moment: datetime) -> ColumnElement[bool]:
    """Return the condition that the first answer came late, or is overdue while it is our turn."""
    overdue = and_(
        Ticket.first_answer_at.is_(None),
        Ticket.state == TicketState.OPEN,
        Ticket.first_due_at < moment,
    )
    return or_(Ticket.first_answer_at > Ticket.first_due_at, overdue)


def queue(viewer: Viewer, wanted: Wanted, moment: datetime) -> tuple[list[TicketRow], int | None]:
    """Return a page of tickets and the number after which the next one begins.

    What is our turn comes by due time on one page, everything else with the newest first.
    """
    where = conditions(viewer, wanted, moment)
    chosen = _rows().where(*where)
    if wanted.shown in {Shown.OURS, Shown.MINE, Shown.LATE}:
        return _read(chosen.order_by(Ticket.due_at, Ticket.id).limit(4 * PAGE)), None
    if wanted.after is not None:
        chosen = chosen.where(Ticket.id < wanted.after)
    rows = _read(chosen.order_by(Ticket.id.desc()).limit(wanted.limit + 1))
    shown = rows[: wanted.limit]
    return shown, shown[-1].ticket.id if len(rows) > wanted.limit else None


def counts(viewer: Viewer, moment: datetime) -> dict[Shown, int]:
    """Return how many tickets stand in each part of the queue that is work."""
    parts = (Shown.OURS, Shown.MINE, Shown.LATE, Shown.WAITING)
    columns = [
        func.count().filter(_shown(part, viewer, moment)).label(part.value) for part in parts
    ]
    row = db.session.execute(
        select(*columns).select_from(Ticket).where(viewer.sees(), Ticket.state.in_(UNSETTLED))
    ).one()
    return {part: int(row[number]) for number, part in enumerate(parts)}


def ticket_for(viewer: Viewer, public_id: str) -> TicketRow | None:
    """Return a ticket that the viewer may see, by its public id."""
    found = _read(_rows().where(viewer.sees(), Ticket.public_id == public_id))
    return found[0] if found else None


def person_of_ticket(public_id: str) -> Select[int | None]:
    """Ask whose question it is."""
    return select(Ticket.person_id).where(Ticket.public_id == public_id)


def ticket_of_task(viewer: Viewer, task_public_id: str) -> str | None:
    """Return the public id of the ticket whose work a task is."""
    return db.session.scalar(
        select(Ticket.public_id)
        .join(Task, Task.id == Ticket.task_id)
        .where(viewer.sees(), Task.public_id == task_public_id)
    )


def lines_of(ticket_id: int, *, for_member: bool = False) -> Sequence[TicketLine]:
    """Return what was said and done about a ticket, the oldest first."""
    chosen = select(TicketLine).where(TicketLine.ticket_id == ticket_id).order_by(TicketLine.id)
    if for_member:
        chosen = chosen.where(_for_member())
    return db.session.scalars(chosen).all()


def line_of(cause: str) -> TicketLine | None:
    """Return the line that a cause has written already."""
    return db.session.scalars(select(TicketLine).where(TicketLine.cause == cause)).first()


def tickets_of(viewer: Viewer, person_id: int) -> list[TicketRow]:
    """Return a person's tickets that the viewer may see, the newest first."""
    chosen = _rows().where(viewer.sees(), Ticket.person_id == person_id)
    return _read(chosen.order_by(Ticket.id.desc()).limit(PAGE))


def own_tickets(person_id: int) -> Sequence[Ticket]:
    """Return what a member has asked, the newest first."""
    return db.session.scalars(
        select(Ticket)
        .where(
            Ticket.person_id == person_id,
            Ticket.id.in_(select(TicketLine.ticket_id).where(_for_member())),
        )
        .order_by(Ticket.id.desc())
        .limit(PAGE)
    ).all()


def own_ticket(person_id: int, public_id: str) -> Ticket | None:
    """Return one of a member's own tickets."""
    return db.session.scalars(
        select(Ticket).where(Ticket.person_id == person_id, Ticket.public_id == public_id)
    ).first()


def locked(ticket_id: int) -> Ticket:
    """Return the ticket, which nobody else moves until the unit of work ends."""
    ticket = db.session.scalars(
        select(Ticket).where(Ticket.id == ticket_id).with_for_update(key_share=True)
    ).one()
    db.session.refresh(ticket)
    return ticket


def first_club() -> int:
    """Return the club that takes care of what belongs to no other."""
    return db.session.scalars(select(func.min(Club.id))).one()


def by_source(source: str) -> Ticket | None:
    """Return the ticket that a cause has opened."""
    return db.session.scalars(select(Ticket).where(Ticket.source == source)).first()


def by_task(task_id: int) -> Ticket | None:
    """Return the ticket whose present work is this task."""
    return db.session.scalars(select(Ticket).where(Ticket.task_id == task_id)).first()


def task_by_source(source: str) -> Task | None:
    """Return the task that a cause has opened."""
    return db.session.scalars(select(Task).where(Task.source == source)).first()


def task_of(ticket: Ticket) -> Task | None:
    """Return the task of a ticket's present turn."""
    return db.session.get(Task, ticket.task_id) if ticket.task_id is not None else None


def helpers_of(club_id: int) -> list[tuple[int, str]]:
    """Return who of the club may be handed a ticket, by name."""
    rows = db.session.execute(
        select(User.id, User.name)
        .join(UserClub, UserClub.user_id == User.id)
        .where(
            UserClub.club_id == club_id,
            User.state == UserState.ACTIVE,
            User.role.in_(ANSWERING),
        )
        .order_by(User.name, User.id)
    )
    return [(key, name) for key, name in rows]


def names_of(refs: Sequence[str]) -> Mapping[str, str]:
    """Return the names of members of staff behind "user:7"."""
    numbers = {int(ref[5:]) for ref in refs if ref.startswith("user:") and ref[5:].isdigit()}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(numbers)))
    return {f"user:{key}": name for key, name in rows}


def _shown(part: Shown, viewer: Viewer, moment: datetime) -> ColumnElement[bool]:
    ours = Ticket.state == TicketState.OPEN
    parts: dict[Shown, ColumnElement[bool]] = {
        Shown.OURS: ours,
        Shown.MINE: and_(ours, Ticket.assigned_to == viewer.user_id),
        Shown.LATE: and_(ours, Ticket.due_at < moment),
        Shown.WAITING: Ticket.state == TicketState.WAITING,
        Shown.DONE: Ticket.state.in_((TicketState.SOLVED, TicketState.CLOSED)),
        Shown.ALL: true(),
    }
    return parts[part]


def _typed(typed: str) -> ColumnElement[bool]:
    number = typed.strip(" []#").upper().removeprefix("T-")
    if number.isascii() and number.isdigit() and len(number) < 10:
        return Ticket.id == int(number)
    inside = f"%{like_literal(typed.strip().lower())}%"
    columns = (
        func.lower(Ticket.subject),
        Ticket.writer_address,
        Person.search_text,
    )
    return or_(*(column.like(inside, escape="\\") for column in columns))


def _for_member() -> ColumnElement[bool]:
    """Return the condition that a line is the member's to see.

    What somebody at the desk wrote down about him is in the desk's words and stays there.
    """
    own = and_(TicketLine.kind == LineKind.ASKED, TicketLine.by.like("person:%"))
    written = and_(TicketLine.kind == LineKind.ASKED, TicketLine.by == STRANGER)
    return or_(own, written, TicketLine.kind == LineKind.ANSWERED)


def _rows() -> Select[Ticket, str | None, str | None, str | None, str | None, str]:
    return (
        select(
            Ticket, Person.given_name, Person.family_name, Person.public_id, User.name, Club.zone
        )
        .join(Club, Club.id == Ticket.club_id)
        .outerjoin(Person, Person.id == Ticket.person_id)
        .outerjoin(User, User.id == Ticket.assigned_to)
    )


def _read(
    chosen: Select[Ticket, str | None, str | None, str | None, str | None, str],
) -> list[TicketRow]:
    return [
        TicketRow(
            row[0],
            f"{row[1] or ''} {row[2] or ''}".strip() or row[0].writer_name or row[0].writer_address,
            row[3] or "",
            row[4] or "",
            row[5],
        )
        for row in db.session.execute(chosen)
    ]


def question_words(question_id: int) -> tuple[str, str]:
    """Return what a member wrote about a used unit, and what he was told."""
    row = db.session.execute(
        select(LedgerQuestion.words, LedgerQuestion.answer).where(LedgerQuestion.id == question_id)
    ).one()
    return row.words, row.answer


def survey_words(answer_id: int) -> tuple[int, str]:
    """Return the score and the words of a half-way answer."""
    row = db.session.execute(
        select(SurveyAnswer.score, SurveyAnswer.words).where(SurveyAnswer.id == answer_id)
    ).one()
    return row.score, row.words


def task_with(task_id: int) -> Task:
    """Return a task that a fact names."""
    return db.session.get_one(Task, task_id)


def asked_since(person_id: int, since: datetime) -> int:
    """Return how many tickets a member has opened on his own page lately."""
    found = db.session.scalar(
        select(func.count()).where(
            Ticket.person_id == person_id,
            Ticket.origin == TicketOrigin.OWN_PAGE,
            Ticket.opened_at > since,
        )
    )
    return found or 0


def number_and_id(ticket_id: int | None) -> tuple[int, str] | None:
    """Return number and public id of a ticket that another one follows."""
    if ticket_id is None:
        return None
    return ticket_id, db.session.scalars(
        select(Ticket.public_id).where(Ticket.id == ticket_id)
    ).one()
