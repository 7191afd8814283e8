"""Pages and forms of the advertiser with the club they bring people to, and what they told."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import (
    Json,
    JsonObject,
    PublicIdType,
    UtcInstant,
    new_public_id,
    text_enum,
)
from clubcrm.leads.door.rules.letters import LetterState


class AdKind(StrEnum):
    """What a number of the advertiser names."""

    PAGE = "page"
    FORM = "form"


class AdPlace(Model):
    """A page or a form, the club it brings people to, and what they are; a form beats its page."""

    __tablename__ = "ad_place"
    __table_args__ = (UniqueConstraint("kind", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    kind: Mapped[AdKind] = mapped_column(text_enum(AdKind))
    ref: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("lead_source.id"), index=True)
    interest: Mapped[str] = mapped_column(String(200), default="")
    consent_key: Mapped[str] = mapped_column(String(60), default="")
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class AdLetter(Model):
    """One filled form as a page told it; its answers are fetched, and become one inquiry."""

    __tablename__ = "ad_letter"
    __table_args__ = (
        Index(None, "state", "next_try_at"),
        Index(None, "page_id"),
        Index(None, "inquiry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    leadgen_id: Mapped[str] = mapped_column(String(40), unique=True)
    page_id: Mapped[str] = mapped_column(String(40), default="")
    form_id: Mapped[str] = mapped_column(String(40), default="")
    ad_id: Mapped[str] = mapped_column(String(40), default="")
    adset_id: Mapped[str] = mapped_column(String(40), default="")
    campaign_id: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[LetterState] = mapped_column(text_enum(LetterState), default=LetterState.WAITING)
    answers: Mapped[JsonObject] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    received_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    next_try_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    tries: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(String(300), default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    inquiry_id: Mapped[int | None] = mapped_column(ForeignKey("inquiry.id"))
