"""Rules: the last word on each touchpoint of one member on one day: go, or why not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from clubcrm.journeys.rules.guardrails import CycleSpan, Pace, repeats_too_much, too_much
from clubcrm.journeys.rules.touchpoints import (
    Code,
    CycleFacts,
    Due,
    NotDue,
    Performer,
    Said,
    Why,
    due_touchpoints,
    stopped,
)

# Reasons that are the plain course of things; the others are kept, for the member's card.
ORDINARY = frozenset(
    {Why.NOT_DUE, Why.ALREADY_PLANNED, Why.HAS_COME, Why.NEVER_CAME, Why.NOT_FIRST_CYCLE}
)


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides whether a member is spoken to: facts, earlier talks, ways to reach."""

    facts: CycleFacts
    said: tuple[Said, ...] = ()
    contacts: Sequence[date] = ()
    no_way: Why | None = None
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on one touchpoint: `due` is None while it is not called for at all."""

    code: Code
    due: Due | None = None
    why: Why | None = None
    day: date | None = None

    @property
    def goes(self) -> bool:
        """Tell whether the touchpoint is to be planned now."""
        return self.due is not None and self.why is None

    @property
    def is_kept(self) -> bool:
        """Tell whether the reason is worth a line on the member's card."""
        return self.why is not None and self.why not in ORDINARY


def verdicts(situation: Situation, day: date) -> list[Verdict]:
    """Return the decision on every touchpoint of the journey for one member and day."""
    found = due_touchpoints(situation.facts, situation.said, day)
    return [
        Verdict(one.code, None, one.why, one.day)
        if isinstance(one, NotDue)
        else Verdict(one.touch.code, one, _against(one, situation, day))
        for one in found
    ]


def _against(due: Due, situation: Situation, day: date) -> Why | None:
    facts = situation.facts
    span = CycleSpan(facts.starts_on, facts.ends_on)
    why = (
        stopped(facts, day)
        or repeats_too_much(due, situation.said)
        or too_much(day, situation.contacts, span, situation.pace)
    )
    if why is None and due.touch.performer is Performer.AUTOMATIC:
        return situation.no_way
    return why
