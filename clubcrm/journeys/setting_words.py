"""Queries room: the numbers of the journey in words: what each is called and how it reads."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core.formats import number
from clubcrm.journeys.names import performer_words, touch_name
from clubcrm.journeys.own_words import trigger_words
from clubcrm.journeys.rules.changes import Change
from clubcrm.journeys.rules.codes import Code, Term
from clubcrm.journeys.rules.own import from_own
from clubcrm.journeys.rules.settings import CodeRule


def rule_name(rule: CodeRule) -> str:
    """Return what a touchpoint is called, by the club's own name where it has one."""
    return rule.name or touch_name(rule.code)


def term_words(term: str) -> str:
    """Return the kind of cycle in words."""
    words = {
        Term.YEAR.value: _("a year"),
        Term.HALF.value: _("half a year"),
        Term.QUARTER.value: _("a quarter"),
        Term.MONTH.value: _("a month"),
    }
    return words.get(term, term)


def channel_words(channel: str) -> str:
    """Return what a channel is called."""
    words = {"sms": "SMS", "telegram": "Telegram", "whatsapp": "WhatsApp", "email": _("e-mail")}
    return words.get(channel, channel)


def when_words(rule: CodeRule) -> str:
    """Return in one phrase when a touchpoint fires."""
    if rule.own:
        return trigger_words(from_own(rule.own))
    first = rule.days[0] if rule.days else 0
    second = rule.days[1] if len(rule.days) > 1 else 0
    count = rule.counts[0] if rule.counts else 0
    words: Mapping[str, str] = {
        Code.WELCOME: _("on the first day"),
        Code.FIRST_VISIT: _(
            "no visit on day %(first)s, and again on day %(second)s", first=first, second=second
        ),
        Code.START_SESSION: _(
            "day %(day)s, or the next visit after day %(early)s", day=first, early=second
        ),
        Code.TWO_WEEKS: _("day %(day)s", day=first),
        Code.FIRST_MONTH: _("day %(day)s", day=first),
        Code.SILENCE: _("silent for longer than usual"),
        Code.ESCALATION: _("still silent a week later"),
        Code.SLUMP: _("comes half as often as before"),
        Code.MILESTONE: _("visit %(list)s", list=", ".join(map(str, rule.counts))),
        Code.BIRTHDAY: _("on the birthday"),
        Code.PACKAGE_LOW: _(
            "%(count)s units left, or %(days)s days before they expire", count=count, days=first
        ),
        Code.INVITATION: _("after a quiet spell, while there is room in the budget"),
        Code.HALF_WAY: _("half of the term"),
        Code.EARLY_BIRD: _before(first),
        Code.RENEWAL_CALL: _before(first),
        Code.LAST_WEEK: _before(first),
        Code.RENEWAL_NOTICE: _before(first),
        Code.LAPSED: _after(first),
        Code.ASK_REASON: _after(first),
        Code.WIN_BACK: _after(first),
        Code.PAYMENT_DECLINED: _("a payment is declined"),
        Code.FREEZE_ENDS: _("%(days)s days before the freeze ends", days=first),
        Code.COMPLAINT: _("a complaint is open"),
        Code.NOTICE: _("when there is something to say"),
    }
    return words.get(rule.code, "")


def _before(days: int) -> str:
    return ngettext("%(num)s day before the end", "%(num)s days before the end", days)


def _after(days: int) -> str:
    return ngettext("%(num)s day after the end", "%(num)s days after the end", days)


def field_words(part: str, name: str) -> str:
    """Return what a number is called."""
    return _labels(part).get(name, name)


