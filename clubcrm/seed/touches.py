"""What was due since the introduction: who was spoken to, who was left alone, what it changed.

Arms are drawn by the club's own lots. A life is lived as if nobody had spoken; what a contact truly
changes is then changed in the lives of those whom it reached, so that reports can be held against
the truth.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from clubcrm.core.lots import draw, draw_member, is_held_out
from clubcrm.journeys.rules.codes import Code, Performer, Why
from clubcrm.journeys.rules.settings import JourneySettings
from clubcrm.journeys.rules.shares import CONTROL, ONE_QUESTION, THREE_QUESTIONS
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.seed.ground import Ground, Touch
from clubcrm.seed.lives import (
    CONTRACT_BITS,
    KIND_BITS,
    MEMBER_BITS,
    Agreement,
    Life,
    ScanKind,
    pack,
)
from clubcrm.seed.offers import BY_KEY
from memberships.contracts.rules import PlanKind

# True changes: the chance of a first visit, of more visits, of coming back, of staying away.
FIRST, MORE, BACK, AWAY = 0.3, 0.4, 0.5, 0.35
ASKED = (Code.TWO_WEEKS, Code.SILENCE, Code.INVITATION, Code.HALF_WAY)
TALKS = frozenset({Code.TWO_WEEKS})
FIFTHS = (Code.START_SESSION, Code.FIRST_MONTH, Code.EARLY_BIRD, Code.RENEWAL_CALL)
# In a large club two touchpoints were tried on so many members only.
TRIED_ON = 2_500
YEAR, WINDOW, SILENT, APART, GAP, MOST = 365, 28, 10, 28, 5, 3
SHORT_TERM, LONG_TERM = 80, 170
DAY_S, DAY_TURNS = 86_400, 4 * 60
FAMILIAR = frozenset({PlanKind.TERM, PlanKind.RECURRING})


def settings_of_trial() -> JourneySettings:
    """Return the journey that the demo clubs run: as shipped, with halves and fifths left out."""
    shipped = default_settings()
    shares = dict.fromkeys(ASKED, ONE_QUESTION) | dict.fromkeys(FIFTHS, THREE_QUESTIONS)
    asked = {
        code.value: replace(shipped.codes[code], hold_out=share) for code, share in shares.items()
    }
    return replace(
        shipped,
        codes={**shipped.codes, **asked},
        trial=replace(shipped.trial, control=CONTROL, questions=ASKED),
    )


def speak_and_leave_alone(ground: Ground) -> None:
    """The touches of every life are known, and visits are those that followed."""
    touches = Touches(ground)
    for life in ground.lives:
        touches.about(life)


class Touches:
    """Finds what was due to each life, and lets what arrived change it."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        order = ground.order
        third = (order.last_day - order.first_day).days // 3
        self._since = max(order.first_day.toordinal() + third, ground.today - YEAR)
        self._settings = settings_of_trial()
        self._every = max(1, order.members // TRIED_ON)

    def about(self, life: Life) -> None:
        """The touches of one life are known, and its visits are those that followed."""
        chance = self._ground.order.chance("touches", life.number)
        found: list[Touch] = []
        for place, deal in enumerate(life.agreements):
            if deal.ends is not None and deal.ends < self._since:
                continue
            for code, day in self._planned(life, place, deal):
                self._meet(life, Touch(code, place, day), chance, found)
            if BY_KEY[deal.offer].kind in FAMILIAR:
                self._watch(life, place, chance, found)
        if found:
            self._ground.touches[life.number] = found

    def _planned(self, life: Life, place: int, deal: Agreement) -> Iterator[tuple[Code, int]]:
        """Yield what the days of the term alone decide."""
        if place == 0 and not (deal.visits and deal.visits[0] <= deal.starts + 5):
            yield Code.FIRST_VISIT, deal.starts + 5
        if BY_KEY[deal.offer].kind not in FAMILIAR:
            return
        # Who rolls on lives in years of his own.
        term = YEAR if BY_KEY[deal.offer].kind is PlanKind.RECURRING else self._term(deal)
        tried = life.number % self._every == 0
        if place == 0 and tried:
            yield Code.TWO_WEEKS, deal.starts + 14
        if term >= LONG_TERM:
            yield Code.HALF_WAY, deal.starts + term // 2
        if term >= SHORT_TERM and tried:
            yield Code.INVITATION, deal.starts + min(term * 2 // 3, 100)

    def _term(self, deal: Agreement) -> int:
        return (deal.ends or self._ground.today) - deal.starts

    def _watch(self, life: Life, place: int, chance: Random, found: list[Touch]) -> None:
        """Ten days without a visit make a silence; what brings somebody back ends it."""
        deal, last, times = life.agreements[place], 0, 0
        at = bisect_left(deal.visits, self._since - SILENT)
        end = min(self._ground.today, deal.ends or self._ground.today)
        while at < len(deal.visits) and times < MOST:
            due = deal.visits[at] + SILENT
            after = deal.visits[at + 1] if at + 1 < len(deal.visits) else end + 1
            if due < after and due >= last + APART and not deal.is_frozen(due):
                touch = Touch(Code.SILENCE, place, due, times + 1)
                if self._meet(life, touch, chance, found):
                    last, times = due, times + 1
            at += 1

    def _meet(self, life: Life, touch: Touch, chance: Random, found: list[Touch]) -> bool:
        """A touch is due; tells whether it was, in either arm, and notes what it changed."""
        deal, day = life.agreements[touch.place], touch.day
        last = (
            self._ground.today - 2 if deal.ends is None else min(deal.ends, self._ground.today - 2)
        )
        if not self._since <= day <= last or deal.is_frozen(day):
            return False
        if any(abs(one.day - day) < GAP for one in found if one.refused is None):
            return False
        refused = self._why_not(life, touch.code, chance)
        if refused is not None:
            known = {(one.code, one.place, one.refused) for one in found}
            if (touch.code, touch.place, refused) not in known:
                found.append(replace(touch, refused=refused))
            return False
        met = self._drawn(life, touch, chance)
        found.append(met)
        if met.reached:
            self._change(life, met, chance)
        return True

    def _drawn(self, life: Life, touch: Touch, chance: Random) -> Touch:
        trial, person_id = self._settings.trial, self._ground.person_ids[life.number]
        control = is_held_out(draw_member(trial.salt, person_id), CONTROL)
        drawn = draw(trial.salt, touch.code, person_id, touch.place + 1)
        held_out = control or is_held_out(drawn, share_of(touch.code))
        fails = 0.1 if touch.code in TALKS else 0.03
        return replace(
            touch,
            held_out=held_out,
            is_control=control,
            reached=chance.random() >= fails and not held_out,
            before=_before(life, touch.day),
        )

    def _why_not(self, life: Life, code: Code, chance: Random) -> Why | None:
        if code in TALKS:
            return None
        if not self._ground.agreeing[life.number]:
            return Why.NO_CONSENT
        if self._ground.mailable[life.number] is None:
            return Why.NO_ADDRESS
        return Why.CAME_TODAY if chance.random() < 0.05 else None

    def _change(self, life: Life, touch: Touch, chance: Random) -> None:
        visits, day = life.agreements[touch.place].visits, touch.day
        if touch.code in {Code.FIRST_VISIT, Code.SILENCE}:
            wish = FIRST if touch.code is Code.FIRST_VISIT else BACK
            if not _between(visits, day - 1, day + 13) and chance.random() < wish:
                self._come(life, touch.place, range(day + 1 + chance.randrange(6), day + 13))
        elif touch.code is Code.TWO_WEEKS:
            for one in visits[bisect_right(visits, day) : bisect_right(visits, day + WINDOW)]:
                if chance.random() < MORE:
                    self._come(life, touch.place, range(one + 1, min(one + 5, day + WINDOW + 1)))
        elif touch.code is Code.INVITATION:
            within = visits[bisect_right(visits, day) : bisect_right(visits, day + WINDOW)]
            self._stay_away(life, touch.place, {one for one in within if chance.random() < AWAY})

    def _come(self, life: Life, place: int, days: range) -> None:
        """The member comes on the first of these days on which he can."""
        deal, calendar = life.agreements[place], self._ground.calendars[life.town]
        if BY_KEY[deal.offer].visits is not None:
            return
        last = min(self._ground.today, deal.ends or self._ground.today)
        for day in days:
            span = calendar.hours[deal.offer][(day + 6) % 7]
            at = bisect_left(deal.visits, day)
            if day >= last or span is None or deal.visits[at : at + 1] == [day]:
                continue
            if calendar.shares[day - calendar.first] and not deal.is_frozen(day):
                minute = min(max(life.habit.minute, span[0]), span[1] - 1)
                second = calendar.second(day, minute)
                deal.visits.insert(at, day)
                life.scans.append(pack(second, life.number, place, ScanKind.ENTRY))
                return

    def _stay_away(self, life: Life, place: int, days: set[int]) -> None:
        if not days:
            return
        deal, calendar = life.agreements[place], self._ground.calendars[life.town]
        deal.visits = [day for day in deal.visits if day not in days]
        spans = [calendar.second(day, DAY_TURNS) for day in days]
        life.scans = [
            one
            for one in life.scans
            if not any(first <= _second(one) < first + DAY_S for first in spans)
        ]


def share_of(code: Code) -> float:
    """Return the planned share of those left out of a touchpoint in the demo clubs."""
    return ONE_QUESTION if code in ASKED else 0.0


def performer_of(code: Code) -> Performer:
    """Return who speaks in the history of the demo clubs."""
    return Performer.FRONT_DESK if code in TALKS else Performer.AUTOMATIC


def _before(life: Life, day: int) -> int:
    return sum(_between(deal.visits, day - WINDOW, day) for deal in life.agreements)


def _between(visits: list[int], after: int, until: int) -> int:
    return bisect_right(visits, until) - bisect_right(visits, after)


def _second(packed: int) -> int:
    return packed >> (KIND_BITS + CONTRACT_BITS + MEMBER_BITS)
