"""What all parts of the seed stand on: order, store, clubs, and the keys given so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from clubcrm.core.types import JsonObject
from clubcrm.journeys.rules.codes import Code, Why
from clubcrm.seed.calendar import TownCalendar
from clubcrm.seed.lives import Life
from clubcrm.seed.order import SeedOrder, hexadecimal
from clubcrm.seed.store import BulkStore
from memberships.blocks.rules import BlockFact
from memberships.packages.terms import PackageTerms

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something worth an audit line: who did what to which thing, in which unit of work."""

    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: int | str
    after: JsonObject | None
    unit: str
    before: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """A device of a club as far as scans need it; `exit_id` is the terminal of the way out."""

    entry_id: int
    exit_id: int
    desk_id: int
    serial: str


@dataclass(frozen=True, slots=True)
class Touch:
    """One eligibility of a life, or why there was none; `reached` when it arrived at the member."""

    code: Code
    place: int
    day: int
    occurrence: int = 1
    held_out: bool = False
    is_control: bool = False
    reached: bool = False
    before: int = 0
    refused: Why | None = None


@dataclass(frozen=True, slots=True)
class PackageSold:
    """A package that the desk has sold to a life; its sale is written with its invoice."""

    number: int
    lot_id: int
    shown: str
    version_id: int
    terms: PackageTerms
    at: datetime


@dataclass(slots=True)
class Lot:
    """A lot of visits with its ledger, kept back until every visit is known."""

    lot_id: int
    values: dict[str, object]
    remaining: int
    lines: list[dict[str, object]] = field(default_factory=list)


@dataclass(slots=True)
class Ground:
    """Grows while the parts work one after the other; later parts read keys of earlier ones."""

    order: SeedOrder
    store: BulkStore
    files: Path
    calendars: list[TownCalendar]
    lives: list[Life] = field(default_factory=list)
    club_ids: list[int] = field(default_factory=list)
    staff: dict[str, int] = field(default_factory=dict)
    versions: dict[tuple[int, str], int] = field(default_factory=dict)
    prices: dict[tuple[int, str], int] = field(default_factory=dict)
    plan_ids: dict[tuple[int, str], int] = field(default_factory=dict)
    product_ids: dict[int, int] = field(default_factory=dict)
    freeze_versions: dict[tuple[int, str], int] = field(default_factory=dict)
    doors: list[Door] = field(default_factory=list)
    person_ids: list[int] = field(default_factory=list)
    pin_ids: list[int] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    births: list[date] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    contract_numbers: dict[int, str] = field(default_factory=dict)
    mailable: list[str | None] = field(default_factory=list)
    agreeing: list[bool] = field(default_factory=list)
    with_photo: list[bool] = field(default_factory=list)
    contract_ids: list[list[int]] = field(default_factory=list)
    blocks: dict[int, list[BlockFact]] = field(default_factory=dict)
    lots: dict[tuple[int, int], Lot] = field(default_factory=dict)
    deeds: list[Deed] = field(default_factory=list)
    period_invoices: dict[str, int] = field(default_factory=dict)
    packages_sold: list[PackageSold] = field(default_factory=list)
    segment_ids: dict[int, int] = field(default_factory=dict)
    touches: dict[int, list[Touch]] = field(default_factory=dict)

    @property
    def until(self) -> int:
        """The last second of the history."""
        return int(self.order.moment.timestamp())

    @property
    def today(self) -> int:
        """The last day of the history as an ordinal."""
        return self.order.last_day.toordinal()

    def unit(self, *purpose: object) -> str:
        """The id of an invented unit of work."""
        return hexadecimal(self.order.chance("unit", *purpose), 32)

    def actor(self, role: str) -> str:
        """How the member of staff with this role is named in histories."""
        return f"user:{self.staff[role]}"


def instant(second: float) -> datetime:
    """The instant of epoch seconds."""
    return datetime.fromtimestamp(second, UTC)
