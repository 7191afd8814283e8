"""Devices, credentials, the ledger of scans, the visits made of them, and what did not fit."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from access_control.rules.codes import Code, CredentialKind, Direction, Severity
from access_control.rules.commands import CommandKind, CommandState
from access_control.rules.visits import LeftHow
from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import Json, JsonObject, PublicIdType, UtcInstant, new_public_id, text_enum

# SQLite only gives 64-bit keys by itself to columns called INTEGER.
BigKey = BigInteger().with_variant(Integer, "sqlite")


class DeviceKind(StrEnum):
    """The dialects a device may speak; `desk` is the scan field of a staff page."""

    ZK_ATT = "zk-att"
    ZK_ACC = "zk-acc"
    HIKVISION = "hikvision"
    GENERIC = "generic"
    DESK = "desk"


class DirectionMode(StrEnum):
    """How a device tells which way a person passes."""

    IN = "in"
    OUT = "out"
    TOGGLE = "toggle"
    STATUS = "status"


class CredentialState(StrEnum):
    """Whether a credential opens doors."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    ENDED = "ended"


CREDENTIAL_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    CredentialState.ACTIVE: frozenset({CredentialState.BLOCKED, CredentialState.ENDED}),
    CredentialState.BLOCKED: frozenset({CredentialState.ACTIVE, CredentialState.ENDED}),
}


class EventStatus(StrEnum):
    """What kind of line a scan is in the ledger."""

    NORMAL = "normal"
    OFFLINE_ADMIT = "offline_admit"
    DUPLICATE_TAP = "duplicate_tap"
    UNMATCHED = "unmatched"
    CLOCK_SUSPECT = "clock_suspect"


