"""Rules: when the touchpoints around the end of a cycle are called for: J13, J14 and notices."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from clubcrm.journeys.rules.codes import Code, Why
from clubcrm.journeys.rules.cycle import RELATIONSHIP_YEAR
from clubcrm.journeys.rules.due import Asked, Due, NotDue, share_of_term


def renewal(asked: Asked) -> Due | NotDue:
    """J13: so many days before the end, until somebody has renewed."""
    facts = asked.facts
    if facts.renewed:
        return asked.no(Why.RENEWED)
    if facts.rolls or facts.ends_on is None:
        return asked.no(Why.AUTO_RENEWS)
    if facts.over(asked.day):
        return asked.no(Why.CYCLE_OVER)
    ahead = share_of_term(asked.rule, facts.term_days)
    return asked.once(ahead - (facts.ends_on - asked.day).days)


def renewal_notice(asked: Asked) -> Due | NotDue:
    """X8: who is renewed without a word of his own hears of it in time."""
    facts = asked.facts
    if not facts.rolls:
        return asked.no(Why.NOT_DUE)
    if facts.ends_on is not None:
        return asked.no(Why.CYCLE_OVER)
    together = (asked.day - facts.starts_on).days % RELATIONSHIP_YEAR
    ahead = share_of_term(asked.rule, RELATIONSHIP_YEAR)
    late = ahead - (RELATIONSHIP_YEAR - together)
    if any((asked.day - one.eligible_on).days < RELATIONSHIP_YEAR // 2 for one in asked.mine()):
        return asked.no(Why.ALREADY_PLANNED)
    if late < 0:
        return asked.no(Why.NOT_DUE, asked.day - timedelta(days=late))
    return asked.since(late)


def lapsed(asked: Asked) -> Due | NotDue:
    """J14: so many days after the end without renewal, and never to who has moved away."""
    facts = asked.facts
    if facts.renewed:
        return asked.no(Why.RENEWED)
    if facts.ends_on is None or not facts.over(asked.day):
        return asked.no(Why.NOT_DUE)
    if facts.moved_away:
        return asked.no(Why.MOVED_AWAY)
    return asked.once((asked.day - facts.ends_on).days - asked.rule.days[0])


def freeze_ends(asked: Asked) -> Due | NotDue:
    """X2: some days before a freeze is over, once per freeze."""
    facts = asked.facts
    if facts.frozen_until is None:
        return asked.no(Why.NOT_DUE)
    if any(one.about == facts.freeze_id for one in asked.mine()):
        return asked.no(Why.ALREADY_PLANNED)
    ahead = asked.rule.days[0] - (facts.frozen_until - asked.day).days
    if ahead < 0:
        return asked.no(Why.NOT_DUE, asked.day - timedelta(days=ahead))
    return asked.since(ahead, about=facts.freeze_id)


ENDINGS: Mapping[str, Callable[[Asked], Due | NotDue]] = {
    Code.EARLY_BIRD: renewal,
    Code.RENEWAL_CALL: renewal,
    Code.LAST_WEEK: renewal,
    Code.RENEWAL_NOTICE: renewal_notice,
    Code.LAPSED: lapsed,
    Code.ASK_REASON: lapsed,
    Code.WIN_BACK: lapsed,
    Code.FREEZE_ENDS: freeze_ends,
}
