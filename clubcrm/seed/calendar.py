"""The days of one town, worked out once: seasons, closures, and where each day lies in UTC."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from clubcrm.seed.offers import BY_KEY, OFFERS
from clubcrm.seed.towns import Town

HALF_DAY_S = 43_200


@dataclass(frozen=True, slots=True)
class TownCalendar:
    """Lists by days since `first` (an ordinal): start of day in epoch seconds, share, weekday."""

    town: Town
    first: int
    starts: list[int]
    shares: list[float]
    closed: dict[date, str]
    hours: dict[str, tuple[tuple[int, int] | None, ...]]

    def second(self, ordinal: int, minute: float) -> int:
        """The instant of a minute of a day, in epoch seconds."""
        return self.starts[ordinal - self.first] + round(minute * 60)


def calendar_of(town: Town, first: date, last: date) -> TownCalendar:
    """The calendar of a town from the first to the last day, both included."""
    closed = town.closed_days(first, last)
    zone = ZoneInfo(town.zone)
    starts, shares = [], []
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        # Counted back from noon, so that a clock change at night moves no ordinary hour.
        noon = datetime.combine(day, time(12), zone)
        starts.append(int(noon.timestamp()) - HALF_DAY_S)
        shares.append(0.0 if day in closed else town.season(day))
    return TownCalendar(
        town=town,
        first=first.toordinal(),
        starts=starts,
        shares=shares,
        closed=closed,
        hours={offer.key: BY_KEY[offer.key].minutes(town) for offer in OFFERS},
    )
