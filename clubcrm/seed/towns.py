"""The four demo clubs: where they stand, when they open, and how the year goes there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from clubcrm.seed import names
from clubcrm.seed.names import NameBook

Span = tuple[date, date, float]


@dataclass(frozen=True, slots=True)
class Town:
    """One club as the seed knows it. `spans` are stretches with a share of the usual visits."""

    name: str
    zone: str
    currency: str
    locale: str
    country: str
    share: float
    phone_prefix: str
    phone_digits: int
    unit_price_minor: int
    opens: time
    closes: time
    weekend_opens: time
    weekend_closes: time
    exits_scanned: bool
    books: tuple[tuple[NameBook, float], ...]
    months: tuple[float, ...]
    spans: tuple[Span, ...]
    holidays: Mapping[tuple[int, int], str]

    def season(self, day: date) -> float:
        """The share of the usual visits that this day's season leaves; 1 is an ordinary day."""
        share = self.months[day.month - 1]
        for first, last, factor in self.spans:
            if first <= day <= last:
                share *= factor
        return share

    def closed_days(self, first: date, last: date) -> dict[date, str]:
        """Days on which the club is shut, with the reason."""
        found = {}
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            reason = self.holidays.get((day.month, day.day))
            if reason:
                found[day] = reason
        return found


NORTHERN_YEAR = (1.35, 1.15, 1.08, 1.02, 0.98, 0.88, 0.76, 0.74, 1.08, 1.06, 1.0, 0.72)
WARM_YEAR = (1.3, 1.15, 1.1, 1.0, 0.95, 0.9, 0.85, 0.9, 1.02, 1.05, 1.05, 0.95)
RAMADAN: tuple[Span, ...] = (
    (date(2023, 3, 24), date(2023, 4, 22), 0.5),
    (date(2024, 3, 12), date(2024, 4, 10), 0.5),
    (date(2025, 3, 2), date(2025, 3, 31), 0.5),
    (date(2026, 2, 18), date(2026, 3, 20), 0.5),
    (date(2027, 2, 8), date(2027, 3, 9), 0.5),
)
DASHAIN: tuple[Span, ...] = (
    (date(2023, 10, 20), date(2023, 10, 27), 0.3),
    (date(2024, 10, 10), date(2024, 10, 17), 0.3),
    (date(2025, 9, 29), date(2025, 10, 6), 0.3),
    (date(2026, 10, 17), date(2026, 10, 24), 0.3),
    (date(2027, 10, 6), date(2027, 10, 13), 0.3),
)
TOWNS: tuple[Town, ...] = (
    Town(
        name="Dhanmondi Fitness",
        zone="Asia/Dhaka",
        currency="BDT",
        locale="bn",
        country="BD",
        share=0.34,
        phone_prefix="+88017",
        phone_digits=8,
        unit_price_minor=350_000,
        opens=time(0),
        closes=time(0),
        weekend_opens=time(0),
        weekend_closes=time(0),
        exits_scanned=True,
        books=((names.BENGALI, 0.65), (names.BENGALI_LATIN, 0.35)),
        months=WARM_YEAR,
        spans=RAMADAN,
        holidays={(2, 21): "Language Day", (3, 26): "Independence Day"},
    ),
    Town(
        name="Patan Fitness",
        zone="Asia/Kathmandu",
        currency="NPR",
        locale="ne",
        country="NP",
        share=0.24,
        phone_prefix="+97798",
        phone_digits=8,
        unit_price_minor=400_000,
        opens=time(5, 30),
        closes=time(21),
        weekend_opens=time(6),
        weekend_closes=time(20),
        exits_scanned=False,
        books=((names.NEPALI, 0.6), (names.NEPALI_LATIN, 0.4)),
        months=WARM_YEAR,
        spans=DASHAIN,
        holidays={(9, 20): "Constitution Day"},
    ),
    Town(
        name="Medeu Fitness",
        zone="Asia/Almaty",
        currency="KZT",
        locale="ru",
        country="KZ",
        share=0.22,
        phone_prefix="+7701",
        phone_digits=7,
        unit_price_minor=2_500_000,
        opens=time(7),
        closes=time(23),
        weekend_opens=time(9),
        weekend_closes=time(22),
        exits_scanned=False,
        books=((names.CYRILLIC, 1.0),),
        months=NORTHERN_YEAR,
        spans=(),
        holidays={(1, 1): "New Year", (3, 22): "Nauryz", (12, 16): "Independence Day"},
    ),
    Town(
        name="Kreuzberg Fitness",
        zone="Europe/Berlin",
        currency="EUR",
        locale="en",
        country="DE",
        share=0.2,
        phone_prefix="+49151",
        phone_digits=8,
        unit_price_minor=3_900,
        opens=time(6),
        closes=time(2),
        weekend_opens=time(8),
        weekend_closes=time(0),
        exits_scanned=False,
        books=((names.LATIN, 1.0),),
        months=NORTHERN_YEAR,
        spans=(),
        holidays={(1, 1): "New Year", (12, 25): "Christmas", (12, 26): "Christmas"},
    ),
)
