"""Kinds of freeze and freezes taken, how plans are left, cancellations, days the club gave."""

from datetime import date, datetime, timedelta
from typing import Any

from clubcrm.seed.ground import Deed, Ground, instant
from clubcrm.seed.lives import Agreement, Life
from clubcrm.seed.offers import BY_KEY
from clubcrm.seed.order import public_id
from memberships.contracts.conditions import EarlyEnd, PlanFreezing
from memberships.contracts.freeze_tables import (
    FreezeTaken,
    FreezeType,
    FreezeTypeVersion,
    PlanFreezeRule,
    PlanFreezeType,
)
from memberships.contracts.freezing import AllowancePer, FreezePrice, GrantedBy
from memberships.contracts.gift_tables import (
    GiftLine,
    ItemState,
    MassChange,
    MassItem,
    MassKind,
    MassState,
)
from memberships.contracts.leaving import CancelReason, LeaveReason
from memberships.contracts.leaving_tables import Cancellation, CancellationState, PlanLeaving
from memberships.contracts.reason_tables import LeavingReason, ReasonSource
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import period_of

GIFT_DAYS = 3
EVERY_GIFT = 31
REASONS = (
    (CancelReason.MOVED_AWAY, 22),
    (CancelReason.TIME, 24),
    (CancelReason.PRICE, 20),
    (CancelReason.INJURY, 12),
    (CancelReason.COMPETITOR, 10),
    (CancelReason.SERVICE, 6),
    (CancelReason.OTHER, 6),
)
# Name, longest, days a year, notice, share of the monthly price in percent, needs a document.
KINDS = (
    ("Holiday", 45, 60, 3, 10, False),
    ("Illness", 90, 180, 0, 0, True),
    ("New baby", 366, 366, 14, 0, True),
)


def grant_freezes(ground: Ground, place: int) -> list[int]:
    """A club grants holiday, illness and new baby; returns the ids of the three kinds."""
    store, town = ground.store, ground.calendars[place].town
    chance = ground.order.chance("freeze kinds", place)
    began = ground.order.moment - timedelta(days=round(ground.order.years * 365) + 25)
    type_ids = []
    for name, longest, allowance, notice, percent, proof in KINDS:
        price = town.unit_price_minor * percent // 100
        type_id = store.sink(FreezeType).add(
            public_id=public_id(chance), club_id=ground.club_ids[place], created_at=began
        )
        version_id = store.sink(FreezeTypeVersion).add(
            type_id=type_id,
            number=1,
            name=name,
            currency=town.currency,
            min_days=7,
            max_days=longest,
            allowance_days=allowance,
            allowance_per=AllowancePer.YEAR,
            notice_days=notice,
            price_kind=FreezePrice.ONE_OFF if price else FreezePrice.FREE,
            price_minor=price,
            granted_by=GrantedBy.MANAGER if name == "New baby" else GrantedBy.DESK,
            needs_proof=proof,
            forbidden_in_debt=not proof,
            created_at=began,
            created_by=ground.actor("owner"),
        )
        type_ids.append(type_id)
        ground.freeze_versions[place, name] = version_id
    return type_ids


def write_conditions(ground: Ground, key: str, version_id: int, type_ids: list[int]) -> None:
    """A version of a plan says how it is frozen and left."""
    store = ground.store
    if key in {"trial", "day"}:
        store.sink(PlanFreezeRule).add(version_id=version_id, allows=PlanFreezing.NONE)
        return
    if key in {"quarter", "ten"}:
        store.sink(PlanFreezeRule).add(version_id=version_id, allows=PlanFreezing.NAMED)
        store.sink(PlanFreezeType).add(version_id=version_id, type_id=type_ids[1])
    terms: dict[str, Any] = {"cooling_off_days": 14}
    if BY_KEY[key].kind is PlanKind.RECURRING:
        terms |= {"notice_days": 30, "bound_months": 3}
    elif key != "ten":
        terms |= {"notice_days": 14, "early": EarlyEnd.FEE, "fee_bp": 5000, "refunds_rest": True}
    store.sink(PlanLeaving).add(version_id=version_id, **terms)


def take_freeze(ground: Ground, life: Life, contract_id: int, block_id: int, until: date) -> None:
    """What was agreed for a freeze of a life: holiday mostly, illness now and then."""
    is_ill = block_id % 4 == 0
    version_id = ground.freeze_versions[life.town, "Illness" if is_ill else "Holiday"]
    town = ground.calendars[life.town].town
    ground.store.sink(FreezeTaken).add(
        block_id=block_id,
        contract_id=contract_id,
        type_version_id=version_id,
        asked_until_on=until,
        proof="Note of the doctor" if is_ill else "",
        charged_minor=0 if is_ill else town.unit_price_minor * KINDS[0][4] // 100,
        currency=town.currency,
    )


