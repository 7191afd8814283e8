"""Rules room: nets, taxes and totals of lines, dated parts, and how money is spread over them."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from clubcrm.core.money import Money
from memberships.billing.orders import UNTAXED, Due, LineKind, LineOrder

WHOLE_BP = 10_000
LARGEST_MINOR = 10**12
MOST_UNITS = 10_000


@dataclass(frozen=True, slots=True)
class TaxTable:
    """The taxes of a club in basis points, and whether shown prices contain them."""

    prices_include_tax: bool = True
    standard_bp: int = 0
    by_kind: Mapping[LineKind, int] = field(default_factory=dict)

    def rate(self, order: LineOrder) -> int:
        """Return the tax of a line: its own, the one of its kind, or the standard one."""
        if order.kind in UNTAXED:
            return 0
        if order.tax_bp is not None:
            return order.tax_bp
        return self.by_kind.get(order.kind, self.standard_bp)


@dataclass(frozen=True, slots=True)
class LineTotals:
    """What a line comes to; net and tax always make the total."""

    net_minor: int
    tax_minor: int
    total_minor: int
    tax_bp: int


def line_totals(order: LineOrder, taxes: TaxTable) -> LineTotals:
    """Return net, tax and total of a line; each is rounded once, half a unit away from zero."""
    rate = taxes.rate(order)
    amount = order.unit_price_minor * order.quantity - order.discount_minor
    if taxes.prices_include_tax:
        tax = tax_within(amount, rate)
        return LineTotals(amount - tax, tax, amount, rate)
    tax = Money(amount, "").share_bp(rate).amount_minor
    return LineTotals(amount, tax, amount + tax, rate)


def tax_within(total_minor: int, rate_bp: int) -> int:
    """Return the tax contained in a total."""
    divisor = WHOLE_BP + rate_bp
    contained = (2 * abs(total_minor) * rate_bp + divisor) // (2 * divisor)
    return contained if total_minor >= 0 else -contained


def line_fault(order: LineOrder) -> str | None:
    """Return which value of a line cannot be sold: "quantity", "price", "discount", "earned"."""
    if not 1 <= order.quantity <= MOST_UNITS:
        return "quantity"
    whole = order.unit_price_minor * order.quantity
    if abs(whole) > LARGEST_MINOR or (whole < 0 and order.kind is not LineKind.ROUNDING):
        return "price"
    if not 0 <= order.discount_minor <= max(whole, 0):
        return "discount"
    if order.tax_bp is not None and not 0 <= order.tax_bp <= WHOLE_BP:
        return "tax"
    if (order.earned_from is None) != (order.earned_until is None):
        return "earned"
    if order.earned_from and order.earned_until and order.earned_until < order.earned_from:
        return "earned"
    return None


def discount_bp(lines: Iterable[LineOrder]) -> int:
    """Return the deepest discount of the lines in basis points, rounded up."""
    deepest = 0
    for line in lines:
        whole = line.unit_price_minor * line.quantity
        if whole > 0:
            deepest = max(deepest, -(-line.discount_minor * WHOLE_BP // whole))
    return deepest


def dues_fault(dues: Sequence[Due], total_minor: int) -> str | None:
    """Return what is wrong with the dated parts of a total: "sum", "amount" or "order"."""
    if any(part.amount_minor <= 0 for part in dues):
        return "amount"
    if any(later.on < earlier.on for earlier, later in itertools.pairwise(dues)):
        return "order"
    return None if sum(part.amount_minor for part in dues) == total_minor else "sum"


def instalments(
    total_minor: int, today: date, first_minor: int, later: Sequence[date]
) -> tuple[Due, ...]:
    """Return a first part due today and the rest in equal dated parts, to the last unit."""
    rest = total_minor - first_minor
    if not 0 <= first_minor <= total_minor or (rest and not later):
        raise ValueError("the parts do not make the total")
    first = [Due(today, first_minor)] if first_minor else []
    if not rest:
        return tuple(first)
    parts = Money(rest, "").allocate([1] * len(later))
    dated = [
        Due(day, part.amount_minor)
        for day, part in zip(sorted(later), parts, strict=True)
        if part.amount_minor
    ]
    return (*first, *dated)


def spread(amount_minor: int, room: Sequence[int]) -> list[int]:
    """Return how much of an amount fits into each room, the first filled first."""
    parts, left = [], amount_minor
    for one in room:
        part = min(left, one)
        parts.append(part)
        left -= part
    return parts


def cash_rounding(amount_minor: int, step_minor: int) -> int:
    """Return what has to be added so that the amount can be paid in cash; half a step goes up."""
    if step_minor <= 1:
        return 0
    return (2 * amount_minor + step_minor) // (2 * step_minor) * step_minor - amount_minor


@dataclass(frozen=True, slots=True)
class LineLeft:
    """What of a sold line has not been credited yet."""

    line_id: int
    total_minor: int
    tax_minor: int
    tax_bp: int


def credited_line(left: LineLeft, amount_minor: int) -> tuple[int, int]:
    """Return net and tax of a credited amount; the last credit takes exactly what is left."""
    if amount_minor == left.total_minor:
        return left.total_minor - left.tax_minor, left.tax_minor
    tax = min(tax_within(amount_minor, left.tax_bp), left.tax_minor)
    return amount_minor - tax, tax


def share_over(amount_minor: int, room: Mapping[int, int]) -> dict[int, int]:
    """Return an amount shared over what is left of each line, by its size and to the last unit."""
    lines = [line for line, left in room.items() if left > 0]
    shares = Money(amount_minor, "").allocate([room[line] for line in lines])
    return {line: share.amount_minor for line, share in zip(lines, shares, strict=True)}
