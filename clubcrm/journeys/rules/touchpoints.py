"""Rules: which touchpoints a member's facts call for, and whether a planned one is still wanted.

Source: the default journey; J02 first-visit nudge and J06a silence so far.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from clubcrm.journeys.rules.codes import Code, Performer, Why

__all__ = [
    "Code",
    "CycleFacts",
    "Due",
    "NotDue",
    "Performer",
    "Said",
    "Touch",
    "Why",
    "due_touchpoints",
    "still_wanted",
    "stopped",
]


@dataclass(frozen=True, slots=True)
class Touch:
    """One occurrence of a touchpoint; days are running days of the member's clock."""

    code: Code
    occurrence: int
    performer: Performer
    priority: int
    valid_days: int


FIRST_NUDGE = Touch(Code.FIRST_VISIT, 1, Performer.AUTOMATIC, 75, 10)
FIRST_CALL = Touch(Code.FIRST_VISIT, 2, Performer.FRONT_DESK, 75, 10)
FIRST_NUDGE_DAY = 5
FIRST_CALL_DAY = 12
SILENCE_PRIORITY = 70
SILENCE_VALID_DAYS = 7
SILENCE_PER_CYCLE = 3
SILENCE_APART_DAYS = 28


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """What the journey knows of one member in one cycle on one club day."""

    person_id: int
    cycle_no: int
    starts_on: date
    ends_on: date | None
    onboarding: bool
    visits: int
    silent_days: int
    d_star: int
    last_visit_on: date | None
    frozen: bool = False
    blocked: bool = False
    do_not_contact: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A touchpoint that the facts call for, from the day it became due to its last useful day."""

    touch: Touch
    eligible_on: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class NotDue:
    """A touchpoint that is not called for, and why; day is when it would be, if known."""

    code: Code
    why: Why
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier occurrence of a code for this member and cycle; taken back ones are not spoken."""

    code: Code
    occurrence: int
    eligible_on: date
    spoken: bool = True


def due_touchpoints(facts: CycleFacts, said: tuple[Said, ...], day: date) -> list[Due | NotDue]:
    """Return for each touchpoint of the journey that it is due, or why it is not."""
    return [_first_visit(facts, said, day), _silence(facts, said, day)]


def _first_visit(facts: CycleFacts, said: tuple[Said, ...], day: date) -> Due | NotDue:
    if not facts.onboarding:
        return NotDue(Code.FIRST_VISIT, Why.NOT_FIRST_CYCLE)
    if facts.visits:
        return NotDue(Code.FIRST_VISIT, Why.HAS_COME, facts.last_visit_on)
    if facts.silent_days < FIRST_NUDGE_DAY:
        wait = FIRST_NUDGE_DAY - facts.silent_days
        return NotDue(Code.FIRST_VISIT, Why.NOT_DUE, day + timedelta(days=wait))
    calls = facts.silent_days >= FIRST_CALL_DAY
    touch, fired_at = (FIRST_CALL, FIRST_CALL_DAY) if calls else (FIRST_NUDGE, FIRST_NUDGE_DAY)
    if any(one.code is touch.code and one.occurrence == touch.occurrence for one in said):
        return NotDue(Code.FIRST_VISIT, Why.ALREADY_PLANNED)
    return _within(touch, facts.silent_days - fired_at, day)


def _silence(facts: CycleFacts, said: tuple[Said, ...], day: date) -> Due | NotDue:
    if not facts.visits:
        return NotDue(Code.SILENCE, Why.NEVER_CAME)
    if facts.silent_days < facts.d_star:
        wait = facts.d_star - facts.silent_days
        return NotDue(Code.SILENCE, Why.NOT_DUE, day + timedelta(days=wait))
    earlier = [one for one in said if one.code is Code.SILENCE]
    began = facts.last_visit_on or facts.starts_on
    if any(one.eligible_on > began for one in earlier):
        return NotDue(Code.SILENCE, Why.ALREADY_PLANNED)
    number = max((one.occurrence for one in earlier), default=0) + 1
    touch = Touch(Code.SILENCE, number, Performer.AUTOMATIC, SILENCE_PRIORITY, SILENCE_VALID_DAYS)
    return _within(touch, facts.silent_days - facts.d_star, day)


def _within(touch: Touch, days_ago: int, day: date) -> Due | NotDue:
    eligible_on = day - timedelta(days=days_ago)
    valid_until = eligible_on + timedelta(days=touch.valid_days)
    if day > valid_until:
        return NotDue(touch.code, Why.TOO_LATE, valid_until)
    return Due(touch, eligible_on, valid_until)


def still_wanted(code: Code, planned_on: date, facts: CycleFacts, day: date) -> Why | None:
    """Say why a planned touchpoint has become pointless, or None while it is wanted."""
    if facts.do_not_contact:
        return Why.DO_NOT_CONTACT
    last = facts.last_visit_on
    if last is not None and last >= day:
        return Why.CAME_TODAY
    has_come = last is not None and (last >= planned_on or code is Code.FIRST_VISIT)
    if has_come:
        return Why.HAS_COME
    silenced = stopped(facts, day)
    if silenced is None and code is Code.SILENCE and facts.silent_days < facts.d_star:
        # A visit that was told late has ended the silence before it was planned for.
        return Why.HAS_COME
    return silenced


def stopped(facts: CycleFacts, day: date) -> Why | None:
    """Say what silences every touchpoint but service messages, or None."""
    if facts.do_not_contact:
        return Why.DO_NOT_CONTACT
    if facts.blocked:
        return Why.BLOCKED
    if facts.frozen:
        return Why.FROZEN
    if facts.ends_on is not None and day > facts.ends_on:
        return Why.CYCLE_OVER
    return None
