"""Queries room: in plain words, why somebody is not spoken to, or not now."""

from flask_babel import gettext as _

from clubcrm.journeys.names import touch_name
from clubcrm.journeys.rules.codes import Why
from clubcrm.messaging.words import reason


def why_words(why: str) -> str:
    """Return the sentence for a reason of the journey or of the outbox."""
    code, _colon, other = why.partition(":")
    if code == Why.LOST_TO.value and other:
        return _("%(other)s mattered more on that day.", other=f"{other} {touch_name(other)}")
    known = {**_lots(), **_pace(), **_stops(), **_ends()}
    return known[why] if why in known else reason(why)


def plain_words(why: str) -> str:
    """Return the same, also for what is the plain course of things."""
    ordinary = {
        Why.ALREADY_PLANNED.value: _("It is planned already."),
        Why.NEVER_CAME.value: _("Who has never come is invited, not missed."),
        Why.NOT_FIRST_CYCLE.value: _("It is for newcomers."),
        Why.HAS_COME.value: _("The member has come."),
        Why.NOT_IN_TERM.value: _("It is not part of a term of this length."),
        Why.SWITCHED_OFF.value: _("The club has switched it off."),
        Why.AUTO_RENEWS.value: _("The contract goes on by itself."),
        Why.ENOUGH_CONTACTS.value: _("The member has heard enough so far."),
    }
    return ordinary.get(why) or why_words(why)


def _lots() -> dict[str, str]:
    return {
        Why.HELD_OUT.value: _("Left alone on purpose, to see what the touchpoint is worth."),
        Why.CONTROL.value: _("Left alone on purpose, to see what the whole journey is worth."),
    }


def _pace() -> dict[str, str]:
    return {
        Why.TOO_LATE.value: _("Its time had passed before anybody looked."),
        Why.CODE_LIMIT.value: _("It has been said as often as it may be in this membership."),
        Why.CODE_TOO_SOON.value: _("The same was said less than four weeks before."),
        Why.CONTACT_TOO_SOON.value: _("Another contact was only days ago."),
        Why.ONE_A_DAY.value: _("There was another contact on the same day."),
        Why.WEEK_FULL.value: _("There were enough contacts this week."),
        Why.MONTH_FULL.value: _("There were enough contacts this month."),
        Why.BUDGET_SPENT.value: _("There were enough contacts this year."),
        Why.TALKED_LATELY.value: _("A person has talked about it in the last four weeks."),
        Why.NO_CAPACITY.value: _("Staff had no time left on that day."),
        Why.NO_TEXT.value: _("There are no words for it yet."),
        "done": "",
        "not_now": _("Staff decided against it."),
    }


def _stops() -> dict[str, str]:
    return {
        Why.COMPLAINT.value: _("An open complaint comes first."),
        Why.REFUND_DISPUTE.value: _("A dispute about money comes first."),
        Why.INJURED.value: _("The member is hurt: only care, no offers."),
        Why.NO_GUARDIAN.value: _("Under age, and no guardian has agreed."),
        Why.DECEASED.value: _("The member has died."),
        Why.DORMANT.value: _("Away for four weeks or more: a person or nothing."),
        Why.HAS_BOOKING.value: _("There is a booking in the next days."),
        Why.BOUNCED.value: _("The only address does not work any more."),
    }


def _ends() -> dict[str, str]:
    return {
        Why.RENEWED.value: _("The member has renewed."),
        Why.MOVED_AWAY.value: _("Who has moved away is not chased."),
        Why.GOAL_REACHED.value: _("What it was for has been reached."),
    }
