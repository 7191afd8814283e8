"""Waivers as they were signed, and medical certificates with their files."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import PublicIdType, UtcInstant, new_public_id


class Waiver(AppendOnly, Model):
    """A member's declaration, good from a day to a day; signed again, it is a new line."""

    __tablename__ = "waiver"
    __table_args__ = (
        Index(None, "person_id", "valid_until"),
        CheckConstraint("valid_until IS NULL OR valid_until >= signed_on", name="period"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("kept_document.id"), unique=True)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)  # None: for good
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class WaiverVoid(AppendOnly, Model):
    """That a signed waiver counts no more: who said so, when and why; the paper itself stays."""

    __tablename__ = "waiver_void"

    waiver_id: Mapped[int] = mapped_column(ForeignKey("waiver.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(300))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class MedicalCertificate(Model):
    """A physician's paper: how long it holds, and its file, which two roles may open."""

    __tablename__ = "medical_certificate"
    __table_args__ = (Index(None, "person_id", "valid_until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    valid_until: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(500), default="")
    media_type: Mapped[str] = mapped_column(String(60), default="")
    size_bytes: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    path: Mapped[str] = mapped_column(String(200), default="")  # empty: no file was handed in
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    removed_by: Mapped[str] = mapped_column(String(80), default="")
    removed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
