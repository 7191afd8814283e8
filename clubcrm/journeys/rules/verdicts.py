"""Rules: the last word on each touchpoint of one member on one day: go, or why not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from clubcrm.journeys.rules.budget import spent
from clubcrm.journeys.rules.codes import Code, Performer, Why
from clubcrm.journeys.rules.cycle import CycleFacts, Said, Touch
from clubcrm.journeys.rules.due import Due, NotDue
from clubcrm.journeys.rules.guardrails import CycleSpan, repeats_too_much, too_much
from clubcrm.journeys.rules.settings import MARKETING, CodeRule, JourneySettings
from clubcrm.journeys.rules.shares import Arm, arm_of
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.journeys.rules.touchpoints import (
    WIN_BACK,
    due_touchpoints,
    is_counted,
    is_service,
    stopped,
)

# Reasons that are the plain course of things; the others are kept, for the member's card.
ORDINARY = frozenset(
    {
        Why.NOT_DUE,
        Why.ALREADY_PLANNED,
        Why.HAS_COME,
        Why.NEVER_CAME,
        Why.NOT_FIRST_CYCLE,
        Why.NOT_IN_TERM,
        Why.SWITCHED_OFF,
        Why.AUTO_RENEWS,
        Why.RENEWED,
        Why.ENOUGH_CONTACTS,
        Why.CYCLE_OVER,
    }
)
# Unfinished, these are said by message on the last day on which they are of use.
BY_MESSAGE_AT_LAST = frozenset({Code.ESCALATION, Code.RENEWAL_CALL})


def _can_be_said(_rule: CodeRule) -> Why | None:
    return None


@dataclass(frozen=True, slots=True)
class Situation:
    """All that decides whether a member is spoken to: facts, earlier talks, ways to reach.

    `contacts` are the days of counted contacts over all cycles, without tasks that still wait.
    `no_way` says why no marketing message can reach him, `no_service_way` why no service message;
    `unsaid` says of one touchpoint that it has no words, or no address by the ways it may take.
    """

    facts: CycleFacts
    said: tuple[Said, ...] = ()
    contacts: Sequence[date] = ()
    no_way: Why | None = None
    no_service_way: Why | None = None
    settings: JourneySettings = field(default_factory=default_settings)
    version: int = 0
    members: int = 0
    unsaid: Callable[[CodeRule], Why | None] = _can_be_said


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on one touchpoint: `due` is None while it is not called for at all.

    `arm` stands once all checks are passed; `instead_of` are waiting tasks that give way to it.
    """

    code: str
    due: Due | None = None
    why: Why | None = None
    day: date | None = None
    arm: Arm | None = None
    lost_to: str = ""
    instead_of: tuple[int, ...] = ()

    @property
    def passes(self) -> bool:
        """Tell whether all checks are passed, whatever the lot says."""
        return self.arm is not None

    @property
    def goes(self) -> bool:
        """Tell whether the touchpoint is to be planned now."""
        return self.arm is not None and not self.arm.held_out

    @property
    def is_kept(self) -> bool:
        """Tell whether the reason is worth a line on the member's card."""
        return self.why is not None and not self.passes and self.why not in ORDINARY

    @property
    def why_text(self) -> str:
        """The reason as it is stored; for a lost competition with the winner."""
        if self.why is None:
            return ""
        return f"{self.why.value}:{self.lost_to}" if self.lost_to else self.why.value


def verdicts(
    situation: Situation,
    day: date,
    full: frozenset[Performer] = frozenset(),
    *,
    ordinary: bool = True,
) -> list[Verdict]:
    """Return the decision on every touchpoint of the journey for one member and day.

    What is not called for in the plain course of things is left out unless `ordinary` is wanted.

    Those that pass the checks compete for the day: service first, then by priority, then the older,
    then by code. Who is held out leaves the day to the next.
    """
    found = due_touchpoints(situation.facts, situation.said, day, situation.settings)
    called = sorted((one for one in found if isinstance(one, Due)), key=_precedence)
    judged: dict[str, Verdict] = {}
    winner = ""
    for due in called:
        verdict = _judge(due, situation, day, full, winner)
        judged[due.touch.code] = verdict
        if verdict.goes and not is_service(verdict.code):
            winner = winner or verdict.code
    return [
        Verdict(one.code, None, one.why, one.day)
        if isinstance(one, NotDue)
        else judged[one.touch.code]
        for one in found
        if ordinary or isinstance(one, Due) or one.why not in ORDINARY
    ]


