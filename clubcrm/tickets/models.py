"""What somebody asked or complained of, every line said about it, and articles that answer."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id, text_enum
from clubcrm.people.models import Channel
from clubcrm.tickets.rules.cases import LineKind, Priority, TicketOrigin, TicketState


class Ticket(Model):
    """One matter of one writer; its id is the number that members know it by.

    `asked_at` is when it became our turn, `due_at` when an answer to that is due.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index(None, "club_id", "state", "due_at"),
        Index(None, "club_id", "opened_at"),
        Index(None, "person_id", "state"),
        Index(None, "assigned_to", "state"),
        Index(None, "writer_address"),
        Index(None, "task_id"),
        CheckConstraint("state <> 'solved' OR solved_at IS NOT NULL", name="solved_at"),
        CheckConstraint("level BETWEEN 0 AND 2", name="level"),
        CheckConstraint("turn > 0", name="turn"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    origin: Mapped[TicketOrigin] = mapped_column(text_enum(TicketOrigin))
    source: Mapped[str] = mapped_column(String(120), unique=True)
    channel: Mapped[Channel | None] = mapped_column(text_enum(Channel))  # by which he is answered
    writer_name: Mapped[str] = mapped_column(String(200), default="")
    writer_address: Mapped[str] = mapped_column(String(254), default="")
    subject: Mapped[str] = mapped_column(String(200))
    state: Mapped[TicketState] = mapped_column(text_enum(TicketState), default=TicketState.OPEN)
    priority: Mapped[Priority] = mapped_column(text_enum(Priority), default=Priority.NORMAL)
    is_private: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str] = mapped_column(String(32), default="desk")
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))  # of the present turn
    turn: Mapped[int] = mapped_column(default=1)
    level: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(UtcInstant)
    first_due_at: Mapped[datetime] = mapped_column(UtcInstant)
    asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    due_at: Mapped[datetime] = mapped_column(UtcInstant)
    first_answer_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    first_answer_minutes: Mapped[int | None]  # of opening hours since it was opened
    first_answer_by: Mapped[str] = mapped_column(String(80), default="")
    solved_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    solved_by: Mapped[str] = mapped_column(String(80), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))


class TicketLine(AppendOnly, Model):
    """One thing said or done about a ticket; `cause` makes a second telling of it harmless."""

    __tablename__ = "ticket_line"
    __table_args__ = (Index(None, "ticket_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[LineKind] = mapped_column(text_enum(LineKind))
    what: Mapped[str] = mapped_column(String(40), default="")  # of a change: what was changed
    words: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str | None] = mapped_column(String(120), unique=True)
    reply_id: Mapped[int | None] = mapped_column(ForeignKey("message_reply.id"), unique=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), unique=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class CannedAnswer(Model):
    """Words that are ready to be sent; {given_name}, {club} and {number} are filled in."""

    __tablename__ = "canned_answer"
    __table_args__ = (UniqueConstraint("title", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    title: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class Article(Model):
    """One answer of the house; without a club it holds in all of them."""

    __tablename__ = "article"
    __table_args__ = (Index(None, "club_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int | None] = mapped_column(ForeignKey("club.id"))
    for_members: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class ArticleVersion(AppendOnly, Model):
    """An article in one language as it was written at one time; versions are never changed."""

    __tablename__ = "article_version"
    __table_args__ = (UniqueConstraint("article_id", "language", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    language: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class ArticleText(Model):
    """Which version of an article speaks in a language now, and its text in the form for search."""

    __tablename__ = "article_text"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(16), primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("article_version.id"), unique=True)
    search_text: Mapped[str] = mapped_column(Text)


class ArticleWord(Model):
    """A word by which an article is found in one of its languages."""

    __tablename__ = "article_word"
    __table_args__ = (Index(None, "word", "article_id"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(16), primary_key=True)
    word: Mapped[str] = mapped_column(String(60), primary_key=True)
    weight: Mapped[int]
