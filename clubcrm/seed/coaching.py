"""Packages on sale, who bought them, and the sessions that trainers held, missed and planned."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from clubcrm.core.money import Money
from clubcrm.seed.ground import Deed, Ground, PackageSold, instant
from clubcrm.seed.lives import Life, ScanKind, unpack
from clubcrm.seed.order import public_id
from clubcrm.seed.period_units import UNITS, Period, bundle, is_coached, periods_of
from clubcrm.seed.rota import plan_staff
from clubcrm.seed.shelves import fill_shelf, hire_trainers
from clubcrm.seed.wages import pay_out
from memberships.packages.granted import SOURCE
from memberships.packages.models import (
    AttendedDay,
    EntryKind,
    PackageEntry,
    PackageLot,
    PackageNotice,
)
from memberships.packages.rules import EXPIRY_GRACE_DAYS
from memberships.packages.terms import (
    PackageTerms,
    PaidUnits,
    Service,
    last_valid_day,
)
from memberships.pay.rules import Work, WorkKind
from memberships.trainers.models import (
    SessionShare,
    SessionSignature,
    TrainerClient,
    TrainerSession,
)
from memberships.trainers.rules import Confirmation, SessionState

MOST_CLIENTS = 120
FEWEST_VISITS = 8


@dataclass(slots=True)
class _Bought:
    """A lot while its sessions are told."""

    lot_id: int
    version_id: int
    terms: PackageTerms
    sold_at: datetime
    expires_on: date | None
    left: int
    told: bool = False
    contract_id: int | None = None
    lines: list[dict[str, object]] = field(default_factory=list)

    @property
    def paid(self) -> PaidUnits:
        """Return what was paid for how many units."""
        return PaidUnits(Money(self.terms.price_minor, self.terms.currency), self.terms.units)


def coach(ground: Ground) -> None:
    """Some members train with a trainer: packages, sessions and appointments stand in the store."""
    trainers = hire_trainers(ground)
    shelves = [fill_shelf(ground, place) for place in range(len(ground.club_ids))]
    for place in range(len(ground.club_ids)):
        bundle(ground, place)
    works: dict[int, list[Work]] = {}
    sold: list[int] = []
    step = max(8, len(ground.lives) // MOST_CLIENTS)
    chosen = [life for life in ground.lives if life.number % step == 3 % step or is_coached(life)]
    # A package is written when its last unit is used; what was said of it before waits for it.
    with ground.store.holding(PackageNotice, TrainerSession, SessionShare, SessionSignature):
        for place, life in enumerate(chosen):
            coached = _Coached(ground, life, trainers[place % len(trainers)])
            if is_coached(life):
                coached.train_by_plan(shelves[life.town][0], place)
            elif len(life.scans) >= FEWEST_VISITS:
                coached.train(shelves[life.town], place)
            works.setdefault(life.town, []).extend(coached.works)
            sold.extend(coached.sold)
    pay_out(ground, works, sold)
    plan_staff(ground)


class _Coached:
    """One member with his trainer, told visit by visit."""

    def __init__(self, ground: Ground, life: Life, trainer_id: int) -> None:
        self.ground = ground
        self.life = life
        self.trainer_id = trainer_id
        self.person_id = ground.person_ids[life.number]
        self.club_id = ground.club_ids[life.town]
        self.zone = ZoneInfo(ground.calendars[life.town].town.zone)
        self.works: list[Work] = []
        self.sold: list[int] = []
        self.chance: Random = ground.order.chance("coached", life.number)

    def train(self, shelf: list[tuple[int, PackageTerms]], place: int) -> None:
        """The member buys packages as he needs them and meets his trainer on days he came."""
        visits = [instant(second) for second in self._arrivals()]
        visits = visits[self.chance.randrange(3) :: 2 + place % 2]
        if len(visits) < 3:
            return
        self._client(visits[0].astimezone(self.zone).date())
        lot: _Bought | None = None
        for number, came in enumerate(visits):
            day = came.astimezone(self.zone).date()
            if lot is None or lot.left == 0 or (lot.expires_on and lot.expires_on < day):
                self._close(lot)
                version_id, terms = shelf[(place + number) % len(shelf)]
                lot = self._buy(version_id, terms, came)
            self._hold(lot, came + timedelta(minutes=9), day, number)
        if lot is not None and lot.left:
            self._plan(lot, place)
        self._close(lot)

    def train_by_plan(self, shelved: tuple[int, PackageTerms], place: int) -> None:
        """Each period of his contracts brings units, and the member uses most of them."""
        visits = [instant(second) for second in self._arrivals()]
        periods = list(periods_of(self.ground, self.life))
        if periods:
            self._client(periods[0].from_on)
        number = 0
        for period in periods:
            lot = self._given(period, shelved)
            within = [came for came in visits if period.holds(came, self.zone)]
            for came in within[self.chance.randrange(2) :: 3]:
                if lot.left:
                    day = came.astimezone(self.zone).date()
                    self._hold(lot, came + timedelta(minutes=9), day, number)
                    number += 1
            if period.is_last and lot.left:
                self._plan(lot, place)
            self._close(lot)

    def _arrivals(self) -> list[int]:
        seen: dict[date, int] = {}
        for packed in self.life.scans:
            scan = unpack(packed)
            if scan.kind in {ScanKind.ENTRY, ScanKind.ENTRY_THEN_EXIT}:
                seen.setdefault(instant(scan.second).astimezone(self.zone).date(), scan.second)
        return [second for second in sorted(seen.values()) if second < self.ground.until - 7200]

    def _client(self, day: date) -> None:
        self.ground.store.sink(TrainerClient).add(
            club_id=self.club_id,
            trainer_id=self.trainer_id,
            person_id=self.person_id,
            from_on=day,
            created_at=datetime.combine(day, time(9), self.zone),
            created_by=self.ground.actor("manager"),
        )

    def _buy(self, version_id: int, terms: PackageTerms, came: datetime) -> _Bought:
        sold_at = came - timedelta(minutes=4)
        sold_on = sold_at.astimezone(self.zone).date()
        lot = _Bought(
            lot_id=self.ground.store.sink(PackageLot).reserve(),
            version_id=version_id,
            terms=terms,
            sold_at=sold_at,
            expires_on=last_valid_day(sold_on, terms.valid_days),
            left=terms.units,
        )
        self._line(lot, EntryKind.BUY, terms.units, "sale", public_id(self.chance), sold_at)
        kept = {"units": terms.units, "price_minor": terms.price_minor, "version": 1}
        unit = self.ground.unit("package", lot.lot_id)
        desk = self.ground.actor("desk")
        self.sold.append(lot.lot_id)
        self.ground.deeds.append(
            Deed(sold_at, desk, "package.sold", "package_lot", lot.lot_id, kept, unit)
        )
        return lot

    def _given(self, period: Period, shelved: tuple[int, PackageTerms]) -> _Bought:
        version_id, terms = shelved
        lot = _Bought(
            lot_id=self.ground.store.sink(PackageLot).reserve(),
            version_id=version_id,
            terms=period.terms(terms),
            sold_at=period.given_at,
            expires_on=period.until_on,
            left=UNITS,
            contract_id=period.contract_id,
        )
        source = period.source(self.ground.product_ids[self.club_id])
        self._line(lot, EntryKind.BUY, UNITS, SOURCE, source, period.given_at)
        kept = {"units": UNITS, "contract_id": period.contract_id, "version": 1}
        unit = self.ground.unit("package", lot.lot_id)
        self.ground.deeds.append(
            Deed(
                period.given_at, "system", "package.included", "package_lot", lot.lot_id, kept, unit
            )
        )
        return lot

    def _hold(self, lot: _Bought, at: datetime, day: date, number: int) -> None:
        draw = self.chance.random()
        state = SessionState.COMPLETE
        if draw > 0.93:
            state = SessionState.NO_SHOW if draw < 0.97 else SessionState.LATE_CANCEL
        shown = public_id(self.chance)
        value = lot.paid.next_value(lot.left).amount_minor
        lot.left -= 1
        self._line(lot, EntryKind.USE, -1, "session", shown, at)
        if lot.left == lot.terms.low_mark and not lot.told:
            lot.told = True
            self.ground.store.sink(PackageNotice).add(lot_id=lot.lot_id, at=at)
        taken_back = state is SessionState.COMPLETE and number % 23 == 11
        confirmation = self._confirmation(state, number)
        session_id = self.ground.store.sink(TrainerSession).add(
            public_id=shown,
            **self._common(lot),
            state=SessionState.REVERSED if taken_back else state,
            held_at=at,
            held_on=day,
            heads=2 if lot.terms.service is Service.DUO else 1,
            used_unit=True,
            value_minor=value,
            confirmation=confirmation,
            logged_at=at + timedelta(minutes=62),
            logged_by=f"user:{self.trainer_id}",
            reversed_at=at + timedelta(minutes=80) if taken_back else None,
            reversed_by=f"user:{self.trainer_id}" if taken_back else "",
            reversal_reason="Wrong client" if taken_back else "",
        )
        if taken_back:
            lot.left += 1
            self._line(lot, EntryKind.RETURN, 1, "session", shown, at + timedelta(minutes=80))
        if state is SessionState.COMPLETE:
            self._traces(session_id, confirmation, at, day)
        if not taken_back:
            self._work(lot, session_id, day, (state, confirmation, value))

    def _work(
        self,
        lot: _Bought,
        session_id: int,
        day: date,
        how: tuple[SessionState, Confirmation, int],
    ) -> None:
        state, confirmation, value = how
        shares: tuple[tuple[int, int], ...] = ((self.trainer_id, 10_000),)
        if state is SessionState.COMPLETE and confirmation is Confirmation.SIGNATURE:
            shares = ((self.trainer_id, 7_000), (self._other(), 3_000))
        self.works.append(
            Work(
                WorkKind.SESSION,
                session_id,
                day,
                lot.terms.service.value,
                value,
                shares,
                heads=2 if lot.terms.service is Service.DUO else 1,
                missed=state is not SessionState.COMPLETE,
                label=self.ground.names[self.life.number],
            )
        )

    def _other(self) -> int:
        both = (self.ground.staff["trainer"], self.ground.staff["trainer2"])
        return next(one for one in both if one != self.trainer_id)

    def _confirmation(self, state: SessionState, number: int) -> Confirmation:
        if state is not SessionState.COMPLETE or number % 17 == 5:
            return Confirmation.UNCONFIRMED
        if number % 11 == 4:
            return Confirmation.SIGNATURE
        return Confirmation.CODE if number % 7 == 3 else Confirmation.SCAN

    def _traces(self, session_id: int, how: Confirmation, at: datetime, day: date) -> None:
        store = self.ground.store
        if how is Confirmation.SCAN:
            store.sink(AttendedDay).add(
                person_id=self.person_id,
                day=day,
                club_id=self.club_id,
                first_at=at - timedelta(minutes=9),
            )
        if how is Confirmation.SIGNATURE:
            rise = 20 + session_id % 40
            store.sink(SessionSignature).add(
                session_id=session_id,
                strokes=f"M10 90L40 {rise}L70 90L90 40L120 {90 - rise // 2}M130 60L180 60",
                signed_at=at + timedelta(minutes=61),
            )
            for trainer_id, share in ((self.trainer_id, 7_000), (self._other(), 3_000)):
                store.sink(SessionShare).add(
                    session_id=session_id, trainer_id=trainer_id, share_bp=share
                )

    def _plan(self, lot: _Bought, place: int) -> None:
        """Two thirds have their next appointment, some of them today."""
        if place % 3 == 2:
            return
        at = self.ground.order.moment + timedelta(hours=1 + place % 5 + 24 * (place % 4))
        self.ground.store.sink(TrainerSession).add(
            public_id=public_id(self.chance),
            **self._common(lot),
            state=SessionState.PLANNED,
            held_at=at,
            held_on=at.astimezone(self.zone).date(),
        )

    def _common(self, lot: _Bought) -> dict[str, object]:
        return {
            "club_id": self.club_id,
            "person_id": self.person_id,
            "trainer_id": self.trainer_id,
            "lot_id": lot.lot_id,
            "service": lot.terms.service,
            "currency": lot.terms.currency,
            "created_at": lot.sold_at,
            "created_by": f"user:{self.trainer_id}",
        }

    def _line(
        self,
        lot: _Bought,
        kind: EntryKind,
        delta: int,
        source_kind: str,
        source_id: str,
        at: datetime,
    ) -> None:
        line: dict[str, object] = {
            "kind": kind,
            "delta": delta,
            "source_kind": source_kind,
            "source_id": source_id,
            "at": at,
            "by": self.ground.actor("desk") if kind is EntryKind.BUY else f"user:{self.trainer_id}",
            "unit_id": self.ground.unit(kind.value, source_id),
        }
        lot.lines.append(line)

    def _expire(self, lot: _Bought) -> None:
        over = lot.expires_on and lot.expires_on + timedelta(days=EXPIRY_GRACE_DAYS + 1)
        if not lot.left or over is None or over >= self.ground.order.last_day:
            return
        at = datetime.combine(over, time(0, 20), self.zone)
        self._line(lot, EntryKind.EXPIRE, -lot.left, "expiry", f"{lot.lot_id}:seed", at)
        lot.left = 0

    def _close(self, lot: _Bought | None) -> None:
        """The lot with its ledger stands in the store, what is left being the sum of its lines."""
        if lot is None:
            return
        self._expire(lot)
        store = self.ground.store
        shown = public_id(self.chance)
        store.sink(PackageLot).add(
            id=lot.lot_id,
            public_id=shown,
            club_id=self.club_id,
            person_id=self.person_id,
            contract_id=lot.contract_id,
            service=lot.terms.service.value,
            bought=lot.terms.units,
            remaining=lot.left,
            expires_on=lot.expires_on,
            opened_at=lot.sold_at,
        )
        used: dict[object, int] = {}
        for line in lot.lines:
            is_back = line["kind"] is EntryKind.RETURN
            entry_id = store.sink(PackageEntry).add(
                lot_id=lot.lot_id,
                **line,
                reason="Wrong client" if is_back else "",
                reverses_id=used.get(line["source_id"]) if is_back else None,
            )
            used[line["source_id"]] = entry_id
        self.ground.packages_sold.append(
            PackageSold(self.life.number, lot.lot_id, shown, lot.version_id, lot.terms, lot.sold_at)
        )