def _precedence(due: Due) -> tuple[bool, int, date, str]:
    touch = due.touch
    return (not is_service(touch.code), -touch.priority, due.eligible_on, touch.code)


def _judge(
    due: Due, situation: Situation, day: date, full: frozenset[Performer], winner: str
) -> Verdict:
    code, facts = due.touch.code, situation.facts
    rule = situation.settings.codes[code]
    due, why = _performed(due, rule, situation, day, full)
    waiting = [one for one in situation.said if one.waiting and one.priority >= rule.priority]
    why = (
        stopped(facts, day, code)
        or repeats_too_much(due, situation.said, rule)
        or why
        or _crowded(due, situation, day, len(waiting))
    )
    if why is not None:
        return Verdict(code, due, why)
    if winner and not is_service(code):
        return Verdict(code, due, Why.LOST_TO, lost_to=winner)
    arm = arm_of(rule, situation.settings.trial, situation.members, _lot(facts))
    held = None
    if arm.held_out:
        held = Why.CONTROL if arm.is_control else Why.HELD_OUT
    return Verdict(code, due, held, arm=arm, instead_of=_giving_way(situation, rule))


def _lot(facts: CycleFacts) -> tuple[int, int]:
    return facts.person_id, facts.cycle_no


def _giving_way(situation: Situation, rule: CodeRule) -> tuple[int, ...]:
    if is_service(rule.code):
        return ()
    return tuple(one.id for one in situation.said if one.waiting and one.priority < rule.priority)


def _crowded(due: Due, situation: Situation, day: date, waiting: int) -> Why | None:
    code, facts = due.touch.code, situation.facts
    if is_service(code):
        return None
    if waiting:
        return Why.CONTACT_TOO_SOON
    firm = tuple(one for one in situation.said if not one.waiting)
    if is_counted(code):
        why = spent(code, facts, firm, day, situation.settings)
        if why is not None:
            return why
    span = CycleSpan(facts.starts_on, facts.ends_on)
    return too_much(day, situation.contacts, span, situation.settings.pace, code)


def _performed(
    due: Due, rule: CodeRule, situation: Situation, day: date, full: frozenset[Performer]
) -> tuple[Due, Why | None]:
    """Return who speaks in the end, and why nobody can: no way, too long away, too much work."""
    touch = due.touch
    dormant = situation.facts.silent_days >= situation.settings.rhythm.dormant_at
    why = None
    if touch.performer is Performer.AUTOMATIC:
        touch, why = _by_message(touch, rule, situation, dormant=dormant)
    if touch.performer is not Performer.AUTOMATIC and touch.performer in full:
        at_last = touch.code in BY_MESSAGE_AT_LAST and day >= due.valid_until
        if at_last and _silence(rule, situation) is None:
            touch, why = replace(touch, performer=Performer.AUTOMATIC), None
        else:
            why = Why.NO_CAPACITY
    return replace(due, touch=touch), why


def _by_message(
    touch: Touch, rule: CodeRule, situation: Situation, *, dormant: bool
) -> tuple[Touch, Why | None]:
    by_desk = replace(touch, performer=Performer.FRONT_DESK)
    if dormant and rule.purpose == MARKETING and touch.code not in WIN_BACK:
        # Who has been away this long hears a person, or nothing.
        return (by_desk, None) if rule.dormant_task else (touch, Why.DORMANT)
    no_way = _silence(rule, situation)
    if no_way is None:
        return touch, None
    if rule.else_task and no_way is not Why.DO_NOT_CONTACT:
        return by_desk, None
    return touch, no_way


def _silence(rule: CodeRule, situation: Situation) -> Why | None:
    """Return why nothing can be written; asked before the lot, so that both arms are alike."""
    no_way = situation.no_way if rule.purpose == MARKETING else situation.no_service_way
    return no_way or situation.unsaid(rule)
