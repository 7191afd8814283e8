"""Queries room: the journey's parts in words: touchpoints with their aim, stages, performers."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from clubcrm.journeys.rules.stages import StageSettings
from clubcrm.messaging.text_words import code_words

POTENTIAL, RENEWAL = "potential", "renewal"


_WIDER = {
    "J06": _l("Silence"),
    "X4": _l("Receipts and notices"),
    "X8": _l("Renewal notice"),
}
_AIMS = {
    "J01": _l("Thanks for joining, opening hours, and the start session booked."),
    "J02": _l("Who has not come yet hears that the first session is ready; a friend is free."),
    "J03": _l("Half an hour with a trainer: a plan, a first goal, the next date."),
    "J04": _l("After two weeks: a fixed weekday and hour for who comes rarely, else praise."),
    "J05": _l("Goal and visits compared after the first month; a class not tried yet."),
    "J06": _l("Who stops coming is missed: first by message, then by a person."),
    "J06a": _l("Who stops coming hears that he is missed, with a bonus for returning."),
    "J06b": _l("A person asks why, and offers a freeze, a trial class or an open ear."),
    "J07": _l("Who comes half as often as before talks with a trainer at the next visit."),
    "J08": _l("Visits 10, 25, 50, 100 and 150 are celebrated."),
    "J09": _l("A greeting with a week's pass for a friend; nothing is sold."),
    "J10": _l("The sessions left are booked and the package is renewed in time."),
    "J11": _l("After a quiet spell: something new that fits the member's interests."),
    "J12": _l("Half of the term: visits, progress, and how the member likes it."),
    "J13a": _l("The member's year on one page, and the price kept for an early yes."),
    "J13b": _l("A person asks for the renewal before the term ends."),
    "J13c": _l("The last days: renewing in one tap."),
    "J14a": _l("Just ended: the price is kept for two weeks."),
    "J14b": _l("A person asks for the reason and listens."),
    "J14c": _l("A last invitation that answers the reason; then the club is silent."),
    "X1": _l("A declined payment is said at once, again on day 3, and by the desk on day 7."),
    "X2": _l("Three days before a freeze ends: the first session is booked."),
    "X3": _l("A manager answers every complaint within a day."),
    "X4": _l("Receipts and what the law asks for."),
    "X8": _l("Who renews without asking hears of it two weeks before."),
}


def touch_name(code: str) -> str:
    """Return what a touchpoint is called, as its message where that says the same."""
    wider = _WIDER.get(code)
    return str(wider) if wider is not None else code_words(code)


def touch_aim(code: str) -> str:
    """Return in one sentence what a touchpoint is for."""
    return str(_AIMS.get(code, ""))


def stage_words(stage: str) -> str:
    """Return what a stage of the journey is called."""
    words = {
        POTENTIAL: _("Not yet a member"),
        "adaptation": _("Adaptation"),
        "active": _("Active"),
        "regular": _("Regular"),
        "at_risk": _("At risk"),
        "frozen": _("Frozen"),
        RENEWAL: _("Renewal time"),
        "lapsed": _("Lapsed"),
        "lost": _("Lost"),
    }
    return words.get(stage, stage)


def stage_meaning(stage: str, rule: StageSettings) -> str:
    """Return the definition of a stage in one sentence, with the club's own numbers."""
    meanings = {
        POTENTIAL: _("Known to the club, and never had a membership."),
        "adaptation": _(
            "The first %(days)s days; up to %(longest)s while somebody comes rarely.",
            days=rule.adaptation_days,
            longest=rule.adaptation_longest,
        ),
        "active": _("Comes often enough not to worry about."),
        "regular": _(
            "Has renewed at least once and comes %(visits)s times in four weeks.",
            visits=rule.regular_visits,
        ),
        "at_risk": _("Silent for longer than usual, or coming half as often as before."),
        "frozen": _("The membership stands still for a while."),
        RENEWAL: _("The end is near and nothing is signed; these members stand in a stage, too."),
        "lapsed": _("Ended in the last %(days)s days and not renewed.", days=rule.lost_after),
        "lost": _("Ended more than %(days)s days ago.", days=rule.lost_after),
    }
    return meanings.get(stage, "")


def performer_words(performer: str) -> str:
    """Return who speaks."""
    words = {
        "automatic": _("message"),
        "front_desk": _("front desk"),
        "trainer": _("trainer"),
        "manager": _("manager"),
        "sales": _("sales"),
    }
    return words.get(performer, performer)
