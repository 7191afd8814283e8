"""Rules room: what a call or talk can come to, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class WorkForm(StrEnum):
    """How a member is spoken to: on the phone, or face to face at the next visit."""

    CALL = "call"
    TALK = "talk"


class AttemptOutcome(StrEnum):
    """What an attempt to speak with a member came to."""

    REACHED = "reached"
    WILL_RENEW = "will_renew"
    WANTS_FREEZE = "wants_freeze"
    NOT_RENEWING = "not_renewing"
    COMPLAINT = "complaint"
    INJURY = "injury"
    NO_ANSWER = "no_answer"
    CALL_BACK = "call_back"
    WRONG_NUMBER = "wrong_number"
    STOP_CALLING = "stop_calling"


class Ending(StrEnum):
    """What becomes of the task: it is done, set aside, or waits for the next try."""

    DONE = "done"
    SET_ASIDE = "set_aside"
    WAITS = "waits"


class NextAct(StrEnum):
    """The page on which it goes on."""

    LIST = "list"
    FREEZE = "freeze"
    RENEW = "renew"
    CONTACTS = "contacts"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from an outcome."""

    ending: Ending
    then: NextAct = NextAct.LIST
    asks_reason: bool = False
    asks_time: bool = False
    asks_note: bool = False


CONSEQUENCES: Mapping[AttemptOutcome, Consequence] = {
    AttemptOutcome.REACHED: Consequence(Ending.DONE),
    AttemptOutcome.WILL_RENEW: Consequence(Ending.DONE, NextAct.RENEW),
    AttemptOutcome.WANTS_FREEZE: Consequence(Ending.DONE, NextAct.FREEZE),
    AttemptOutcome.NOT_RENEWING: Consequence(Ending.DONE, asks_reason=True),
    AttemptOutcome.COMPLAINT: Consequence(Ending.DONE, asks_note=True),
    AttemptOutcome.INJURY: Consequence(Ending.DONE, NextAct.FREEZE),
    AttemptOutcome.NO_ANSWER: Consequence(Ending.WAITS),
    AttemptOutcome.CALL_BACK: Consequence(Ending.WAITS, asks_time=True),
    AttemptOutcome.WRONG_NUMBER: Consequence(Ending.SET_ASIDE, NextAct.CONTACTS),
    AttemptOutcome.STOP_CALLING: Consequence(Ending.SET_ASIDE),
}
# So long the others see that somebody is on the phone with a member.
AT_IT = timedelta(minutes=15)
# After so many unanswered calls nobody tries again; what is still useful goes by message.
MOST_TRIES = 3
# Answers of the half-way question from which on a member speaks well of the club, or does not.
PROMOTERS_FROM, UNHAPPY_UP_TO, HIGHEST = 9, 6, 10


def gives_up(earlier_unanswered: int) -> bool:
    """Tell whether one more unanswered call is the last one."""
    return earlier_unanswered + 1 >= MOST_TRIES


class Mood(StrEnum):
    """What a score of 0 to 10 says of a member."""

    UNHAPPY = "unhappy"
    CONTENT = "content"
    PROMOTER = "promoter"


def mood_of(score: int) -> Mood:
    """Return what the score says; raises ValueError for one that the scale does not have."""
    if not 0 <= score <= HIGHEST:
        raise ValueError(score)
    if score <= UNHAPPY_UP_TO:
        return Mood.UNHAPPY
    return Mood.PROMOTER if score >= PROMOTERS_FROM else Mood.CONTENT


@dataclass(frozen=True, slots=True)
class Load:
    """How many calls and talks one worker can do on one day."""

    calls: int = 12
    talks: int = 6

    def of(self, form: WorkForm) -> int:
        """Return the number for one form of work."""
        return self.calls if form is WorkForm.CALL else self.talks
