"""Where members stood between joining and being lost, looked at by month and lately by week."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from clubcrm.journeys.models import StageChange
from clubcrm.journeys.rules.stages import Stage, StageFacts, stage_of
from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Agreement, Life

WEEKS, MONTH_DAYS = 12, 28
QUIET_DAYS, USUAL_DAYS, USUAL_VISITS = 12, 56, 4


class Stages:
    """Writes the changes of stage of lives, by the rules that the journey itself goes by."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._sink = ground.store.sink(StageChange)
        weekly = [ground.today - 7 * week for week in range(1, WEEKS + 1)]
        monthly = range(weekly[-1] - MONTH_DAYS, ground.order.first_day.toordinal(), -MONTH_DAYS)
        self._looks = sorted([*weekly, *monthly])

    def about(self, life: Life) -> None:
        """Every change of one life that a look has found stands in the store."""
        before: Stage | None = None
        for day, stage in self._seen(life):
            if stage is not before:
                self._sink.add(
                    person_id=self._ground.person_ids[life.number],
                    day=date.fromordinal(day),
                    stage=stage,
                )
                before = stage

    def _seen(self, life: Life) -> Iterator[tuple[int, Stage]]:
        deals = life.agreements
        visits = sorted(day for deal in deals for day in deal.visits)
        place, began, renewals = 0, deals[0].starts, 0
        for day in self._looks[bisect_right(self._looks, deals[0].starts - 1) :]:
            while place + 1 < len(deals) and deals[place + 1].starts <= day:
                place += 1
                renewals = renewals + 1 if deals[place].renews else 0
                began = began if deals[place].renews else deals[place].starts
            yield day, stage_of(_facts(deals[place], (began, renewals), visits, day), _day(day))


def _facts(deal: Agreement, cycle: tuple[int, int], visits: list[int], day: int) -> StageFacts:
    came = bisect_right(visits, day)
    return StageFacts(
        started_on=_day(cycle[0]),
        ends_on=None if deal.ends is None else _day(deal.ends),
        renewals=cycle[1],
        v28=came - bisect_right(visits, day - 28),
        at_risk=_fell_silent(visits, came, day),
        frozen=deal.is_frozen(day),
    )


def _fell_silent(visits: list[int], came: int, day: int) -> bool:
    """Tell whether somebody who came every week has not been seen for longer than that."""
    if not came or day - visits[came - 1] < QUIET_DAYS:
        return False
    last = visits[came - 1]
    return came - bisect_right(visits, last - USUAL_DAYS) >= USUAL_VISITS


def _day(ordinal: int) -> date:
    return date.fromordinal(ordinal)
