"""Classes that units of a package pay for: who bought them, what each place has drawn."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from clubcrm.seed.ground import Deed, Ground
from clubcrm.seed.order import public_id
from clubcrm.seed.studios import House
from memberships.contracts.included_tables import PlanPackage
from memberships.contracts.models import Plan, PlanVersion
from memberships.contracts.rules import PlanKind
from memberships.packages.models import (
    EntryKind,
    PackageEntry,
    PackageLot,
    PackageNotice,
    PackageProduct,
    PackageSale,
    PackageVersion,
)
from memberships.packages.terms import MissedRule, Service
from memberships.schedule.models import (
    HOLDING,
    Booking,
    BookingState,
    ClassSession,
    ClassSlot,
    ClassType,
    SessionState,
    Strike,
)
from memberships.schedule.rules.booking import Way
from memberships.schedule.rules.strikes import Miss, Penalty, StrikeState
from memberships.schedule.rules.units import UnitUse
from memberships.schedule.rules.weeks import Occurrence, SlotTime, monday_of, occurrences
from memberships.schedule.unit_tables import BookingUnit, ClassPrice

UNITS, LOW_MARK, PERCENT, VALID_DAYS = 8, 2, 45, 120
BUYERS, PLACES, MINUTES = 18, 8, 50
QUIET_ROOM = 2
WEEK = ((0, time(16, 30)), (5, time(9)))
WEEKS_BACK, WEEKS_AHEAD = 4, 3
COMES, BACK, MISSED = 0.42, 0.10, 0.06
ContractOn = Callable[[int, date], int | None]


@dataclass(slots=True)
class _Owner:
    """A member with a package of small group classes while it is used."""

    person_id: int
    lot_id: int
    sold_at: datetime
    left: int = UNITS
    told_at: datetime | None = None
    lines: list[tuple[EntryKind, str, datetime]] = field(default_factory=list)

    def draw(self, source: str, at: datetime) -> None:
        """One unit is used for a place."""
        self.left -= 1
        self.lines.append((EntryKind.USE, source, at))
        if self.left == LOW_MARK and self.told_at is None:
            self.told_at = at

    def give_back(self, source: str, at: datetime) -> None:
        """The unit of a place that was given back in time."""
        self.left += 1
        self.lines.append((EntryKind.RETURN, source, at))


def hold_small_groups(ground: Ground, houses: list[House], contract_on: ContractOn) -> None:
    """Each club has a class that costs a unit, and members who bought units for it."""
    for house in houses:
        _Reformer(ground, house, contract_on).run()


class _Reformer:
    """The small group class of one club."""

    def __init__(self, ground: Ground, house: House, contract_on: ContractOn) -> None:
        self.ground, self.house, self.contract_on = ground, house, contract_on
        self.chance: Random = ground.order.chance("small groups", house.place)
        self.town = ground.calendars[house.place].town
        self.kind_id = 0

    def run(self) -> None:
        """Slots, classes, bookings and the packages that paid for them stand in the store."""
        slots = self._furnish()
        owners = self._owners()
        closed = self.ground.calendars[self.house.place].closed
        monday = monday_of(self.ground.order.last_day)
        first = monday - timedelta(weeks=WEEKS_BACK)
        last = monday + timedelta(weeks=WEEKS_AHEAD + 1) - timedelta(days=1)
        for when in occurrences(slots, first, last, self.house.zone, closed):
            self._hold(when, owners)
        self._write_packages(owners)

    def _furnish(self) -> list[SlotTime]:
        store, chance, house = self.ground.store, self.chance, self.house
        began = self.ground.order.last_day - timedelta(days=300)
        self.kind_id = store.sink(ClassType).add(
            public_id=public_id(chance),
            club_id=house.club_id,
            name="Reformer",
            about="Eight machines, one teacher who sees everybody. A unit a class.",
            minutes=MINUTES,
            capacity=PLACES,
            hue=6,
        )
        store.sink(ClassPrice).add(
            class_type_id=self.kind_id,
            service=Service.SMALL_GROUP,
            units=1,
            use=UnitUse.ALWAYS,
            late_cancel=MissedRule.UNIT,
            no_show=MissedRule.UNIT,
        )
        found = []
        for weekday, starts in WEEK:
            slot_id = store.sink(ClassSlot).add(
                public_id=public_id(chance),
                club_id=house.club_id,
                class_type_id=self.kind_id,
                room_id=house.rooms[QUIET_ROOM],
                teacher_id=self.ground.staff["trainer2"],
                weekday=weekday,
                starts=starts,
                minutes=MINUTES,
                capacity=PLACES,
                valid_from=began,
            )
            found.append(SlotTime(slot_id, weekday, starts, MINUTES, began))
        return found

    def _owners(self) -> list[_Owner]:
        since = self.ground.order.moment - timedelta(weeks=WEEKS_BACK + 2)
        known = [one for one in self.house.regulars if self.contract_on(one, since.date())]
        chosen = self.chance.sample(known, min(BUYERS, len(known)))
        return [
            _Owner(
                person_id,
                self.ground.store.sink(PackageLot).reserve(),
                since + timedelta(minutes=self.chance.randrange(6000)),
            )
            for person_id in chosen
        ]

    def _hold(self, when: Occurrence, owners: list[_Owner]) -> None:
        ground, moment = self.ground, self.ground.order.moment
        is_over = when.starts_at + timedelta(minutes=30) < moment
        is_open = (when.starts_at - moment).days <= 7
        taking = list(self._taking(owners)) if is_open else []
        states = [self._state(is_over) for _one in taking]
        session_id = ground.store.sink(ClassSession).add(
            public_id=public_id(self.chance),
            club_id=self.house.club_id,
            slot_id=when.slot_id,
            class_type_id=self.kind_id,
            room_id=self.house.rooms[QUIET_ROOM],
            teacher_id=ground.staff["trainer2"],
            day=when.day,
            starts_at=when.starts_at,
            ends_at=when.ends_at,
            capacity=PLACES,
            taken=sum(one in HOLDING for one in states),
            last_waiting=0,
            state=SessionState.SETTLED if is_over else SessionState.PLANNED,
        )
        for owner, state in zip(taking, states, strict=True):
            self._book(session_id, when, owner, state)

    def _taking(self, owners: list[_Owner]) -> Iterator[_Owner]:
        taken = 0
        for owner in owners:
            if owner.left and taken < PLACES and self.chance.random() < COMES:
                taken += 1
                yield owner

    def _state(self, is_over: bool) -> BookingState:
        point = self.chance.random()
        if point < BACK:
            return BookingState.CANCELLED
        if not is_over:
            return BookingState.BOOKED
        return BookingState.MISSED if point < BACK + MISSED else BookingState.ATTENDED

    def _book(self, session_id: int, when: Occurrence, owner: _Owner, state: BookingState) -> None:
        store, shown = self.ground.store, public_id(self.chance)
        latest = self.ground.order.moment - timedelta(hours=2)
        begun = when.starts_at - timedelta(days=5) + timedelta(minutes=self.chance.randrange(4000))
        booked_at = max(min(begun, latest), owner.sold_at)
        back_at = min(booked_at + timedelta(hours=1), latest + timedelta(hours=1))
        owner.draw(f"{shown}:1", booked_at)
        is_back = state is BookingState.CANCELLED
        if is_back:
            owner.give_back(f"{shown}:1", back_at)
        booking_id = store.sink(Booking).add(
            public_id=shown,
            session_id=session_id,
            person_id=owner.person_id,
            contract_id=self.contract_on(owner.person_id, when.day),
            state=state,
            way=Way.ONLINE if self.chance.random() < 0.7 else Way.DESK,
            booked_at=booked_at,
            booked_by=self.ground.actor("desk"),
            came_at=when.starts_at if state is BookingState.ATTENDED else None,
            closed_at=back_at if is_back else None,
        )
        store.sink(BookingUnit).add(
            booking_id=booking_id,
            service=Service.SMALL_GROUP,
            units=1,
            late_cancel=MissedRule.UNIT,
            no_show=MissedRule.UNIT,
            drawn=1,
            returned=int(is_back),
        )
        if state is BookingState.MISSED:
            store.sink(Strike).add(
                public_id=public_id(self.chance),
                booking_id=booking_id,
                club_id=self.house.club_id,
                person_id=owner.person_id,
                miss=Miss.NO_SHOW,
                penalty=Penalty.STRIKE,
                currency=self.house.currency,
                day=when.day,
                state=StrikeState.STANDS,
                at=when.starts_at + timedelta(minutes=15),
            )

    def _write_packages(self, owners: list[_Owner]) -> None:
        version_id, price = self._shelve()
        for owner in owners:
            self._write_package(owner, version_id, price)

    def _shelve(self) -> tuple[int, int]:
        store, began = self.ground.store, self.ground.order.moment - timedelta(days=300)
        price = self.town.unit_price_minor * PERCENT * UNITS // 500
        product_id = store.sink(PackageProduct).add(
            public_id=public_id(self.chance),
            club_id=self.house.club_id,
            service=Service.SMALL_GROUP,
            created_at=began,
        )
        version_id = store.sink(PackageVersion).add(
            product_id=product_id,
            number=1,
            name="Eight reformer classes",
            units=UNITS,
            price_minor=price,
            currency=self.town.currency,
            valid_days=VALID_DAYS,
            low_mark=LOW_MARK,
            created_at=began,
            created_by=self.ground.actor("owner"),
        )
        self._bundle(product_id)
        return version_id, price

    def _bundle(self, product_id: int) -> None:
        """A new plan brings the classes along; nobody has bought it yet."""
        store, began = self.ground.store, self.ground.order.moment - timedelta(days=3)
        plan_id = store.sink(Plan).add(
            public_id=public_id(self.chance),
            club_id=self.house.club_id,
            kind=PlanKind.TERM,
            created_at=began,
        )
        terms_id = store.sink(PlanVersion).add(
            plan_id=plan_id,
            number=1,
            name="Three months with reformer",
            term_months=3,
            price_minor=self.town.unit_price_minor * 4,
            currency=self.town.currency,
            created_at=began,
            created_by=self.ground.actor("owner"),
        )
        store.sink(PlanPackage).add(version_id=terms_id, product_id=product_id, units=UNITS)

    def _write_package(self, owner: _Owner, version_id: int, price: int) -> None:
        ground, store = self.ground, self.ground.store
        desk, sold_on = ground.actor("desk"), owner.sold_at.date()
        store.sink(PackageLot).add(
            id=owner.lot_id,
            public_id=public_id(self.chance),
            club_id=self.house.club_id,
            person_id=owner.person_id,
            service=Service.SMALL_GROUP.value,
            bought=UNITS,
            remaining=owner.left,
            expires_on=sold_on + timedelta(days=VALID_DAYS - 1),
            opened_at=owner.sold_at,
        )
        self._line(owner, (EntryKind.BUY, public_id(self.chance), owner.sold_at), None)
        used: dict[str, int] = {}
        for line in sorted(owner.lines, key=lambda one: one[2]):
            _kind, source, _at = line
            used[source] = self._line(owner, line, used.get(source))
        store.sink(PackageSale).add(
            lot_id=owner.lot_id,
            club_id=self.house.club_id,
            version_id=version_id,
            payer_id=owner.person_id,
            price_minor=price,
            currency=self.town.currency,
            sold_on=sold_on,
            sold_at=owner.sold_at,
            sold_by=desk,
        )
        if owner.told_at is not None:
            store.sink(PackageNotice).add(lot_id=owner.lot_id, at=owner.told_at)
        kept = {"units": UNITS, "price_minor": price, "version": 1}
        unit = ground.unit("package", owner.lot_id)
        ground.deeds.append(
            Deed(owner.sold_at, desk, "package.sold", "package_lot", owner.lot_id, kept, unit)
        )

    def _line(
        self, owner: _Owner, line: tuple[EntryKind, str, datetime], reverses: int | None
    ) -> int:
        kind, source, at = line
        is_sale = kind is EntryKind.BUY
        return self.ground.store.sink(PackageEntry).add(
            lot_id=owner.lot_id,
            kind=kind,
            delta=UNITS if is_sale else -1 if kind is EntryKind.USE else 1,
            source_kind="sale" if is_sale else "booking",
            source_id=source,
            reverses_id=reverses if kind is EntryKind.RETURN else None,
            reason="cancelled" if kind is EntryKind.RETURN else "",
            at=at,
            by=self.ground.actor("desk"),
            unit_id=self.ground.unit(kind.value, source),
        )
