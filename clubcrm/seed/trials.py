"""Who would have been spoken to in the last two years, and to whom it was not said, by lot.

Lives are grown without asking who was spoken to. So that known effects stand in the history, the
lot is weighted by what became of each member; the planned share is kept on the whole.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, pvariance

from clubcrm.core.lots import draw, draw_member, is_held_out
from clubcrm.journeys.models import Eligibility, Touchpoint, TouchState
from clubcrm.journeys.rules.codes import Code, Performer, Why
from clubcrm.journeys.rules.shares import CONTROL, THREE_QUESTIONS
from clubcrm.seed.ground import Ground, instant
from clubcrm.seed.lives import Agreement, Life
from clubcrm.seed.offers import BY_KEY
from clubcrm.seed.order import public_id
from memberships.contracts.rules import PlanKind

SALT, SHARE = "club", THREE_QUESTIONS
DAYS_BACK = 730
GRACE = 14
LEAST, MOST = 0.02, 0.9
MEMBERSHIPS = frozenset({PlanKind.TERM, PlanKind.RECURRING, PlanKind.VISITS})


@dataclass(frozen=True, slots=True)
class Trial:
    """One touchpoint with what it truly does: points of renewal, and a share of visits."""

    code: Code
    performer: Performer
    priority: int
    valid_days: int
    renewal: float = 0.0
    visits: float = 0.0


TRIALS = (
    Trial(Code.START_SESSION, Performer.TRAINER, 65, 14, visits=0.12),
    Trial(Code.FIRST_MONTH, Performer.TRAINER, 60, 14),
    Trial(Code.EARLY_BIRD, Performer.AUTOMATIC, 58, 20, renewal=-0.02),
    Trial(Code.RENEWAL_CALL, Performer.MANAGER, 85, 14, renewal=0.12),
)


@dataclass(slots=True)
class _Chance:
    """One member who would have been spoken to; what came of him, once it is known."""

    life: Life
    place: int
    day: int
    before: int
    after: int | None
    renewed: bool | None


class Trials:
    """Gathers everybody who is eligible, then draws the lots and writes both arms."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._names = ground.order.chance("trials")
        self._found: dict[Code, list[_Chance]] = {one.code: [] for one in TRIALS}

    def about(self, life: Life) -> None:
        """The life is asked when each touchpoint would have been due."""
        days = [day for deal in life.agreements for day in deal.visits]
        days.sort()
        for place, deal in enumerate(life.agreements):
            if BY_KEY[deal.offer].kind in MEMBERSHIPS:
                for code, day in _due(deal, place):
                    self._consider(life, (place, code, day), days)

    def _consider(self, life: Life, what: tuple[int, Code, int], days: list[int]) -> None:
        place, code, day = what
        today = self._ground.today
        deal = life.agreements[place]
        earliest = max(self._ground.calendars[life.town].first, today - DAYS_BACK)
        if not earliest <= day < today or deal.is_frozen(day):
            return
        came = bisect_right(days, day)
        known = day + 28 < today
        after = bisect_right(days, day + 28) - came if known else None
        before = came - bisect_right(days, day - 28)
        self._found[code].append(
            _Chance(life, place, day, before, after, _renewed(life, place, today))
        )

    def write(self) -> None:
        """Both arms stand in the store, and what was said."""
        for trial in TRIALS:
            found = self._found[trial.code]
            odds = _held_out(trial, found)
            for one, chance in zip(found, odds, strict=True):
                self._write(trial, one, chance)

    def _write(self, trial: Trial, one: _Chance, chance: float) -> None:
        ground = self._ground
        person = ground.person_ids[one.life.number]
        control = is_held_out(draw_member(SALT, person), CONTROL)
        held = control or draw(SALT, trial.code.value, person, one.place + 1) < chance
        at = instant(ground.calendars[one.life.town].second(one.day, 4 * 60 + 30))
        shared = {
            "club_id": ground.club_ids[one.life.town],
            "person_id": person,
            "contract_id": ground.contract_ids[one.life.number][one.place],
            "cycle_no": one.place + 1,
            "code": trial.code.value,
            "occurrence": 1,
            "arm": "H" if held else "T",
        }
        deal = one.life.agreements[one.place]
        ground.store.sink(Eligibility).add(
            **shared,
            is_control=control,
            share=SHARE,
            eligible_on=date.fromordinal(one.day),
            eligible_at=at,
            pre28=one.before,
            term_days=365 if deal.ends is None else deal.ends - deal.starts + 1,
            version=1,
        )
        missed = not held and self._names.random() < 0.12
        state = TouchState.EXPIRED if missed else TouchState.DELIVERED
        ground.store.sink(Touchpoint).add(
            **shared,
            public_id=public_id(self._names),
            performer=trial.performer,
            priority=trial.priority,
            planned_on=date.fromordinal(one.day),
            valid_until=date.fromordinal(one.day + trial.valid_days),
            state=TouchState.HELD_OUT if held else state,
            why=(Why.CONTROL if control else Why.HELD_OUT).value if held else "",
            reason={},
            created_at=at,
            closed_at=min(at + timedelta(hours=9), ground.order.moment),
        )


def _due(deal: Agreement, place: int) -> list[tuple[Code, int]]:
    """Return when each touchpoint of a membership falls due."""
    due: list[tuple[Code, int]] = []
    if place == 0:
        due += [(Code.START_SESSION, deal.starts + 10), (Code.FIRST_MONTH, deal.starts + 30)]
    if deal.ends is not None:
        length = deal.ends - deal.starts + 1
        if length > 135:
            due.append((Code.EARLY_BIRD, deal.ends - min(60, length // 3)))
        if length > 45:
            due.append((Code.RENEWAL_CALL, deal.ends - min(30, length // 5)))
    last = deal.starts + 3650 if deal.ends is None else deal.ends
    return [(code, day) for code, day in due if deal.starts <= day <= last]


def _renewed(life: Life, place: int, today: int) -> bool | None:
    """Tell whether another membership followed in time; None while that cannot be known."""
    ends = life.agreements[place].ends
    if ends is None or ends + GRACE >= today:
        return None
    return any(ends - 60 <= deal.starts <= ends + GRACE for deal in life.agreements[place + 1 :])


def _held_out(trial: Trial, found: list[_Chance]) -> list[float]:
    """Return for each the chance to be held out: the planned share, weighted by what came of it."""
    if trial.renewal:
        known = [one.renewed for one in found if one.renewed is not None]
        rate = fmean(known) if known else 0.0
        if not 0.1 < rate < 0.95:
            return [SHARE] * len(found)
        held = rate - (1 - SHARE) * trial.renewal
        by = {None: SHARE, True: SHARE * held / rate, False: SHARE * (1 - held) / (1 - rate)}
        return [by[one.renewed] for one in found]
    settled = [one.after - one.before for one in found if one.after is not None]
    if not trial.visits or len(settled) < 10:
        return [SHARE] * len(found)
    mean, spread = fmean(settled), pvariance(settled)
    level = fmean(one.after for one in found if one.after is not None)
    lean = trial.visits * level * (1 - SHARE) / spread if spread else 0.0
    return [
        SHARE
        if one.after is None
        else min(MOST, max(LEAST, SHARE * (1 - lean * (one.after - one.before - mean))))
        for one in found
    ]
