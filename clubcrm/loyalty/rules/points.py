"""Rules room: points: what is earned, what is left of each line, what lapses, which level.

A balance is the sum of all lines. What is spent is taken from the points that lapse first; points
that were taken back after they had been spent are a debt, which the next ones earned pay first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from clubcrm.loyalty.rules.programme import Level


class PointKind(StrEnum):
    """What a line does: adds, spends, lapses, or takes an earlier line back."""

    EARN = "earn"
    SPEND = "spend"
    LAPSE = "lapse"
    REVERSE = "reverse"


class PointCause(StrEnum):
    """Why points came or went."""

    VISIT = "visit"
    PURCHASE = "purchase"
    RENEWAL = "renewal"
    REFERRAL = "referral"
    HAND = "hand"
    BONUS = "bonus"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class PointLine:
    """One line of somebody's points; `of_id` names the line that lapses or is taken back."""

    id: int
    kind: PointKind
    delta: int
    expires_on: date | None = None
    of_id: int | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is left of each earned line, and what is owed beyond them."""

    left: dict[int, int]
    debt: int = 0

    @property
    def balance(self) -> int:
        """Return what may be spent; below nothing while something is owed."""
        return sum(self.left.values()) - self.debt


def holdings_of(lines: Iterable[PointLine]) -> Holdings:
    """Return what the lines leave, read in the order in which they were written."""
    left: dict[int, int] = {}
    ends: dict[int, date] = {}
    debt = 0
    for line in sorted(lines, key=lambda one: one.id):
        if line.delta > 0:
            paid = min(debt, line.delta)
            debt -= paid
            left[line.id] = line.delta - paid
            ends[line.id] = line.expires_on or date.max
            continue
        wanted = -line.delta
        order = sorted(left, key=lambda one: (ends[one], one))
        if line.of_id in left:
            order = [line.of_id, *(one for one in order if one != line.of_id)]
        for one in order:
            taken = min(wanted, left[one])
            left[one] -= taken
            wanted -= taken
        debt += wanted
    return Holdings(left, debt)


def lapsing(lines: Sequence[PointLine], today: date) -> dict[int, int]:
    """Return for each earned line that has ended and was not lapsed yet what is left of it."""
    gone = {line.of_id for line in lines if line.kind is PointKind.LAPSE}
    left = holdings_of(lines).left
    return {
        line.id: left[line.id]
        for line in lines
        if line.id in left
        and line.id not in gone
        and line.expires_on is not None
        and line.expires_on < today
    }


def next_to_lapse(lines: Sequence[PointLine], today: date) -> tuple[date, int] | None:
    """Return the next day on which something lapses, and how much; None when nothing does."""
    left = holdings_of(lines).left
    days: dict[date, int] = {}
    for line in lines:
        if line.expires_on is not None and line.expires_on >= today and left.get(line.id):
            days[line.expires_on] = days.get(line.expires_on, 0) + left[line.id]
    return min(days.items()) if days else None


def lapsing_by(lines: Sequence[PointLine], today: date, last: date) -> tuple[date, int] | None:
    """Return the first day on which something lapses by the last one, and how much in all."""
    left = holdings_of(lines).left
    ends = [
        (line.expires_on, left[line.id])
        for line in lines
        if line.expires_on is not None and today <= line.expires_on <= last and left.get(line.id)
    ]
    return (
        (min(day for day, _points in ends), sum(points for _day, points in ends)) if ends else None
    )


def level_of(levels: Sequence[Level], earned: int) -> Level | None:
    """Return the highest level that so many points of the last year reach."""
    reached = [one for one in levels if one.from_points <= earned]
    return max(reached, key=lambda one: one.from_points, default=None)


def level_after(levels: Sequence[Level], earned: int) -> Level | None:
    """Return the next level above, None at the top."""
    above = [one for one in levels if one.from_points > earned]
    return min(above, key=lambda one: one.from_points, default=None)


def with_level(points: int, level: Level | None) -> int:
    """Return points with what the level adds; parts of a point are not given."""
    return points * (100 + (level.percent if level else 0)) // 100


def for_purchase(amount_minor: int, purchase_minor: int) -> int:
    """Return the points for money spent; none where purchases earn nothing."""
    return amount_minor // purchase_minor if purchase_minor > 0 and amount_minor > 0 else 0


def points_for(amount_minor: int, worth_minor: int, least: int) -> int:
    """Return how many points pay an amount: whole ones, and never fewer than the least number."""
    return max(least, -(-amount_minor // max(worth_minor, 1)))


def earning_part(returned_minor: int, earning_minor: int, total_minor: int) -> int:
    """Return how much of what came back had earned points, as large a part as of the whole sale."""
    if not 0 < earning_minor < total_minor:
        return returned_minor
    return -(-returned_minor * earning_minor // total_minor)


def to_take_back(earned: int, amount_minor: int, returned_minor: int, taken: int) -> int:
    """Return how many points go when so much of a purchase, counted in all, has come back.

    Rounded up: who gives everything back keeps no point, and parts never add up to more.
    """
    if amount_minor <= 0:
        return 0
    due = -(-earned * min(returned_minor, amount_minor) // amount_minor)
    return max(0, min(due, earned) - taken)
