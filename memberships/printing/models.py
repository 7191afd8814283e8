"""Printers of a club, and what waits for them or was printed."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import Json, PublicIdType, UtcInstant, new_public_id, text_enum
from memberships.printing.rules import PrintState


class Printer(Model):
    """A receipt printer in the club's network; a till without one of its own uses the first."""

    __tablename__ = "printer"
    __table_args__ = (
        UniqueConstraint("club_id", "name"),
        CheckConstraint("paper_mm IN (58, 80)", name="paper"),
        CheckConstraint("drawer_pin IN (0, 2, 5)", name="drawer"),
        CheckConstraint("port > 0 AND port < 65536", name="port"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    till_id: Mapped[int | None] = mapped_column(ForeignKey("till.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    host: Mapped[str] = mapped_column(String(120))
    port: Mapped[int] = mapped_column(default=9100)
    paper_mm: Mapped[int] = mapped_column(default=80)
    # The pin of the cable to the drawer; 0 stands for no drawer.
    drawer_pin: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    seen_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    trouble: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class PrintJob(Model):
    """One slip for a printer; each further one about the same thing is a copy with its number."""

    __tablename__ = "print_job"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id", "copy_number"),
        Index(None, "state", "next_try_at"),
        Index(None, "printer_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    printer_id: Mapped[int] = mapped_column(ForeignKey("printer.id"))
    source_kind: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    copy_number: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(String(120))
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[PrintState] = mapped_column(text_enum(PrintState), default=PrintState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    trouble: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    asked_by: Mapped[str] = mapped_column(String(80))
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
