"""Rules: which touchpoints a member's facts call for, and whether a planned one is still wanted."""

from datetime import date

from clubcrm.journeys.rules.codes import Code, Performer, Term, Why
from clubcrm.journeys.rules.cycle import CycleFacts, Package, Said, Touch
from clubcrm.journeys.rules.due import Asked, Due, NotDue
from clubcrm.journeys.rules.endings import ENDINGS
from clubcrm.journeys.rules.settings import JourneySettings
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.journeys.rules.triggers import TRIGGERS

__all__ = [
    "Code",
    "CycleFacts",
    "Due",
    "NotDue",
    "Package",
    "Performer",
    "Said",
    "Touch",
    "Why",
    "due_touchpoints",
    "is_counted",
    "is_service",
    "still_wanted",
    "stopped",
]

RULES = {**TRIGGERS, **ENDINGS}
ONBOARDING = frozenset(
    {Code.WELCOME, Code.FIRST_VISIT, Code.START_SESSION, Code.TWO_WEEKS, Code.FIRST_MONTH}
)
RENEWAL = frozenset({Code.EARLY_BIRD, Code.RENEWAL_CALL, Code.LAST_WEEK})
WIN_BACK = frozenset({Code.LAPSED, Code.ASK_REASON, Code.WIN_BACK})
BY_OWN_TERM = ONBOARDING | RENEWAL | WIN_BACK
SILENCES = frozenset({Code.SILENCE, Code.ESCALATION})
# What may still be said to somebody who is hurt: a person asks how he is.
CARE = frozenset({Code.ESCALATION})


def is_service(code: str) -> bool:
    """Say whether a message is part of the service: outside budget, pace and hold-outs."""
    return code.startswith("X")


def is_counted(code: str) -> bool:
    """Say whether a contact counts towards the budget of its cycle."""
    return not is_service(code) and code not in WIN_BACK


def due_touchpoints(
    facts: CycleFacts, said: tuple[Said, ...], day: date, settings: JourneySettings | None = None
) -> list[Due | NotDue]:
    """Return for each touchpoint of the journey that it is due, or why it is not."""
    chosen = settings or default_settings()
    before: dict[str, list[Said]] = {}
    for one in said:
        before.setdefault(one.code, []).append(one)
    terms = facts.term, facts.led_as
    return [
        _look(Asked(rule, facts, said, day, chosen, before.get(rule.code, ())), terms)
        for rule in chosen.codes.values()
        if rule.code in RULES or rule.code in facts.own
    ]


def _look(asked: Asked, terms: tuple[Term, Term]) -> Due | NotDue:
    rule = asked.rule
    if not rule.on:
        return asked.no(Why.SWITCHED_OFF)
    own, led_as = terms
    if (own if rule.code in BY_OWN_TERM else led_as) not in rule.terms:
        return asked.no(Why.NOT_IN_TERM)
    if rule.code in RULES:
        return RULES[rule.code](asked)
    return _own(asked)


def _own(asked: Asked) -> Due | NotDue:
    """A trigger of the club's own, whose conditions hold today."""
    earlier = asked.mine()
    if earlier:
        last = max(one.eligible_on for one in earlier)
        if not asked.rule.apart_days or (asked.day - last).days < asked.rule.apart_days:
            return asked.no(Why.ALREADY_PLANNED)
    return asked.since(0)


def still_wanted(code: str, planned_on: date, facts: CycleFacts, day: date) -> Why | None:
    """Say why a planned touchpoint has become pointless, or None while it is wanted."""
    if facts.do_not_contact or facts.deceased:
        return Why.DO_NOT_CONTACT
    if code in SILENCES or code == Code.FIRST_VISIT:
        why = _back_again(code, planned_on, facts, day)
        if why is not None:
            return why
    if code in RENEWAL | WIN_BACK and facts.renewed:
        return Why.RENEWED
    if code in WIN_BACK and facts.moved_away:
        return Why.MOVED_AWAY
    silenced = stopped(facts, day, code)
    if silenced is None and code == Code.SILENCE and facts.silent_days < facts.d_star:
        # A visit that was told late has ended the silence before it was planned for.
        return Why.HAS_COME
    return silenced


def _back_again(code: str, planned_on: date, facts: CycleFacts, day: date) -> Why | None:
    last = facts.last_visit_on
    if last is not None and last >= day:
        return Why.CAME_TODAY
    if last is not None and (last >= planned_on or code == Code.FIRST_VISIT):
        return Why.HAS_COME
    return None


def stopped(facts: CycleFacts, day: date, code: str = "") -> Why | None:
    """Say what silences every touchpoint but service messages, or None."""
    if facts.deceased:
        return Why.DECEASED
    if facts.do_not_contact:
        return Why.DO_NOT_CONTACT
    if is_service(code):
        return None
    return _held_back(facts, code) or _out_of_time(facts, day, code)


def _held_back(facts: CycleFacts, code: str) -> Why | None:
    stops = (
        (facts.blocked, Why.BLOCKED),
        (facts.complaint, Why.COMPLAINT),
        (facts.dispute, Why.REFUND_DISPUTE),
        (facts.injured and code not in CARE, Why.INJURED),
        (facts.without_guardian, Why.NO_GUARDIAN),
        (facts.frozen, Why.FROZEN),
    )
    return next((why for holds, why in stops if holds), None)


def _out_of_time(facts: CycleFacts, day: date, code: str) -> Why | None:
    if code in WIN_BACK:
        return None if facts.over(day) else Why.RENEWED
    return Why.CYCLE_OVER if facts.over(day) else None
