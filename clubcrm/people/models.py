"""Who exists, how to reach them, what they allow."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import (
    Json,
    JsonObject,
    PublicIdType,
    UtcInstant,
    new_public_id,
    text_enum,
)


class ContactKind(StrEnum):
    """The ways to reach a person."""

    PHONE = "phone"
    EMAIL = "email"
    TELEGRAM = "telegram"


class ReachState(StrEnum):
    """Whether an address works."""

    GOOD = "good"
    BOUNCED = "bounced"


class Channel(StrEnum):
    """The channels a message takes."""

    EMAIL = "email"
    SMS = "sms"
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    PHONE = "phone"


class Purpose(StrEnum):
    """Why we would write."""

    SERVICE = "service"
    MARKETING = "marketing"


class HoldKind(StrEnum):
    """Why a person is left in peace, whatever a journey has planned."""

    COMPLAINT = "complaint"
    INJURY = "injury"
    DISPUTE = "dispute"
    DECEASED = "deceased"


class WordKind(StrEnum):
    """What a search word is: part of a name, how that part sounds, an address, a number."""

    NAME = "name"
    SOUND = "sound"
    EMAIL = "email"
    NUMBER = "number"


def folded(length: int) -> String:
    """Return a text type ordered by code point on every store, so that prefixes are ranges."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class StoredFile(Model):
    """A file kept outside the code under a name of our own."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    media_type: Mapped[str] = mapped_column(String(60))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class Person(Model):
    """A human being known to the company; `search_text` holds every folded word to be found by."""

    __tablename__ = "person"
    __table_args__ = (
        Index(None, "club_id", "id"),
        Index(None, "club_id", "sort_name", "id"),
        UniqueConstraint("club_id", "source", "external_ref"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    given_name: Mapped[str] = mapped_column(String(200))
    family_name: Mapped[str] = mapped_column(String(200), default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    sort_name: Mapped[str] = mapped_column(folded(400), default="")
    birth_date: Mapped[date | None] = mapped_column(Date)
    language: Mapped[str | None] = mapped_column(String(16))
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    desk_note: Mapped[str] = mapped_column(String(500), default="")
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    do_not_contact: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(60), default="desk")
    external_ref: Mapped[str | None] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def full_name(self) -> str:
        """Return given and family name as they are spoken."""
        return f"{self.given_name} {self.family_name}".strip()


class ContactPoint(Model):
    """One way to reach a person; `value` is normal form: E.164, or the address in lower case."""

    __tablename__ = "contact_point"
    __table_args__ = (UniqueConstraint("person_id", "kind", "value"), Index(None, "kind", "value"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[ContactKind] = mapped_column(text_enum(ContactKind))
    value: Mapped[str] = mapped_column(String(254))
    as_typed: Mapped[str] = mapped_column(String(254))
    # Digits backwards, so that "ends with 4567" is an indexed prefix search.
    reversed_digits: Mapped[str | None] = mapped_column(folded(32), index=True)
    state: Mapped[ReachState] = mapped_column(text_enum(ReachState), default=ReachState.GOOD)
    state_why: Mapped[str] = mapped_column(String(300), default="")
    is_primary: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class SearchWord(Model):
    """One folded word of a person (name part, sound, e-mail, card), for indexed prefix search."""

    __tablename__ = "search_word"
    __table_args__ = (Index(None, "kind", "word", "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[WordKind] = mapped_column(
        text_enum(WordKind), primary_key=True, default=WordKind.NAME
    )
    word: Mapped[str] = mapped_column(folded(64), primary_key=True)


class Consent(AppendOnly, Model):
    """A person's yes or no for one channel and purpose; the newest line counts."""

    __tablename__ = "consent"
    __table_args__ = (Index(None, "person_id", "channel", "purpose", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[Channel] = mapped_column(text_enum(Channel))
    purpose: Mapped[Purpose] = mapped_column(text_enum(Purpose))
    given: Mapped[bool]
    text_version: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(60))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant)


class Note(AppendOnly, Model):
    """A remark of staff about a person."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class DeskFlag(Model):
    """A remark that upper floors hang on a person for the gate to warn of, such as a task."""

    __tablename__ = "desk_flag"
    __table_args__ = (UniqueConstraint("person_id", "kind", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))  # "open_task"
    source: Mapped[str] = mapped_column(String(80))  # such as "task:41"
    text: Mapped[str] = mapped_column(String(300), default="")
    set_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class ContactHold(Model):
    """A reason to leave a person in peace: in force until it is lifted or its last day is over."""

    __tablename__ = "contact_hold"
    __table_args__ = (
        Index(
            "uq_contact_hold_stands",
            "person_id",
            "kind",
            "source",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index(None, "person_id", "lifted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[HoldKind] = mapped_column(text_enum(HoldKind))
    source: Mapped[str] = mapped_column(String(80), default="")  # such as "task:41"
    note: Mapped[str] = mapped_column(String(300), default="")
    until_on: Mapped[date | None] = mapped_column(Date)  # last day, inclusive
    placed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    placed_by: Mapped[str] = mapped_column(String(80))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    lifted_by: Mapped[str] = mapped_column(String(80), default="")


class ImportBatch(Model):
    """One staged file: what was read, what was found, what was written."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # "people" or "visits"
    file_name: Mapped[str] = mapped_column(String(255))
    file_sha256: Mapped[str] = mapped_column(String(64), index=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    mapping: Mapped[JsonObject] = mapped_column(Json)
    counts: Mapped[JsonObject] = mapped_column(Json)
    next_row: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    by: Mapped[str] = mapped_column(String(80))


class ImportRow(Model):
    """A row of a staged file that could not be written, and why."""

    __tablename__ = "import_row"
    __table_args__ = (UniqueConstraint("batch_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    number: Mapped[int]
    category: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[str] = mapped_column(String(300))
    cells: Mapped[JsonObject] = mapped_column(Json)


class MemberLink(Model):
    """A link a member holds; the token itself is known only to him, the store keeps its digest."""

    __tablename__ = "member_link"
    __table_args__ = (Index(None, "person_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80), default="")
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