def _labels(part: str) -> Mapping[str, str]:
    return {
        "codes": _code_labels(),
        "budgets": {
            "least": _("Contacts at least"),
            "most": _("Contacts at most"),
            "quiet_days": _("Quiet days before an invitation"),
            "slope": _("Contacts wanted by the end"),
            "start": _("Contacts wanted at the start"),
        },
        "pace": {
            "gap_days": _("Days between two contacts"),
            "gap_days_at_edges": _("Days between two contacts in the first and last days"),
            "edge_days": _("How many days count as first and last"),
            "birthday_gap_days": _("Days between a greeting and another contact"),
            "per_week": _("Contacts in 7 days at most"),
            "per_month": _("Contacts in 30 days at most"),
            "per_first_month": _("Contacts in the first 30 days at most"),
            "budget": _("Contacts in 365 days at most"),
            "booked_ahead_days": _("Who has booked so many days ahead is not called silent"),
        },
        "rhythm": {
            "newcomer_visits": _("Visits up to which somebody is a newcomer"),
            "shortest_silence": _("Silence that worries at the earliest, in days"),
            "longest_silence": _("Silence that worries at the latest, in days"),
            "gap_factor": _("Own gaps that may pass"),
            "escalate_after": _("Days until a person speaks"),
            "dormant_at": _("Days after which no message is sent any more"),
            "gap_window": _("Days from which the own gap is taken"),
            "slump_tenure": _("Days of membership before a slump is looked for"),
            "slump_baseline_visits": _("Visits in four weeks that make a habit"),
            "slump_percent": _("A slump is below this share of the habit, in percent"),
            "slump_silence_below": _("A slump is only seen below this silence, in days"),
            "slump_apart": _("Days between two slumps"),
        },
        "stages": _stage_labels(),
        "hours": {
            "quiet_from": _("No messages from"),
            "quiet_to": _("No messages until"),
            "calls_from": _("Calls from"),
            "calls_to": _("Calls until"),
            "no_call_weekdays": _("No calls on"),
            "greeting_from": _("Birthday greetings from"),
        },
        "trial": {
            "salt": _("Word that the lots are drawn with"),
            "control": _("Members left alone altogether"),
            "questions": _("Touchpoints that are tried out first, by their codes"),
            "least_members": _("Members a club needs to try anything out"),
        },
        "capacity": {
            "calls": _("Calls a worker can make a day"),
            "talks": _("Talks a worker can hold a day"),
        },
    }.get(part, {})


def _stage_labels() -> Mapping[str, str]:
    return {
        "adaptation_days": _("Days of adaptation"),
        "adaptation_longest": _("Days of adaptation for who comes rarely"),
        "adaptation_visits": _("Fewer visits in four weeks are rare"),
        "regular_visits": _("Visits in four weeks of a regular"),
        "lost_after": _("Days after the end until a member is lost"),
        "renewal_days": _("Days of renewal time, a third of the term at most"),
        "return_visits": _("Visits that end a risk"),
        "return_days": _("within so many days"),
    }


def _code_labels() -> Mapping[str, str]:
    return {
        "priority": _("Priority"),
        "valid_days": _("Of use for days"),
        "on": _("Switched on"),
        "performer": _("Who speaks"),
        "days": _("Days"),
        "share": _("Share of the term, if that is nearer"),
        "least": _("But never fewer days than"),
        "counts": _("Numbers"),
        "most": _("Times in a membership at most"),
        "apart_days": _("Days between two times"),
        "terms": _("For terms of"),
        "channels": _("Channels in order"),
        "purpose": _("Purpose"),
        "hold_out": _("Held out"),
        "on_arrival": _("When the member arrives"),
        "else_task": _("A task when no message can go"),
        "minutes": _("Minutes of staff"),
        "discount_minor": _("Discount"),
        "name": _("Name"),
        "own": _("When it fires"),
    }


def change_words(change: Change) -> dict[str, str]:
    """Return a difference in words: of what, which number, before and after."""
    whose = {
        "codes": f"{touch_name(change.key)} {change.key}",
        "budgets": _("Budget for %(term)s", term=term_words(change.key)),
    }
    return {
        "whose": whose.get(change.part, _("All touchpoints")),
        "what": field_words(change.part, change.name),
        "before": value_words(change, change.before),
        "after": value_words(change, change.after),
    }


def value_words(change: Change, value: Any) -> str:
    """Return a value as it reads; nothing reads as a dash."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if change.name in {"hold_out", "control"}:
        return _("by the size of the club") if value is None else percent(value)
    if change.name == "share":
        return percent(value or 0)
    if change.name == "performer":
        return performer_words(str(value)) if value else "–"
    if change.name == "own":
        return trigger_words(from_own(value)) if value else "–"
    if isinstance(value, list):
        return ", ".join(_entry(change.name, one) for one in value) or "–"
    if isinstance(value, float):
        return number(value)
    return "–" if value in (None, "", {}) else str(value)


def _entry(name: str, value: Any) -> str:
    if name == "terms":
        return term_words(str(value))
    if name == "channels":
        return channel_words(str(value))
    if name == "no_call_weekdays":
        return weekday_words(int(value))
    return str(value)


def weekday_words(weekday: int) -> str:
    """Return a weekday in full, Monday being 0."""
    names = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return names[weekday]


def percent(share: float) -> str:
    """Return a share in percent."""
    return f"{number(round(share * 100, 1))} %"
