"""Rules of the counter: which price holds, what a cart comes to, and how tenders make the sum."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bar_inventory.catalogue.rules import Window

WHOLE_BP = 10_000
MOST_OF_ONE = 999


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """A version of a price with its happy hours."""

    price_minor: int
    member_price_minor: int | None = None
    tax_bp: int | None = None
    windows: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """What one costs now, and why it is not the usual price."""

    minor: int
    is_member_price: bool = False
    is_happy_hour: bool = False


@dataclass(frozen=True, slots=True)
class CartLine:
    """One line of a cart with the price of this moment; a share of the discount is its own."""

    unit_minor: int
    quantity: int
    discount_minor: int = 0

    @property
    def gross_minor(self) -> int:
        """Return the price of all of them before the discount."""
        return self.unit_minor * self.quantity


@dataclass(frozen=True, slots=True)
class Part:
    """How much is paid by what; `given_minor` is the cash handed over, `reference` the slip."""

    tender: str
    amount_minor: int
    given_minor: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """Tenders that make the sum exactly, with the change to give back."""

    parts: tuple[Part, ...] = field(default=())
    change_minor: int = 0
    missing_minor: int = 0


def price_at(facts: PriceFacts, local: datetime, *, is_member: bool) -> Price:
    """Return what one costs at a wall time of the club: the lowest price that holds."""
    offers = [Price(facts.price_minor)]
    if is_member and facts.member_price_minor is not None:
        offers.append(Price(facts.member_price_minor, is_member_price=True))
    for window in facts.windows:
        if not _within(window, local):
            continue
        offers.append(Price(window.price_minor, is_happy_hour=True))
        if is_member and window.member_price_minor is not None:
            offers.append(
                Price(window.member_price_minor, is_member_price=True, is_happy_hour=True)
            )
    return min(offers, key=lambda offer: offer.minor)


def _within(window: Window, local: datetime) -> bool:
    now, today = local.time(), 1 << local.weekday()
    if window.starts < window.ends:
        return bool(window.weekdays & today) and window.starts <= now < window.ends
    yesterday = 1 << ((local.weekday() - 1) % 7)
    late = bool(window.weekdays & today) and now >= window.starts
    return late or (bool(window.weekdays & yesterday) and now < window.ends)


def discounted(lines: Sequence[CartLine], discount_bp: int) -> list[CartLine]:
    """Return the lines with a share of the discount each, half a unit rounded away from zero."""
    return [
        CartLine(
            line.unit_minor,
            line.quantity,
            (line.gross_minor * discount_bp + WHOLE_BP // 2) // WHOLE_BP,
        )
        for line in lines
    ]


def settle(total_minor: int, offered: Iterable[Part], cash: str) -> Settled:
    """Return tenders that make the total; what cash is too much is change, never anything else."""
    parts: list[Part] = []
    left, change = total_minor, 0
    for part in sorted(offered, key=lambda one: one.tender == cash):
        if part.tender == cash:
            taken = min(left, part.amount_minor)
            change += part.amount_minor - taken
        else:
            taken = part.amount_minor
        if taken:
            given = part.amount_minor if part.tender == cash else 0
            parts.append(Part(part.tender, taken, given, part.reference))
        left -= taken
    return Settled(tuple(parts), change, left)


def share_of_line(total_minor: int, quantity: int, before: int, part: int) -> int:
    """Return what a returned part of a line is worth; the parts add up to the whole line."""

    def upto(count: int) -> int:
        return (2 * total_minor * count + quantity) // (2 * quantity)

    return upto(before + part) - upto(before)