class Device(Model):
    """A terminal, reader or desk; an unclaimed one has no club yet and is not trusted."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    serial: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[DeviceKind] = mapped_column(text_enum(DeviceKind))
    club_id: Mapped[int | None] = mapped_column(ForeignKey("club.id"), index=True)
    claimed: Mapped[bool] = mapped_column(default=False)
    zone: Mapped[str] = mapped_column(String(60), default="entrance")  # door zone, not time zone
    direction_mode: Mapped[DirectionMode] = mapped_column(
        text_enum(DirectionMode), default=DirectionMode.IN
    )
    key_nonce: Mapped[str] = mapped_column(String(32), default="")
    time_zone: Mapped[str] = mapped_column(String(64), default="")  # empty: the club's
    zone_setting: Mapped[str] = mapped_column(String(16), default="")
    trans_flag: Mapped[str] = mapped_column(String(120), default="")
    push_version: Mapped[str] = mapped_column(String(20), default="")
    firmware: Mapped[str] = mapped_column(String(80), default="")
    counts: Mapped[JsonObject] = mapped_column(Json, default=dict)
    options: Mapped[JsonObject] = mapped_column(Json, default=dict)
    stamps: Mapped[JsonObject] = mapped_column(Json, default=dict)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    last_event_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    last_address: Mapped[str] = mapped_column(String(64), default="")
    clock_skew_s: Mapped[int | None]
    silent_since: Mapped[datetime | None] = mapped_column(UtcInstant)
    keeps_templates: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class Credential(Model):
    """A card, PIN or code of a person, in canonical form; one living owner per value."""

    __tablename__ = "credential"
    __table_args__ = (
        Index(
            "uq_credential_living",
            "kind",
            "value",
            unique=True,
            sqlite_where=text("state <> 'ended'"),
            postgresql_where=text("state <> 'ended'"),
        ),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[CredentialKind] = mapped_column(text_enum(CredentialKind))
    value: Mapped[str] = mapped_column(String(120))
    as_typed: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[CredentialState] = mapped_column(
        text_enum(CredentialState), default=CredentialState.ACTIVE
    )
    passback_free: Mapped[bool] = mapped_column(default=False)
    issued_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    issued_by: Mapped[str] = mapped_column(String(80), default="system")


class InboxBody(AppendOnly, Model):
    """A raw body as a device sent it, kept before anybody tries to read it."""

    __tablename__ = "inbox_body"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    device_serial: Mapped[str] = mapped_column(String(80), index=True)
    path: Mapped[str] = mapped_column(String(200))
    query: Mapped[str] = mapped_column(String(1000), default="")
    headers: Mapped[JsonObject] = mapped_column(Json)
    address: Mapped[str] = mapped_column(String(64), default="")
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(UtcInstant, index=True)


class AccessEvent(AppendOnly, Model):
    """One scan: what came, what was decided by which rules from which inputs. Never changed."""

    __tablename__ = "access_event"
    __table_args__ = (
        UniqueConstraint("device_id", "event_key"),
        Index(None, "club_id", "id"),
        Index(None, "person_id", "at"),
        Index(None, "device_id", "credential_value", "at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    event_key: Mapped[str] = mapped_column(String(160))
    zone: Mapped[str] = mapped_column(String(60))
    credential_kind: Mapped[CredentialKind] = mapped_column(text_enum(CredentialKind))
    credential_value: Mapped[str] = mapped_column(String(120))
    credential_id: Mapped[int | None] = mapped_column(ForeignKey("credential.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    at: Mapped[datetime] = mapped_column(UtcInstant)
    device_time: Mapped[str] = mapped_column(String(40), default="")  # text as the device sent it
    received_at: Mapped[datetime] = mapped_column(UtcInstant)
    direction: Mapped[Direction] = mapped_column(text_enum(Direction))
    status: Mapped[EventStatus] = mapped_column(text_enum(EventStatus))
    decision: Mapped[Severity] = mapped_column(text_enum(Severity))
    code: Mapped[Code | None] = mapped_column(text_enum(Code))
    notes: Mapped[list[str]] = mapped_column(Json)  # further codes, warnings included
    rule_version: Mapped[int]
    inputs: Mapped[JsonObject] = mapped_column(Json)
    raw: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[str] = mapped_column(String(80), default="")  # the user who let in by hand
    by_reason: Mapped[str] = mapped_column(String(300), default="")
    lets_in_event_id: Mapped[int | None] = mapped_column(ForeignKey("access_event.id"))


class Visit(Model):
    """A stay in the club; it has exactly one entry event and draws at most one unit."""

    __tablename__ = "visit"
    __table_args__ = (
        Index(None, "person_id", "entered_at"),
        Index(None, "club_id", "entered_at"),
        Index(
            "ix_visit_open",
            "club_id",
            "person_id",
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        CheckConstraint("left_at IS NULL OR left_at >= entered_at", name="period"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicIdType, unique=True, default=new_public_id)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    day: Mapped[date] = mapped_column(Date)  # the visit-day, turning at 04:00
    entered_at: Mapped[datetime] = mapped_column(UtcInstant)
    left_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    left_how: Mapped[LeftHow | None] = mapped_column(text_enum(LeftHow))
    entry_event_id: Mapped[int] = mapped_column(ForeignKey("access_event.id"), unique=True)
    exit_event_id: Mapped[int | None] = mapped_column(ForeignKey("access_event.id"))
    units: Mapped[int] = mapped_column(default=0)


class VisitDay(Model):
    """A member was here on this visit-day; the roll-up that rhythm and reports read."""

    __tablename__ = "visit_day"
    __table_args__ = (Index(None, "club_id", "day"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"))
    visits: Mapped[int] = mapped_column(default=1)


class Unmatched(Model):
    """A credential value that nobody owns yet, counted per device; assigning it gives visits."""

    __tablename__ = "unmatched"
    __table_args__ = (UniqueConstraint("device_id", "kind", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), index=True)
    kind: Mapped[CredentialKind] = mapped_column(text_enum(CredentialKind))
    value: Mapped[str] = mapped_column(String(120))
    scans: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(UtcInstant)
    last_at: Mapped[datetime] = mapped_column(UtcInstant)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    assigned_by: Mapped[str] = mapped_column(String(80), default="")


class EventOwner(AppendOnly, Model):
    """An unmatched scan was given its owner later; the scan itself stays as it came."""

    __tablename__ = "event_owner"

    event_id: Mapped[int] = mapped_column(ForeignKey("access_event.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    by: Mapped[str] = mapped_column(String(80))


class RejectedLine(AppendOnly, Model):
    """A raw line that could not be read, with the reason."""

    __tablename__ = "rejected_line"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"), index=True)
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox_body.id"))
    raw: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)


class DeviceCommand(Model):
    """An order to a terminal, from the queue to its result."""

    __tablename__ = "device_command"
    __table_args__ = (Index(None, "device_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[CommandKind] = mapped_column(text_enum(CommandKind))
    arguments: Mapped[JsonObject] = mapped_column(Json)
    state: Mapped[CommandState] = mapped_column(
        text_enum(CommandState), default=CommandState.QUEUED
    )
    times_sent: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    queued_by: Mapped[str] = mapped_column(String(80), default="system")
    sent_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    result_code: Mapped[int | None]
    result: Mapped[str] = mapped_column(String(500), default="")
