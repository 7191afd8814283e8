"""Models room: who was erased and what was left, and what the fields of a person were before."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, JsonObject, PublicIdType, UtcInstant, new_public_id


class Erasure(Model):
    """A person's name and words are gone; the certificate counts what went and what stayed."""

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    cause: Mapped[str] = mapped_column(String(40))  # "wish", "retention", "journal"
    asked_by: Mapped[str] = mapped_column(String(80))
    begun_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    # Words of ledgers may change while this is open; it closes in the transaction that opened it.
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    certificate: Mapped[JsonObject] = mapped_column(Json)


class PersonChange(AppendOnly, Model):
    """One field of a person changed: what it was and what it is, until the person is erased."""

    __tablename__ = "person_change"
    __table_args__ = (Index(None, "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    field: Mapped[str] = mapped_column(String(60))
    old: Mapped[str] = mapped_column(Text, default="")
    new: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    unit_id: Mapped[str] = mapped_column(String(32), default="", index=True)
