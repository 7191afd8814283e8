"""Texts with versions, the letterhead, documents as they were signed, and signatures."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
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
from memberships.documents.rules.kinds import DocumentKind


class DocumentText(AppendOnly, Model):
    """One version of the words of a kind in a language; editing adds a version."""

    __tablename__ = "document_text"
    __table_args__ = (UniqueConstraint("club_id", "kind", "language", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    kind: Mapped[DocumentKind] = mapped_column(text_enum(DocumentKind))
    language: Mapped[str] = mapped_column(String(8))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class Letterhead(AppendOnly, Model):
    """Who a club is on paper, from one edit to the next; `logo` is a data: address or empty."""

    __tablename__ = "letterhead"
    __table_args__ = (UniqueConstraint("club_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    version: Mapped[int]
    legal_name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(400), default="")
    tax_id: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    bank: Mapped[str] = mapped_column(String(400), default="")
    logo: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class KeptDocument(AppendOnly, Model):
    """A document with the exact text version and the values it was read with; never changed."""

    __tablename__ = "kept_document"
    __table_args__ = (Index(None, "person_id", "kind"), Index(None, "subject_kind", "subject_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[DocumentKind] = mapped_column(text_enum(DocumentKind))
    subject_kind: Mapped[str] = mapped_column(String(40))  # such as "contract"
    subject_id: Mapped[int]
    text_id: Mapped[int] = mapped_column(ForeignKey("document_text.id"))
    letterhead_id: Mapped[int | None] = mapped_column(ForeignKey("letterhead.id"))
    language: Mapped[str] = mapped_column(String(8))
    fields: Mapped[JsonObject] = mapped_column(Json)
    sha256: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class Signature(AppendOnly, Model):
    """Somebody's name under a kept document: drawn or typed, when, and from where."""

    __tablename__ = "signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("kept_document.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    as_guardian: Mapped[bool] = mapped_column(default=False)
    strokes: Mapped[list[list[list[int]]] | None] = mapped_column(Json)  # None: the name was typed
    origin: Mapped[str] = mapped_column(String(200), default="")  # device and address prefix
    by: Mapped[str] = mapped_column(String(80))  # the member of staff, or the member's link
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