def give_some_days(ground: Ground) -> None:
    """Some of the contracts that run now end three days later, because the showers were cold."""
    for life in ground.lives:
        last = life.agreements[-1]
        runs = last.ends is not None and last.ends > ground.today and last.sold_ends is not None
        if runs and life.number % EVERY_GIFT == 0 and last.ends is not None:
            last.given = GIFT_DAYS
            last.ends += GIFT_DAYS


def write_parting(ground: Ground, life: Life, agreement: Agreement, contract_id: int) -> None:
    """A rolling contract that ended was cancelled before, and given days stand in their ledger."""
    if agreement.given:
        _gift(ground, life, contract_id)
    if agreement.sold_ends is not None or agreement.ends is None:
        return
    chance = ground.order.chance("parting", contract_id)
    starts, last = date.fromordinal(agreement.starts), date.fromordinal(agreement.ends)
    asked = max(starts, last - timedelta(days=30 + chance.randrange(0, 20)))
    at = _afternoon(ground, life, asked)
    reasons, weights = zip(*REASONS, strict=True)
    reason = chance.choices(reasons, weights)[0]
    first = period_of(starts, last).from_on
    coming = 1 if asked < first else 0
    price = ground.prices[life.town, agreement.offer]
    kept_id = ground.store.sink(Cancellation).add(
        public_id=public_id(chance),
        contract_id=contract_id,
        state=CancellationState.STANDS,
        reason=reason,
        note="Wants to swim more" if reason is CancelReason.OTHER else "",
        asked_on=asked,
        last_day=last,
        charges_minor=coming * price,
        last_charge_on=first,
        currency=ground.calendars[life.town].town.currency,
        asked_by=ground.actor("desk"),
        asked_at=at,
    )
    ground.store.sink(LeavingReason).add(
        club_id=ground.club_ids[life.town],
        person_id=ground.person_ids[life.number],
        contract_id=contract_id,
        reason=LeaveReason(reason.value),
        source=ReasonSource.CANCEL,
        note="Wants to swim more" if reason is CancelReason.OTHER else "",
        given_on=asked,
        at=at,
        by=ground.actor("desk"),
    )
    after = {"reason": reason.value, "last_day": last.isoformat()}
    unit = ground.unit("parting", kept_id)
    desk = ground.actor("desk")
    ground.deeds.append(Deed(at, desk, "contract.cancelled", "contract", contract_id, after, unit))


def write_everyone(ground: Ground) -> None:
    """One evening days were given to everyone of the first club by mistake, and taken back."""
    owner = ground.actor("owner")
    at = ground.order.moment - timedelta(days=9)
    change_id = ground.store.sink(MassChange).add(
        public_id=public_id(ground.order.chance("everyone")),
        club_id=ground.club_ids[0],
        kind=MassKind.GIFT,
        state=MassState.UNDONE,
        days=5,
        reason="Pool closed, but in the other club",
        asked_by=owner,
        asked_at=at,
        finished_at=at + timedelta(seconds=40),
        undone_by=owner,
        undone_at=at + timedelta(minutes=4),
    )
    for life in ground.lives:
        last = life.agreements[-1]
        if life.town == 0 and last.signed <= at.toordinal() and _runs_on(last, at.toordinal()):
            contract_id = ground.contract_ids[life.number][-1]
            _given_by_mistake(ground, change_id, contract_id, at)


def _given_by_mistake(ground: Ground, change_id: int, contract_id: int, at: datetime) -> None:
    store, owner = ground.store, ground.actor("owner")
    store.sink(MassItem).add(change_id=change_id, contract_id=contract_id, state=ItemState.UNDONE)
    lines = store.sink(GiftLine)
    line = {"contract_id": contract_id, "by": owner, "reason": "Pool closed"}
    source = f"{change_id}:{contract_id}"
    given = lines.add(days=5, source_kind="mass_gift", source_id=source, at=at, **line)
    lines.add(
        days=-5,
        source_kind="gift_taken_back",
        source_id=str(given),
        reverses_id=given,
        at=at + timedelta(minutes=4),
        **line,
    )


def _gift(ground: Ground, life: Life, contract_id: int) -> None:
    at = ground.order.moment - timedelta(days=2, minutes=life.number % 60)
    manager = ground.actor("manager")
    line_id = ground.store.sink(GiftLine).add(
        contract_id=contract_id,
        days=GIFT_DAYS,
        source_kind="gift",
        source_id=f"showers {contract_id}",
        reason="Cold showers for three days",
        by=manager,
        at=at,
    )
    unit = ground.unit("gift", line_id)
    after = {"days": GIFT_DAYS}
    ground.deeds.append(
        Deed(at, manager, "contract.days_given", "contract", contract_id, after, unit)
    )


def _runs_on(agreement: Agreement, day: int) -> bool:
    return (
        agreement.sold_ends is not None
        and agreement.offer != "day"
        and agreement.starts <= day
        and agreement.ends is not None
        and agreement.ends >= day
    )


def _afternoon(ground: Ground, life: Life, day: date) -> datetime:
    second = ground.calendars[life.town].second(day.toordinal(), 15 * 60 + life.number % 90)
    return min(instant(second), ground.order.moment)
