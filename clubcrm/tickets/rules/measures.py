"""Rules room: how soon questions were answered: counts, the middle, and the slowest tenth."""

from collections.abc import Sequence
from dataclasses import dataclass

GROUPS = ("priority", "origin", "assignee")


@dataclass(frozen=True, slots=True)
class Answered:
    """One ticket of the span: its group, and how its first answer went."""

    group: str
    in_time: bool
    late: bool
    minutes: int | None
    again: bool


@dataclass(frozen=True, slots=True)
class Measures:
    """What one group of tickets came to; a share of nothing is none."""

    group: str
    number: int
    in_time: int
    late: int
    again: int
    median: int | None
    slowest_tenth: int | None

    @property
    def share(self) -> float | None:
        """Return the share answered in time of those whose time has come."""
        judged = self.in_time + self.late
        return self.in_time / judged if judged else None


def at_share(values: Sequence[int], share: float) -> int | None:
    """Return the value below which this share of the values lies, the nearest that was seen."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def measured(group: str, rows: Sequence[Answered]) -> Measures:
    """Return what these tickets came to."""
    minutes = [one.minutes for one in rows if one.minutes is not None]
    return Measures(
        group=group,
        number=len(rows),
        in_time=sum(one.in_time for one in rows),
        late=sum(one.late for one in rows),
        again=sum(one.again for one in rows),
        median=at_share(minutes, 0.5),
        slowest_tenth=at_share(minutes, 0.9),
    )
