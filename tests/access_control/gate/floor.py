"""A club's gate for tests: doors, cards, contracts and the wall clock of Dhaka."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from access_control.adapters.scan import Scan
from access_control.models import AccessEvent, Device, DeviceKind, DirectionMode, Visit, VisitDay
from access_control.queries.doors import Door, door_of
from access_control.rules.codes import CredentialKind, Direction
from access_control.services.credentials import issue_credential
from access_control.services.devices import Enrolment, enrol_device
from clubcrm.core.clock import now
from clubcrm.core.db import db
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind
from memberships.packages.models import PackageLot
from memberships.packages.services import LotOrder, open_lot

DHAKA = ZoneInfo("Asia/Dhaka")


def at(text: str, zone: ZoneInfo = DHAKA) -> datetime:
    """Return the instant of a wall time such as "2026-11-18 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def make_device(
    club_id: int,
    serial: str = "GATE1",
    kind: DeviceKind = DeviceKind.GENERIC,
    direction: DirectionMode = DirectionMode.IN,
    zone: str = "entrance",
    time_zone: str = "",
) -> Device:
    """A device works in the club."""
    asked = Enrolment(serial, kind, club_id, direction, time_zone, zone=zone)
    return enrol_device(asked, by="system")


def make_door(club_id: int, serial: str = "GATE1", **changed: object) -> Door:
    """A device works in the club; returns it as the gate reads it."""
    make_device(club_id, serial, **changed)  # type: ignore[arg-type]
    return the_door(serial)


def the_door(serial: str = "GATE1") -> Door:
    """Return a door as the gate reads it now."""
    door = door_of(serial)
    assert door is not None
    return door


def give_card(
    person_id: int, number: str = "4711", kind: CredentialKind = CredentialKind.CARD
) -> int:
    """The person holds a card; returns the credential's id."""
    return issue_credential(person_id, kind, number, by="system").id


def give_contract(
    person_id: int,
    club_id: int,
    *,
    kind: PlanKind = PlanKind.TERM,
    visits: int | None = None,
    starts_on: date = date(2026, 1, 1),
    ends_on: date | None = date(2026, 12, 31),
    reentry_minutes: int = 180,
    daily_limit: int | None = None,
) -> int:
    """The person has a signed contract of a plan made for it; returns its id."""
    plan = Plan(club_id=club_id, kind=kind)
    db.session.add(plan)
    db.session.flush()
    version = PlanVersion(
        plan_id=plan.id,
        number=1,
        name="Ten" if visits else "Year",
        visits=visits,
        currency="BDT",
        reentry_minutes=reentry_minutes,
        daily_limit=daily_limit,
    )
    db.session.add(version)
    db.session.flush()
    contract = Contract(
        number=f"C-{person_id}-{plan.id}",
        club_id=club_id,
        person_id=person_id,
        payer_id=person_id,
        plan_version_id=version.id,
        state=ContractState.SIGNED,
        starts_on=starts_on,
        ends_on=ends_on,
        price_minor=0,
        currency="BDT",
        signed_at=now(),
    )
    db.session.add(contract)
    db.session.flush()
    if visits is not None:
        order = LotOrder(club_id, person_id, contract.id, visits, ends_on)
        open_lot(order, source_id=str(contract.id), by="system")
    return contract.id


def scan(
    when: datetime,
    key: str,
    card: str = "4711",
    way: Direction = Direction.UNKNOWN,
    *,
    offline: bool = False,
    kind: CredentialKind = CredentialKind.CARD,
) -> Scan:
    """Return a scan of a card."""
    return Scan(key, kind, card, when, way, when.isoformat(), offline)


def units_left(person_id: int) -> int:
    """Return what is left in the person's lots."""
    return sum(
        db.session.scalars(select(PackageLot.remaining).where(PackageLot.person_id == person_id))
    )


def visits_told(person_id: int, zone: ZoneInfo = DHAKA) -> str:
    """Write the person's visits as "18 10:00-11:30 scan 1u" with wall times and units."""
    words = []
    rows = db.session.scalars(
        select(Visit)
        .where(Visit.person_id == person_id)
        .order_by(Visit.entered_at)
        .execution_options(populate_existing=True)
    )
    for visit in rows:
        entered = visit.entered_at.astimezone(zone)
        left = visit.left_at.astimezone(zone) if visit.left_at else None
        end = f"{left:%H:%M} {visit.left_how}" if left else "inside"
        words.append(f"{entered:%d %H:%M}-{end} {visit.units}u")
    return ", ".join(words)


def days_told(person_id: int) -> dict[str, int]:
    """Return the person's visit-days with their counts."""
    rows = db.session.execute(
        select(VisitDay.day, VisitDay.visits).where(VisitDay.person_id == person_id)
    )
    return {row.day.isoformat(): row.visits for row in rows}


def events_told() -> list[tuple[str, str, str]]:
    """Return all scans as key, status and code, in the order they came."""
    rows = db.session.scalars(select(AccessEvent).order_by(AccessEvent.id))
    return [(row.event_key, row.status.value, row.code.value if row.code else "") for row in rows]
