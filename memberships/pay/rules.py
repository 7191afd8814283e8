"""Rules of pay: which rule counts for a piece of work, what it comes to, where a late one lands."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from clubcrm.core.money import Money

WHOLE = 10_000


class PayKind(StrEnum):
    """How a rule pays."""

    FIXED = "fixed"
    PER_HEAD = "per_head"
    SHARE_OF_PRICE = "share_of_price"
    TIERS = "tiers"
    SHARE_OF_SALE = "share_of_sale"
    SALARY = "salary"


class WorkKind(StrEnum):
    """What is paid for."""

    SESSION = "session"
    SALE = "sale"
    CONTRACT = "contract"
    SALARY = "salary"


PAYS_FOR: dict[WorkKind, frozenset[PayKind]] = {
    WorkKind.SESSION: frozenset(
        {PayKind.FIXED, PayKind.PER_HEAD, PayKind.SHARE_OF_PRICE, PayKind.TIERS}
    ),
    WorkKind.SALE: frozenset({PayKind.SHARE_OF_SALE}),
    WorkKind.CONTRACT: frozenset({PayKind.SHARE_OF_SALE}),
    WorkKind.SALARY: frozenset({PayKind.SALARY}),
}


@dataclass(frozen=True, slots=True)
class Tier:
    """From this session of the month on, each one pays this amount."""

    from_count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of pay from a first to a last day; None for a person or service means every one."""

    rule_id: int
    kind: PayKind
    user_id: int | None
    service: str | None
    from_on: date
    until_on: date | None = None
    amount_minor: int = 0
    share_bp: int = 0
    missed_bp: int = 0
    tiers: tuple[Tier, ...] = ()

    def covers(self, user_id: int, service: str, day: date) -> bool:
        """Tell whether the rule speaks of this person and service on the day."""
        return (
            self.user_id in {None, user_id}
            and self.service in {None, service}
            and self.from_on <= day
            and (self.until_on is None or day <= self.until_on)
        )


