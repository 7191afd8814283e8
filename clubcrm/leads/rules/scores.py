"""Rules room: how promising a lead is, from 0 to 100, with the reasons a seller can check."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from clubcrm.leads.rules.stages import ArrivalChannel, LeadStage

BASE, LOWEST, HIGHEST = 30, 0, 100
HOT_FROM, WARM_FROM = 65, 40
FRESH_DAYS, STALE_DAYS, OLD_DAYS = 2, 21, 60
MANY_UNANSWERED = 3


class ScoreReason(StrEnum):
    """What makes a lead more or less promising."""

    KNOWS_A_MEMBER = "knows_a_member"
    CAME_IN_PERSON = "came_in_person"
    CALLED_US = "called_us"
    NAMED_A_WISH = "named_a_wish"
    TWO_WAYS = "two_ways"
    ASKED_AGAIN = "asked_again"
    FRESH = "fresh"
    REACHED = "reached"
    BOOKED = "booked"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    UNANSWERED = "unanswered"
    LATER = "later"
    STALE = "stale"
    OLD = "old"


WEIGHTS: Mapping[ScoreReason, int] = {
    ScoreReason.KNOWS_A_MEMBER: 20,
    ScoreReason.CAME_IN_PERSON: 20,
    ScoreReason.CALLED_US: 12,
    ScoreReason.NAMED_A_WISH: 8,
    ScoreReason.TWO_WAYS: 4,
    ScoreReason.ASKED_AGAIN: 10,
    ScoreReason.FRESH: 8,
    ScoreReason.REACHED: 10,
    ScoreReason.BOOKED: 15,
    ScoreReason.ATTENDED: 25,
    ScoreReason.NO_SHOW: -20,
    ScoreReason.UNANSWERED: -12,
    ScoreReason.LATER: -10,
    ScoreReason.STALE: -12,
    ScoreReason.OLD: -10,
}


class Heat(StrEnum):
    """A score in one word."""

    HOT = "hot"
    WARM = "warm"
    COOL = "cool"


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """What is known of a lead when it is scored; days are whole days since."""

    channel: ArrivalChannel
    stage: LeadStage
    days_old: int
    days_quiet: int
    has_host: bool = False
    has_wish: bool = False
    ways: int = 1
    inquiries: int = 1
    unanswered: int = 0
    reached: bool = False
    booked: bool = False
    attended: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """How promising a lead is and why, the weightiest reason first."""

    points: int
    reasons: tuple[ScoreReason, ...]

    @property
    def heat(self) -> Heat:
        """Return the score in one word."""
        return heat_of(self.points)


def heat_of(points: int) -> Heat:
    """Return so many points in one word."""
    if points >= HOT_FROM:
        return Heat.HOT
    return Heat.WARM if points >= WARM_FROM else Heat.COOL


def score_of(facts: ScoreFacts) -> Score:
    """Return how promising the lead is; the weights are rules of thumb, not learnt from results."""
    holds = {**_from_arrival(facts), **_from_course(facts)}
    reasons = sorted((one for one, true in holds.items() if true), key=_weightiest)
    points = BASE + sum(WEIGHTS[one] for one in reasons)
    return Score(max(LOWEST, min(HIGHEST, points)), tuple(reasons))


def _from_arrival(facts: ScoreFacts) -> dict[ScoreReason, bool]:
    by_hand = {ArrivalChannel.GUEST, ArrivalChannel.REFERRAL}
    return {
        ScoreReason.KNOWS_A_MEMBER: facts.has_host or facts.channel in by_hand,
        ScoreReason.CAME_IN_PERSON: facts.channel is ArrivalChannel.WALK_IN,
        ScoreReason.CALLED_US: facts.channel is ArrivalChannel.CALL,
        ScoreReason.NAMED_A_WISH: facts.has_wish,
        ScoreReason.TWO_WAYS: facts.ways > 1,
        ScoreReason.ASKED_AGAIN: facts.inquiries > 1,
        ScoreReason.FRESH: facts.days_old <= FRESH_DAYS,
    }


def _from_course(facts: ScoreFacts) -> dict[ScoreReason, bool]:
    return {
        ScoreReason.REACHED: facts.reached,
        ScoreReason.BOOKED: facts.booked and not facts.attended,
        ScoreReason.ATTENDED: facts.attended,
        ScoreReason.NO_SHOW: facts.stage is LeadStage.NO_SHOW,
        ScoreReason.UNANSWERED: facts.unanswered >= MANY_UNANSWERED and not facts.reached,
        ScoreReason.LATER: facts.stage is LeadStage.LATER,
        ScoreReason.STALE: facts.days_quiet > STALE_DAYS,
        ScoreReason.OLD: facts.days_old > OLD_DAYS,
    }


def _weightiest(reason: ScoreReason) -> tuple[int, str]:
    return -abs(WEIGHTS[reason]), reason.value
