"""Rules: what a cycle may still hold when the contacts that are sure to come are kept free."""

from collections.abc import Sequence
from datetime import date

from clubcrm.journeys.rules.codes import Code, Why
from clubcrm.journeys.rules.cycle import CycleFacts, Said
from clubcrm.journeys.rules.due import share_of_term
from clubcrm.journeys.rules.settings import CodeRule, JourneySettings
from clubcrm.journeys.rules.touchpoints import RENEWAL, SILENCES, is_counted

# What everybody gets in his turn; it never waits for a free place in the budget.
SURE = frozenset(
    {Code.WELCOME, Code.START_SESSION, Code.TWO_WEEKS, Code.FIRST_MONTH, Code.HALF_WAY} | RENEWAL
)
_FIRST = (Code.START_SESSION, Code.TWO_WEEKS, Code.FIRST_MONTH)


def spent(
    code: str, facts: CycleFacts, said: Sequence[Said], day: date, settings: JourneySettings
) -> Why | None:
    """Say whether the cycle's budget is used up for this touchpoint, or None."""
    if not is_counted(code):
        return None
    budget = settings.budgets[facts.led_as]
    contacts = sum(one.spoken and is_counted(one.code) for one in said)
    kept_free = 0 if code in SURE else len(_still_due(code, facts, said, day, settings))
    return Why.BUDGET_SPENT if contacts + kept_free >= budget.most else None


def _still_due(
    code: str, facts: CycleFacts, said: Sequence[Said], day: date, settings: JourneySettings
) -> list[str]:
    """Return the sure contacts that lie ahead; a silence may take the place of the review."""
    known = {one.code for one in said if not one.gave_way}
    wanted = [] if facts.renewed or facts.rolls or facts.ends_on is None else list(RENEWAL)
    if facts.onboarding:
        wanted += _FIRST
    if code not in SILENCES:
        wanted.append(Code.HALF_WAY)
    return [
        one
        for one in wanted
        if one not in known
        and (rule := settings.rule(one)) is not None
        and _lies_ahead(rule, facts, day)
    ]


def _lies_ahead(rule: CodeRule, facts: CycleFacts, day: date) -> bool:
    in_renewal = rule.code in RENEWAL
    by_own_term = in_renewal or rule.code in _FIRST
    if not rule.on or (facts.term if by_own_term else facts.led_as) not in rule.terms:
        return False
    if in_renewal:
        left = (facts.ends_on - day).days if facts.ends_on else 0
        return left >= share_of_term(rule, facts.term_days) - rule.valid_days
    if rule.code == Code.HALF_WAY:
        age = (day - facts.span_from).days
        return age <= share_of_term(rule, facts.span_days) + rule.valid_days
    return facts.age <= share_of_term(rule, facts.term_days) + rule.valid_days
