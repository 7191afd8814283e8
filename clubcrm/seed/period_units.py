"""A monthly plan that brings two sessions anew with each paid period, and who chose it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Agreement, Life
from memberships.contracts.included_tables import PlanPackage
from memberships.dunning.rules import due_day
from memberships.packages.granted import source_of
from memberships.packages.terms import PackageTerms

OFFER, PLAIN, UNITS = "coached", "month", 2
# So many of those who pay by the month; the first of every club is one of them.
EVERY = 4
NIGHT = time(0, 20)


@dataclass(frozen=True, slots=True)
class Period:
    """One paid period of a contract: its days, and when its units came."""

    contract_id: int
    number: int
    from_on: date
    until_on: date
    given_at: datetime
    is_last: bool

    def holds(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Tell whether a moment lies in the period after its units came."""
        day = moment.astimezone(zone).date()
        return self.from_on <= day <= self.until_on and moment > self.given_at

    def source(self, product_id: int) -> str:
        """The name of the line by which the units of this period came."""
        return source_of(self.contract_id, product_id, self.number)

    @staticmethod
    def terms(terms: PackageTerms) -> PackageTerms:
        """What comes with a period: the plan's units, which cost nothing by themselves."""
        return replace(terms, units=UNITS, price_minor=0)


def choose_coached(ground: Ground) -> None:
    """In every club some who pay by the month, the first one among them, have sessions with it."""
    seen: Counter[int] = Counter()
    for life in ground.lives:
        monthly = [one for one in life.agreements if one.offer == PLAIN]
        if monthly:
            seen[life.town] += 1
        if seen[life.town] % EVERY == 1:
            for agreement in monthly:
                agreement.offer = OFFER


def is_coached(life: Life) -> bool:
    """Tell whether a contract of this life brings sessions with each period."""
    return any(one.offer == OFFER for one in life.agreements)


def bundle(ground: Ground, place: int) -> None:
    """The plan of a club says that its units come anew with each period."""
    ground.store.sink(PlanPackage).add(
        version_id=ground.versions[place, OFFER],
        product_id=ground.product_ids[ground.club_ids[place]],
        units=UNITS,
        each_period=True,
    )


def periods_of(ground: Ground, life: Life) -> Iterator[Period]:
    """Every period that began by the last day, contract by contract."""
    for place, agreement in enumerate(life.agreements):
        if agreement.offer == OFFER:
            yield from _periods(ground, life, agreement, ground.contract_ids[life.number][place])


def _periods(
    ground: Ground, life: Life, agreement: Agreement, contract_id: int
) -> Iterator[Period]:
    zone = ZoneInfo(ground.calendars[life.town].town.zone)
    anchor, number, day = date.fromordinal(agreement.starts), 1, timedelta(days=1)
    last = agreement.ends or date.max.toordinal()
    latest = min(last, ground.today)
    while number == 1 or due_day(anchor, number - 1).toordinal() <= latest:
        first, after = due_day(anchor, number - 1), due_day(anchor, number)
        given = datetime.combine(first, NIGHT, zone)
        if number == 1:
            given = datetime.combine(date.fromordinal(agreement.signed), time(9), zone)
        yield Period(
            contract_id=contract_id,
            number=number,
            from_on=first,
            until_on=min(after - day, date.fromordinal(last)),
            given_at=min(given, ground.order.moment),
            is_last=after.toordinal() > latest and last >= ground.today,
        )
        number += 1
