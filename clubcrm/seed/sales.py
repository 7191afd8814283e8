"""What the lives of members made the clubs sell: each sale with its parts and what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum

from clubcrm.seed.fees import grace_of
from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Agreement, Life
from clubcrm.seed.offers import BY_KEY
from memberships.billing.orders import Due, LineKind, LineOrder
from memberships.billing.totals import LineTotals, instalments
from memberships.blocks.rules import BlockOwner
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import due_days

HOUR = 60
SPLIT_FROM_PERCENT = 500


class Fate(IntEnum):
    """What becomes of a sale."""

    PAID_WHEN_DUE = 0
    PART_PAID = 1
    BY_VOUCHER = 2
    TAKEN_BACK = 3
    GIVEN_UP = 4
    VOUCHER_SOLD = 5


@dataclass(frozen=True, slots=True)
class Sale:
    """One sale: second of the day it happened, whose, what, and in which dated parts."""

    second: int
    number: int
    source: tuple[str, str]
    line: LineOrder
    due: tuple[Due, ...]
    fate: Fate = Fate.PAID_WHEN_DUE
    paid_minor: int = field(default=0)


@dataclass(frozen=True, slots=True)
class Written:
    """An invoice in the store with its parts, as what follows needs it."""

    sale: Sale
    at: datetime
    day: date
    club_id: int
    person_id: int
    currency: str
    invoice_id: int
    line_id: int
    totals: LineTotals
    parts: tuple[tuple[int, date, int], ...]


def sales_of(ground: Ground, life: Life) -> Iterator[Sale]:
    """Every sale of one life, in no order."""
    for place, agreement in enumerate(life.agreements):
        price = ground.prices[life.town, agreement.offer]
        if not price:
            continue
        contract_id = ground.contract_ids[life.number][place]
        if BY_KEY[agreement.offer].kind is PlanKind.RECURRING:
            yield from _months(ground, life, agreement, contract_id)
        else:
            yield _term(ground, life, place, contract_id)
    yield from _debts(ground, life)
    yield from _extras(ground, life)


def _term(ground: Ground, life: Life, place: int, contract_id: int) -> Sale:
    agreement = life.agreements[place]
    offer = BY_KEY[agreement.offer]
    price = ground.prices[life.town, agreement.offer]
    lot = ground.lots.get((life.number, place))
    line = LineOrder(
        text=offer.name,
        kind=LineKind.PACKAGE if offer.visits else LineKind.MEMBERSHIP,
        unit_price_minor=price,
        earned_from=date.fromordinal(agreement.starts),
        earned_until=date.fromordinal(agreement.sold_ends or agreement.starts),
        contract_id=contract_id,
        lot_id=lot.lot_id if lot else None,
    )
    signed = date.fromordinal(agreement.signed)
    later: list[date] = []
    if offer.price_percent >= SPLIT_FROM_PERCENT and life.number % 7 == 3:
        later = [signed + timedelta(days=30 * part) for part in (1, 2, 3)]
    first = price * 40 // 100 if later else price
    return Sale(
        second=_second(ground, life, agreement.signed, 10 * HOUR + life.number % 480),
        number=life.number,
        source=("contract", str(contract_id)),
        line=line,
        due=instalments(price, signed, first, later),
    )


def _months(ground: Ground, life: Life, agreement: Agreement, contract_id: int) -> Iterator[Sale]:
    offer, last = BY_KEY[agreement.offer], min(agreement.ends or ground.today, ground.today)
    price = ground.prices[life.town, agreement.offer]
    days = due_days(date.fromordinal(agreement.starts))
    day, first, zero = next(days), True, timedelta(0)
    while day.toordinal() <= last:
        after = next(days)
        line = LineOrder(
            text=offer.name,
            kind=LineKind.MEMBERSHIP,
            unit_price_minor=price,
            earned_from=day,
            earned_until=after - timedelta(days=1),
            contract_id=contract_id,
        )
        on = agreement.signed if first else day.toordinal()
        source = ("contract", str(contract_id))
        if not first:
            source = ("period", f"{contract_id}:{day.isoformat()}")
        minute = 10 * HOUR + life.number % 480 if first else 6 * HOUR
        yield Sale(
            second=_second(ground, life, on, minute),
            number=life.number,
            source=source,
            line=line,
            due=(Due(date.fromordinal(on) + (zero if first else grace_of(life)), price),),
        )
        day, first = after, False


def _debts(ground: Ground, life: Life) -> Iterator[Sale]:
    for block in ground.blocks.get(life.number, ()):
        if block.owner is not BlockOwner.DEBT or block.amount_minor is None:
            continue
        half_paid = life.number % 2 == 1
        price = block.amount_minor * (2 if half_paid else 1)
        yield Sale(
            second=_second(ground, life, block.from_on.toordinal(), 9 * HOUR),
            number=life.number,
            source=("locker", f"{life.number}:{block.block_id}"),
            line=LineOrder("Personal locker and towels", LineKind.FEE, price),
            due=(Due(block.from_on, price),),
            fate=Fate.PART_PAID,
            paid_minor=price - block.amount_minor,
        )


# Which lives buy something beside their plan, what it costs in percent, and what becomes of it.
EXTRAS = (
    (40, 7, "Gift voucher", LineKind.GIFT, 100, Fate.VOUCHER_SOLD),
    (40, 9, "Locker for a year", LineKind.FEE, 40, Fate.BY_VOUCHER),
    (50, 11, "Personal locker", LineKind.FEE, 20, Fate.TAKEN_BACK),
    (60, 13, "Lost membership card", LineKind.PENALTY, 5, Fate.GIVEN_UP),
    (9, 4, "Towel", LineKind.PRODUCT, 3, Fate.PAID_WHEN_DUE),
)


def _extras(ground: Ground, life: Life) -> Iterator[Sale]:
    unit = ground.calendars[life.town].town.unit_price_minor
    for every, rest, text, kind, percent, fate in EXTRAS:
        if life.number % every != rest:
            continue
        day = min(life.joined + 5, ground.today - 1)
        if day < life.joined:
            continue
        price = unit * percent // 100
        yield Sale(
            second=_second(ground, life, day, 12 * HOUR + life.number % 300),
            number=life.number,
            source=("desk", f"{text}:{life.number}"),
            line=LineOrder(text, kind, price),
            due=(Due(date.fromordinal(day), price),),
            fate=fate,
        )


def _second(ground: Ground, life: Life, ordinal: int, minute: int) -> int:
    calendar = ground.calendars[life.town]
    return min(calendar.second(max(ordinal, calendar.first), minute), ground.until)