@dataclass(frozen=True, slots=True)
class Work:
    """A session held, or a sale, with the people who share it in basis points.

    `price_minor` is what was paid for the unit, or the price of the sale; `missed` says that the
    client did not come and the unit was charged.
    """

    kind: WorkKind
    source_id: int
    day: date
    service: str
    price_minor: int
    shares: tuple[tuple[int, int], ...]
    heads: int = 1
    missed: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What one person gets for one piece of work, under which rule; no rule pays nothing."""

    kind: WorkKind
    source_id: int
    day: date
    user_id: int
    rule_id: int | None
    basis_minor: int
    share_bp: int
    amount_minor: int
    label: str = ""
    number: int = 0


def rule_for(
    rules: Iterable[Rule], kind: WorkKind, user_id: int, service: str, day: date
) -> Rule | None:
    """Return the rule that counts: the one that names most, of equal ones the newest."""
    found = [
        rule for rule in rules if rule.kind in PAYS_FOR[kind] and rule.covers(user_id, service, day)
    ]
    return max(
        found,
        key=lambda rule: (
            rule.user_id is not None,
            rule.service is not None,
            rule.from_on,
            rule.rule_id,
        ),
        default=None,
    )


def amount_of(rule: Rule, work: Work, number: int, currency: str) -> Money:
    """Return what the work comes to before it is shared; `number` counts it within the month."""
    price = Money(work.price_minor, currency)
    if rule.kind in {PayKind.SHARE_OF_PRICE, PayKind.SHARE_OF_SALE}:
        whole = price.share_bp(rule.share_bp)
    elif rule.kind is PayKind.PER_HEAD:
        whole = Money(rule.amount_minor * work.heads, currency)
    elif rule.kind is PayKind.TIERS:
        whole = Money(_tier(rule.tiers, number), currency)
    else:
        whole = Money(rule.amount_minor, currency)
    return whole.share_bp(rule.missed_bp) if work.missed else whole


def _tier(tiers: Sequence[Tier], number: int) -> int:
    reached = [tier for tier in tiers if tier.from_count <= number]
    return max(reached, key=lambda tier: tier.from_count).amount_minor if reached else 0


def lines_of(
    rules: Sequence[Rule], works: Sequence[Work], user_id: int, currency: str
) -> list[Line]:
    """Return one line for each piece of work of the person, in the order of days.

    Sessions that were held are counted per rule, so that tiers know how many came before.
    """
    counts: dict[int, int] = {}
    lines = []
    for work in sorted(works, key=lambda one: (one.day, one.kind.value, one.source_id)):
        shares = dict(work.shares)
        if user_id not in shares:
            continue
        rule = rule_for(rules, work.kind, user_id, work.service, work.day)
        if rule is None:
            if work.kind is WorkKind.SESSION:
                lines.append(_line(work, user_id, shares[user_id], None, 0, 0))
            continue
        if not work.missed:
            counts[rule.rule_id] = counts.get(rule.rule_id, 0) + 1
        number = counts.get(rule.rule_id, 0)
        whole = amount_of(rule, work, number, currency)
        parts = whole.allocate([share for _user, share in work.shares])
        mine = parts[[user for user, _share in work.shares].index(user_id)]
        lines.append(_line(work, user_id, shares[user_id], rule, mine.amount_minor, number))
    return lines


def _line(
    work: Work, user_id: int, share: int, rule: Rule | None, amount: int, number: int
) -> Line:
    return Line(
        kind=work.kind,
        source_id=work.source_id,
        day=work.day,
        user_id=user_id,
        rule_id=rule.rule_id if rule else None,
        basis_minor=work.price_minor,
        share_bp=share,
        amount_minor=amount,
        label=work.label,
        number=number,
    )


def salary_lines(rules: Iterable[Rule], user_id: int, month: date, currency: str) -> list[Line]:
    """Return the salary of a month for each rule of the person, by days when it covers a part."""
    last = month_end(month)
    days = (last - month).days + 1
    lines = []
    for rule in rules:
        if rule.kind is not PayKind.SALARY or rule.user_id != user_id:
            continue
        first = max(rule.from_on, month)
        until = min(rule.until_on or last, last)
        covered = (until - first).days + 1
        if covered < 1:
            continue
        whole = Money(rule.amount_minor, currency)
        amount = whole.allocate([covered, days - covered])[0] if covered < days else whole
        lines.append(
            Line(
                kind=WorkKind.SALARY,
                source_id=rule.rule_id,
                day=until,
                user_id=user_id,
                rule_id=rule.rule_id,
                basis_minor=rule.amount_minor,
                share_bp=WHOLE,
                amount_minor=amount.amount_minor,
                number=covered,
            )
        )
    return lines


def month_of(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def month_end(month: date) -> date:
    """Return the last day of the month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return month_end(month) + timedelta(days=1)


def landing_month(day: date, closed: Collection[date]) -> date:
    """Return the month in which work of a day is paid: its own, or the first open one after."""
    month = month_of(day)
    while month in closed:
        month = next_month(month)
    return month


def rule_faults(rule: Rule) -> dict[str, str]:
    """Return what is wrong with a rule by field: `needed`, `range`, `order` or `person`."""
    faults = {}
    if rule.kind in {PayKind.SHARE_OF_PRICE, PayKind.SHARE_OF_SALE}:
        if not 1 <= rule.share_bp <= WHOLE:
            faults["share"] = "range"
    elif rule.kind is PayKind.TIERS:
        counts = [tier.from_count for tier in rule.tiers]
        if not counts or counts[0] != 1 or sorted(set(counts)) != counts:
            faults["tiers"] = "order"
    elif not 1 <= rule.amount_minor <= 2_000_000_000:
        faults["amount"] = "range"
    if rule.kind is PayKind.SALARY and rule.user_id is None:
        faults["person"] = "needed"
    if not 0 <= rule.missed_bp <= WHOLE:
        faults["missed"] = "range"
    if rule.until_on is not None and rule.until_on < rule.from_on:
        faults["until_on"] = "order"
    return faults
