"""What a late cancellation or a missed class brings: a strike, a fee or a lost unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

LIMITS: dict[str, tuple[int, int]] = {
    "late_minutes": (0, 7 * 1440),
    "grace_minutes": (0, 120),
    "fee_minor": (0, 100_000_000),
    "strikes": (1, 20),
    "within_days": (1, 730),
    "stop_days": (1, 365),
}
# Who thinks better of it at once, or tapped the wrong class, has not kept the place from anybody.
REGRET = timedelta(minutes=10)
EARLIEST_ARRIVAL = timedelta(hours=3)


class Miss(StrEnum):
    """What happened instead of taking part."""

    LATE_CANCEL = "late_cancel"
    NO_SHOW = "no_show"


class Penalty(StrEnum):
    """What follows from it."""

    NOTHING = "nothing"
    STRIKE = "strike"
    FEE = "fee"
    UNIT = "unit"


class StrikeState(StrEnum):
    """Where the consequence of a missed class stands."""

    STANDS = "stands"
    APPEALED = "appealed"
    EXCUSED = "excused"
    UPHELD = "upheld"


@dataclass(frozen=True, slots=True)
class PenaltyRule:
    """When a cancellation is late, how long one may come late, and what follows.

    So many strikes within so many days close online booking for so many days.
    """

    late_minutes: int = 120
    grace_minutes: int = 10
    late_cancel: Penalty = Penalty.STRIKE
    no_show: Penalty = Penalty.STRIKE
    fee_minor: int = 0
    strikes: int = 3
    within_days: int = 90
    stop_days: int = 30

    def penalty(self, miss: Miss) -> Penalty:
        """Return what follows from a miss of this kind."""
        return self.late_cancel if miss is Miss.LATE_CANCEL else self.no_show


def is_late(now: datetime, booked_at: datetime, starts_at: datetime, rule: PenaltyRule) -> bool:
    """Tell whether cancelling now comes too late; a booking may be regretted for ten minutes."""
    if now < starts_at - timedelta(minutes=rule.late_minutes):
        return False
    return now >= starts_at or now > booked_at + REGRET


def stopped_until(strikes: Iterable[date], rule: PenaltyRule, today: date) -> date | None:
    """Return the last day on which strikes close online booking, None when it is open today."""
    days = sorted(strikes)
    last: date | None = None
    for place in range(rule.strikes - 1, len(days)):
        first = days[place - rule.strikes + 1]
        if (days[place] - first).days < rule.within_days:
            last = days[place] + timedelta(days=rule.stop_days)
    return last if last is not None and today <= last else None


def was_there(
    entered_at: datetime, left_at: datetime | None, starts_at: datetime, grace_minutes: int
) -> bool:
    """Tell whether a visit counts for a class: in the house by its start plus the grace time.

    Who left before it began, or came in long before it, was there for something else.
    """
    latest = starts_at + timedelta(minutes=grace_minutes)
    if not starts_at - EARLIEST_ARRIVAL <= entered_at <= latest:
        return False
    return left_at is None or left_at > starts_at


def penalty_faults(rule: PenaltyRule) -> dict[str, str]:
    """Return what is wrong with a rule: field to `range` or `needed`."""
    faults = {
        field: "range"
        for field, (low, high) in LIMITS.items()
        if not low <= getattr(rule, field) <= high
    }
    if Penalty.FEE in {rule.late_cancel, rule.no_show} and rule.fee_minor <= 0:
        faults["fee_minor"] = "needed"
    return faults
