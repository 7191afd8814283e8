"""Rules room: which paid ends fall due, and what became of each: renewed, lost or still open.

Due: a paid contract whose last day, frozen time included, falls in the month; what was handed on
to somebody else is left out. A rolling contract falls due at the end of each year of the
relationship, and on its last day. Renewed: a new paid contract of the same person or family that
starts from 60 days before to 30 days after that end. One new contract renews one old one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import add_months

DAYS_BEFORE, DAYS_AFTER = 60, 30
MONTHS_OF_A_YEAR = 12
MEMBERSHIPS = frozenset({PlanKind.TERM, PlanKind.VISITS, PlanKind.RECURRING})
_DAY = timedelta(days=1)
DAYS_PER_MONTH = 30


class Fate(StrEnum):
    """What became of a paid end; open until the window after it has passed."""

    OPEN = "open"
    RENEWED = "renewed"
    LOST = "lost"


class Way(StrEnum):
    """How a membership went on: signed before its end, after it, as another plan, by itself."""

    EARLY = "early"
    LATE = "late"
    CHANGED = "changed"
    ROLLED_ON = "rolled_on"


@dataclass(frozen=True, slots=True)
class Sold:
    """A contract as the reports see it; `ends_on` is moved by frozen days, None while it rolls."""

    contract_id: int
    person_id: int
    club_id: int
    kind: PlanKind
    starts_on: date
    ends_on: date | None
    signed_on: date
    price_minor: int
    term: str
    previous_id: int | None = None
    is_handed_on: bool = False
    became_id: int | None = None

    @property
    def counts(self) -> bool:
        """Tell whether it is a paid membership: no trial, no day pass, nothing given away."""
        return self.kind in MEMBERSHIPS and self.price_minor > 0


@dataclass(frozen=True, slots=True)
class Due:
    """A paid end with its fate; `turn` counts terms of this length bought in a row."""

    sold: Sold
    due_on: date
    turn: int
    fate: Fate
    way: Way | None = None
    next_id: int | None = None
    settled_on: date | None = None
    back_on: date | None = None


@dataclass(slots=True)
class _Row:
    """What the walk through a person's ends has learned: the turn of each contract that renewed."""

    turns: dict[int, int] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)


def term_name(kind: PlanKind, months: int | None, days: int | None) -> str:
    """Return the name of a length of membership: rolling, visits, or m and its months."""
    if kind is PlanKind.RECURRING:
        return "rolling"
    if kind is PlanKind.VISITS:
        return "visits"
    return f"m{months or max(1, round((days or DAYS_PER_MONTH) / DAYS_PER_MONTH))}"


def dues_of(mine: Sequence[Sold], kin: Sequence[Sold], today: date) -> list[Due]:
    """Return every paid end of one person in order of time; kin are contracts of his family."""
    paid = sorted((one for one in mine if one.counts), key=lambda one: one.starts_on)
    ends = sorted(
        ((end, one) for one in paid if not one.is_handed_on for end in _ends(one, today)),
        key=lambda pair: (pair[0], pair[1].contract_id),
    )
    row, found = _Row(), list[Due]()
    terms = {one.contract_id: one.term for one in paid}
    for end, one in ends:
        due = _judge(one, end, (paid, kin, row), today)
        found.append(due)
        goes_on = one.contract_id if due.way is Way.ROLLED_ON else due.next_id
        if goes_on is not None:
            row.turns[goes_on] = due.turn + 1 if terms.get(goes_on) == one.term else 1
    return found


def spans(day: date) -> tuple[date, date]:
    """Return the first and the last day on which a contract may start to renew one that ends."""
    return day - timedelta(days=DAYS_BEFORE), day + timedelta(days=DAYS_AFTER)


def is_final(month_end: date, today: date) -> bool:
    """Tell whether the window after the last day of a month has passed."""
    return today > month_end + timedelta(days=DAYS_AFTER)


def year_end_of(starts_on: date, day: date) -> date:
    """Return the last day of the year of the relationship in which a day lies."""
    year = 1
    while (end := _year_end(starts_on, year)) < day:
        year += 1
    return end


def _year_end(starts_on: date, year: int) -> date:
    return add_months(starts_on, MONTHS_OF_A_YEAR * year) - _DAY


def _ends(one: Sold, today: date) -> Iterator[date]:
    if one.kind is PlanKind.RECURRING:
        last = one.ends_on or add_months(today, MONTHS_OF_A_YEAR)
        for year in range(1, 100):
            end = _year_end(one.starts_on, year)
            if end >= last:
                break
            yield end
    if one.ends_on is not None:
        yield one.ends_on


_Around = tuple[Sequence[Sold], Sequence[Sold], _Row]


def _judge(one: Sold, end: date, around: _Around, today: date) -> Due:
    mine, _kin, row = around
    turn = row.turns.get(one.contract_id, 1)
    if one.kind is PlanKind.RECURRING and end != one.ends_on:
        if end >= today:
            return Due(one, end, turn, Fate.OPEN)
        return Due(one, end, turn, Fate.RENEWED, Way.ROLLED_ON, settled_on=end)
    following = _following(one, end, around)
    if following is not None:
        row.taken.add(following.contract_id)
        way, settled = _way(one, following, end), following.signed_on
        return Due(one, end, turn, Fate.RENEWED, way, following.contract_id, settled)
    if not is_final(end, today):
        return Due(one, end, turn, Fate.OPEN)
    return Due(one, end, turn, Fate.LOST, back_on=_came_back(end, mine))


def _following(one: Sold, end: date, around: _Around) -> Sold | None:
    mine, kin, row = around
    first, last = spans(end)

    def fits(new: Sold) -> bool:
        is_new = new.contract_id != one.contract_id and new.contract_id not in row.taken
        return is_new and new.counts and first <= new.starts_on <= last

    own = [new for new in mine if fits(new) and new.starts_on > one.starts_on]
    own.sort(key=lambda new: (not _names(one, new), abs((new.starts_on - end).days)))
    if own:
        return own[0]
    others = [new for new in kin if fits(new) and new.signed_on > one.signed_on]
    return min(others, key=lambda new: abs((new.starts_on - end).days), default=None)


def _names(old: Sold, new: Sold) -> bool:
    return new.previous_id == old.contract_id or new.contract_id == old.became_id


def _way(old: Sold, new: Sold, end: date) -> Way:
    if new.contract_id == old.became_id:
        return Way.CHANGED
    return Way.EARLY if new.signed_on <= end else Way.LATE


def _came_back(end: date, mine: Sequence[Sold]) -> date | None:
    last = spans(end)[1]
    return min((one.starts_on for one in mine if one.starts_on > last), default=None)
