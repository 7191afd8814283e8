"""Rules room: what a call is, told by its events in whatever order they came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NOBODY = frozenset({"", "anonymous", "unknown", "<unknown>", "private", "restricted", "withheld"})
# A ring older than this is history: a backlog that is told again must open no card.
RINGS_FOR = timedelta(minutes=2)
# A missed call older than this is nobody's work any more.
CALLED_BACK_WITHIN = timedelta(hours=24)
RECORDINGS_KEPT = timedelta(days=90)


class PhoneKind(StrEnum):
    """What a telephone system tells about a call."""

    BEGIN = "begin"
    RING = "ring"
    ANSWER = "answer"
    LEG_END = "leg_end"
    END = "end"
    RECORD = "record"


class CallDirection(StrEnum):
    """Who rang whom."""

    IN = "in"
    OUT = "out"


class CallState(StrEnum):
    """Where a call stands."""

    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"


class Disposition(StrEnum):
    """What a call came to."""

    OPEN = "open"
    ANSWERED = "answered"
    MISSED = "missed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class PhoneFact:
    """One thing told about a call; empty text means nothing was said."""

    kind: PhoneKind
    at: datetime
    extension: str = ""
    number: str = ""
    direction: CallDirection | None = None
    outcome: str = ""
    recording: str = ""


@dataclass(frozen=True, slots=True)
class CallShape:
    """A call as all its events tell it."""

    direction: CallDirection
    number: str
    extension: str
    ringing: tuple[str, ...]
    state: CallState
    disposition: Disposition
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    recording: str


def call_of(told: Iterable[PhoneFact]) -> CallShape:
    """Return the call that these events tell; needs one at least, takes them in any order."""
    facts = sorted(told, key=lambda one: one.at)
    answers = [one for one in facts if one.kind is PhoneKind.ANSWER]
    ends = [one for one in facts if one.kind is PhoneKind.END]
    direction = next((one.direction for one in facts if one.direction), CallDirection.IN)
    ended = max((one.at for one in ends), default=None)
    answered = min((one.at for one in answers), default=None)
    state = CallState.TALKING if answered else CallState.RINGING
    return CallShape(
        direction=direction,
        number=next((one.number for one in facts if known_number(one.number)), ""),
        extension=_extension(facts, answers),
        ringing=() if answered or ended else _ringing(facts),
        state=CallState.ENDED if ended else state,
        disposition=_disposition(facts, direction, answered, ended),
        started_at=facts[0].at,
        answered_at=answered,
        ended_at=ended,
        recording=next((one.recording for one in reversed(facts) if one.recording), ""),
    )


def known_number(number: str) -> bool:
    """Tell whether a caller shows a number at all."""
    return number.strip().casefold() not in NOBODY


def _extension(facts: Sequence[PhoneFact], answers: Sequence[PhoneFact]) -> str:
    spoken = next((one.extension for one in answers if one.extension), "")
    if spoken:
        return spoken
    rung = {one.extension for one in facts if one.extension}
    return rung.pop() if len(rung) == 1 else ""


def _ringing(facts: Sequence[PhoneFact]) -> tuple[str, ...]:
    found: dict[str, bool] = {}
    for one in facts:
        if one.extension and one.kind in {PhoneKind.RING, PhoneKind.LEG_END}:
            found[one.extension] = one.kind is PhoneKind.RING
    return tuple(sorted(extension for extension, rings in found.items() if rings))


def _disposition(
    facts: Sequence[PhoneFact],
    direction: CallDirection,
    answered: datetime | None,
    ended: datetime | None,
) -> Disposition:
    if answered is not None:
        return Disposition.ANSWERED
    if ended is None:
        return Disposition.OPEN
    if direction is CallDirection.IN:
        return Disposition.MISSED
    outcomes = {one.outcome for one in facts if one.outcome}
    return Disposition.BUSY if "busy" in outcomes else Disposition.NO_ANSWER


# What a leg of Asterisk came to, in our words.
DIAL_STATUS: Mapping[str, str] = {
    "ANSWER": "answered",
    "BUSY": "busy",
    "NOANSWER": "no_answer",
    "CANCEL": "cancelled",
    "CHANUNAVAIL": "unavailable",
}
