"""Queries room: calls and talks in words: why, what to say, what it came to."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.messaging.calls import CallScript, call_script
from clubcrm.tasks.models import Task, TaskWork
from clubcrm.tasks.outcomes import AttemptOutcome

QUOTES = ' "“”„«»'


def script_of(task: Task, work: TaskWork | None, given_name: str) -> CallScript:
    """Return goal and first sentence of a call or talk; the task's own words where it has some."""
    found = call_script(work.code, str(get_locale() or "en")) if work and work.code else None
    own = _(task.sentence) if task.sentence else ""
    if found is None or task.kind == "complaint":
        return CallScript("", own)
    sentence = found.sentence.replace("{given_name}", given_name)
    return CallScript(found.goal, sentence.strip(QUOTES))


def why_words(facts: Mapping[str, Any]) -> str:
    """Return in a sentence or two what a call or talk is for, from the facts it was planned by."""
    said = [words for name, words in _WHYS if name in facts and facts[name] is not None]
    return " ".join(filter(None, (one(facts) for one in said)))


def _silence(facts: Mapping[str, Any]) -> str:
    days = int(facts["silent_days"])
    if facts.get("visits") == 0:
        return ngettext(
            "Joined %(num)s day ago and has not come yet.",
            "Joined %(num)s days ago and has not come yet.",
            days,
        )
    if days < int(facts.get("d_star") or 7):
        return ""
    return ngettext("Not here for %(num)s day.", "Not here for %(num)s days.", days)


def _slump(_facts: Mapping[str, Any]) -> str:
    return _("Comes less than half as often as before.")


def _few(facts: Mapping[str, Any]) -> str:
    return ngettext(
        "%(num)s visit in the first two weeks.",
        "%(num)s visits in the first two weeks.",
        int(facts["v14"]),
    )


def _ends(facts: Mapping[str, Any]) -> str:
    day = _day(facts["ends_on"])
    return _("The plan ends on %(day)s.", day=day) if day else ""


def _units(facts: Mapping[str, Any]) -> str:
    return ngettext(
        "%(num)s session is left.", "%(num)s sessions are left.", int(facts["units_left"])
    )


def _expires(facts: Mapping[str, Any]) -> str:
    day = _day(facts["expires_on"])
    return _("They expire on %(day)s.", day=day) if day else ""


def _score(facts: Mapping[str, Any]) -> str:
    said = _("Answered %(score)s of 10.", score=facts["score"])
    return f"{said} “{facts['words']}”" if facts.get("words") else said


def _lapsed(facts: Mapping[str, Any]) -> str:
    day = _day(facts["lapsed_on"])
    return _("The plan ended on %(day)s and was not renewed.", day=day) if day else ""


_WHYS = (
    ("silent_days", _silence),
    ("slump", _slump),
    ("v14", _few),
    ("ends_on", _ends),
    ("units_left", _units),
    ("expires_on", _expires),
    ("score", _score),
    ("lapsed_on", _lapsed),
)


def _day(value: Any) -> str:
    try:
        return formats.day(value if isinstance(value, date) else date.fromisoformat(str(value)))
    except ValueError:
        return ""


def outcome_words(outcome: AttemptOutcome) -> str:
    """Return what a try came to, as the button says it."""
    return {
        AttemptOutcome.REACHED: _("We talked"),
        AttemptOutcome.WILL_RENEW: _("Goes on"),
        AttemptOutcome.WANTS_FREEZE: _("Wants a freeze"),
        AttemptOutcome.NOT_RENEWING: _("Does not go on"),
        AttemptOutcome.COMPLAINT: _("Has a complaint"),
        AttemptOutcome.INJURY: _("Is injured or ill"),
        AttemptOutcome.NO_ANSWER: _("No answer"),
        AttemptOutcome.CALL_BACK: _("Call back at"),
        AttemptOutcome.WRONG_NUMBER: _("Wrong number"),
        AttemptOutcome.STOP_CALLING: _("Wants no calls"),
    }[outcome]


def outcome_help(outcome: AttemptOutcome) -> str:
    """Return what happens when a button is chosen."""
    return {
        AttemptOutcome.REACHED: _("Counts as a contact."),
        AttemptOutcome.WILL_RENEW: _("Then the offer of the next term opens."),
        AttemptOutcome.WANTS_FREEZE: _("Then the page of freezes opens."),
        AttemptOutcome.NOT_RENEWING: _("Choose the reason; who moves away is not asked again."),
        AttemptOutcome.COMPLAINT: _("A manager answers within a day; until then we are quiet."),
        AttemptOutcome.INJURY: _("No more invitations for now; then the page of freezes opens."),
        AttemptOutcome.NO_ANSWER: _("Comes back on the next day, three times at most."),
        AttemptOutcome.CALL_BACK: _("Comes back at that time."),
        AttemptOutcome.WRONG_NUMBER: _("The number is marked, and you can write down a new one."),
        AttemptOutcome.STOP_CALLING: _("Nobody rings this member for marketing any more."),
    }[outcome]


OUTCOME_LOOK = {
    AttemptOutcome.REACHED: ("go", "check"),
    AttemptOutcome.WILL_RENEW: ("go", "refresh"),
    AttemptOutcome.WANTS_FREEZE: ("know", "snowflake"),
    AttemptOutcome.NOT_RENEWING: ("note", "door-exit"),
    AttemptOutcome.COMPLAINT: ("stop", "message-report"),
    AttemptOutcome.INJURY: ("note", "bandage"),
    AttemptOutcome.NO_ANSWER: ("", "phone-off"),
    AttemptOutcome.CALL_BACK: ("know", "clock"),
    AttemptOutcome.WRONG_NUMBER: ("stop", "phone-x"),
    AttemptOutcome.STOP_CALLING: ("stop", "bell-off"),
}
TALKED = (
    AttemptOutcome.REACHED,
    AttemptOutcome.WILL_RENEW,
    AttemptOutcome.WANTS_FREEZE,
    AttemptOutcome.NOT_RENEWING,
    AttemptOutcome.INJURY,
    AttemptOutcome.COMPLAINT,
)
NOT_TALKED = (
    AttemptOutcome.NO_ANSWER,
    AttemptOutcome.CALL_BACK,
    AttemptOutcome.WRONG_NUMBER,
    AttemptOutcome.STOP_CALLING,
)


def role_words(role: str) -> str:
    """Return for whom a task is."""
    return {
        "desk": _("Front desk"),
        "trainer": _("Trainer"),
        "manager": _("Manager"),
        "sales": _("Sales"),
        "owner": _("Owner"),
    }.get(role, role)
