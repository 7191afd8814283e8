"""Rules: what an own trigger of a club consists of, and whether it makes sense.

An own trigger fires some days before or after something, if all its conditions hold, and lets go of
a member as soon as its goal is reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST_CONDITIONS = 5
LONGEST_WAIT = 730


class Event(StrEnum):
    """What an own trigger counts its days from; ALWAYS looks at the conditions alone."""

    LAST_VISIT = "last_visit"
    VISITS = "visits"
    START = "start"
    SIGNED = "signed"
    END = "end"
    FREEZE_BEGINS = "freeze_begins"
    FREEZE_ENDS = "freeze_ends"
    BIRTHDAY = "birthday"
    UNPAID = "unpaid"
    NO_SHOW = "no_show"
    UNITS_EXPIRE = "units_expire"
    TOUCHPOINT = "touchpoint"
    ALWAYS = "always"


MAY_BE_BEFORE = frozenset({Event.END, Event.FREEZE_ENDS, Event.BIRTHDAY, Event.UNITS_EXPIRE})
NEEDS_NO_DAYS = frozenset({Event.ALWAYS})


class Fact(StrEnum):
    """What a condition looks at."""

    TERM = "term"
    PLAN = "plan"
    STAGE = "stage"
    FROZEN = "frozen"
    LANGUAGE = "language"
    VISITS = "visits"
    VISITS_28 = "visits_28"
    SILENT = "silent"
    RENEWALS = "renewals"
    UNITS_LEFT = "units_left"
    NO_SHOWS = "no_shows"
    OWES = "owes"
    SPENT = "spent"


NUMBERS = frozenset(
    {
        Fact.VISITS,
        Fact.VISITS_28,
        Fact.SILENT,
        Fact.RENEWALS,
        Fact.UNITS_LEFT,
        Fact.NO_SHOWS,
        Fact.OWES,
        Fact.SPENT,
    }
)
SUMS = frozenset({Fact.OWES, Fact.SPENT})  # in the smallest unit of the club's currency


class Op(StrEnum):
    """How a condition compares."""

    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Goal(StrEnum):
    """What ends the pursuit: reached, nothing more is said."""

    VISIT = "visit"
    BOOKING = "booking"
    RENEWAL = "renewal"
    PAYMENT = "payment"
    PACKAGE = "package"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `value` is a word for choices and a whole number in digits for numbers."""

    fact: Fact
    op: Op
    value: str

    @property
    def number(self) -> int:
        """Return the value of a comparison of numbers."""
        return int(self.value)


@dataclass(frozen=True, slots=True)
class Trigger:
    """An own trigger; `follows` is the code whose end it waits for, when that is its event."""

    event: Event = Event.LAST_VISIT
    days: int = 0
    before: bool = False
    follows: str = ""
    conditions: tuple[Condition, ...] = field(default=())
    goal: Goal = Goal.VISIT


def faults_of(trigger: Trigger, code: str = "") -> dict[str, str]:
    """Return what makes no sense: the field and the name of the broken rule."""
    faults = {}
    if not 0 <= trigger.days <= LONGEST_WAIT:
        faults["days"] = "days_range"
    if trigger.event is Event.VISITS and trigger.days < 1:
        faults["days"] = "days_range"
    if trigger.before and trigger.event not in MAY_BE_BEFORE:
        faults["before"] = "only_after"
    if trigger.event is Event.TOUCHPOINT and trigger.follows in {"", code}:
        faults["follows"] = "follows_what"
    if trigger.event is Event.ALWAYS and not trigger.conditions:
        faults["event"] = "needs_condition"
    for place, one in enumerate(trigger.conditions, start=1):
        if one.fact in NUMBERS and not one.value.isdecimal():
            faults[f"number_{place}"] = "needs_number"
    return faults


def to_own(trigger: Trigger) -> dict[str, Any]:
    """Return the trigger as plain values for the store."""
    return {
        "event": trigger.event.value,
        "days": trigger.days,
        "before": trigger.before,
        "follows": trigger.follows,
        "conditions": [[one.fact.value, one.op.value, one.value] for one in trigger.conditions],
        "goal": trigger.goal.value,
    }


def from_own(own: Mapping[str, Any]) -> Trigger:
    """Return the trigger that was stored."""
    return Trigger(
        event=Event(own.get("event", Event.ALWAYS.value)),
        days=int(own.get("days", 0)),
        before=bool(own.get("before", False)),
        follows=str(own.get("follows", "")),
        conditions=tuple(
            Condition(Fact(fact), Op(op), str(value))
            for fact, op, value in own.get("conditions", ())
        ),
        goal=Goal(own.get("goal", Goal.NONE.value)),
    )


def window(trigger: Trigger, valid_days: int) -> tuple[int, int]:
    """Return the first and last distance in days at which the trigger fires.

    After an event the distance grows: from `days` on, as long as it is of use. Before one it
    shrinks: from `days` down, never past the event itself.
    """
    if trigger.event is Event.VISITS:
        return trigger.days, trigger.days + 2
    if trigger.before:
        return max(0, trigger.days - valid_days), trigger.days
    return trigger.days, trigger.days + valid_days
