"""Queries room: touchpoints in words: what they are called, where they stand, and why."""

from collections.abc import Sequence

from flask_babel import gettext as _

from clubcrm.card.member import Line
from clubcrm.card.queries.touchpoints import TouchRow
from clubcrm.core.formats import day_short, moment
from clubcrm.journeys.models import TouchState
from clubcrm.journeys.names import touch_name
from clubcrm.journeys.reasons import why_words
from clubcrm.messaging.models import MessageState


def look_of(touch: TouchRow) -> tuple[str, str, str]:
    """Return tone, word and icon of where a touchpoint stands."""
    looks = {
        None: ("", _("not sent"), "message-off"),
        TouchState.PLANNED: ("know", _("planned"), "clock"),
        TouchState.QUEUED: ("know", _("waits"), "hourglass"),
        TouchState.DELIVERED: ("go", _("done"), "check"),
        TouchState.CANCELLED: ("", _("taken back"), "arrow-back-up"),
        TouchState.SKIPPED: ("", _("not sent"), "message-off"),
        TouchState.HELD_OUT: ("", _("held out"), "user-off"),
        TouchState.EXPIRED: ("", _("too late"), "hourglass"),
    }
    return looks[touch.state]


def touch_lines(touches: Sequence[TouchRow], zone: str) -> list[Line]:
    """Return the touchpoints as lines, newest first, each with its reason in words."""
    return [_line(one, zone) for one in touches]


def _line(touch: TouchRow, zone: str) -> Line:
    tone, word, icon = look_of(touch)
    return Line(
        touch_name(touch.code),
        _sentence(touch, zone),
        tone,
        word,
        icon,
        day_short(touch.day),
        touch.code,
    )


def _sentence(touch: TouchRow, zone: str) -> str:
    if touch.sent_at is not None:
        return _("Sent by e-mail %(when)s.", when=moment(touch.sent_at, zone))
    if touch.message_state is MessageState.HELD:
        return _("The message is held back; the outbox says why.")
    if touch.why:
        return why_not(touch.why)
    if touch.performer == "front_desk":
        return _("A task for the front desk.")
    return _("By message, once the quiet hours are over.")


def why_not(why: str) -> str:
    """Return the reason for which something was not planned or not sent."""
    reasons = {
        "has_come": _("The member has come."),
        "came_today": _("The member came on the same day."),
        "frozen": _("The contract is frozen."),
        "cycle_over": _("The contract is over."),
        "dormant": _("Silent for so long that a person should speak, not a message."),
        "code_limit": _("This was said as often as it may be in one contract."),
        "code_too_soon": _("The same was said less than four weeks ago."),
        "contact_too_soon": _("Another contact was only days ago."),
        "week_full": _("Enough contacts in this week."),
        "month_full": _("Enough contacts in this month."),
        "budget_spent": _("Enough contacts in this contract."),
        "do_not_contact": _("This person does not want to be contacted."),
        "blocked": _("Something else has to be settled first."),
        "no_consent": _("There is no consent for this channel."),
        "no_address": _("There is no address that works."),
        "held_out": _("Held out, to measure what the message is worth."),
        "one_a_day": _("One contact a day is enough."),
        "too_late": _("It would have come too late to be of use."),
        "never_came": _("The member has never come."),
        "not_first_cycle": _("This is for newcomers only."),
        "already_planned": _("It was planned already."),
        "not_due": _("It was not due any more."),
    }
    return reasons.get(why) or why_words(why)
