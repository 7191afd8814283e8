"""Queries room: the sentences that say what the gate decided, and why."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from access_control.rules.codes import Code
from clubcrm.core.formats import day, money

Params = Mapping[str, Any]


def why_words(code: Code, params: Params) -> str:
    """Return the plain sentence of a reason with its dates, amounts and counts."""
    return _SENTENCES[code](params) if code in _SENTENCES else str(_PLAIN[code])


def _on(value: object) -> str:
    return day(date.fromisoformat(str(value)[:10])) if value else ""


def _owed(params: Params) -> str:
    if params.get("amount_minor") is None or not params.get("currency"):
        return _("Something is unpaid.")
    return _("Owes %(sum)s.", sum=money(params["amount_minor"], params["currency"]))


def _plan(params: Params) -> str:
    return _("The plan %(plan)s", plan=params["plan"]) if params.get("plan") else _("The plan")


def _until(params: Params, open_end: str, with_end: str) -> str:
    return with_end % {"day": _on(params["until"])} if params.get("until") else open_end


def _staff_stop(params: Params) -> str:
    if params.get("owner") == "ban":
        return _until(params, _("Banned from the club."), _("Banned until %(day)s."))
    return _until(params, _("Stopped by staff."), _("Stopped by staff until %(day)s."))


def _not_started(params: Params) -> str:
    if not params.get("starts_on"):
        return _("The contract has not started yet.")
    return _("The contract starts on %(day)s.", day=_on(params["starts_on"]))


def _expired(params: Params) -> str:
    if not params.get("ended_on"):
        return _("The contract has ended.")
    return _("The contract ended on %(day)s.", day=_on(params["ended_on"]))


def _hours(params: Params) -> str:
    if params.get("closed"):
        return _("The club is closed now.")
    if not params.get("opens"):
        return _("%(plan)s does not cover this hour.", plan=_plan(params))
    opens = datetime.fromisoformat(str(params["opens"]))
    return _(
        "%(plan)s opens again on %(day)s at %(time)s.",
        plan=_plan(params),
        day=day(opens.date()),
        time=f"{opens:%H:%M}",
    )


def _daily(params: Params) -> str:
    limit = int(params.get("limit") or 1)
    return ngettext(
        "The plan allows %(num)s visit a day, and it is used.",
        "The plan allows %(num)s visits a day, and they are used.",
        limit,
    )


def _passback(params: Params) -> str:
    if "seconds_ago" not in params:
        return _("This card has just come in.")
    seconds = int(params["seconds_ago"])
    if seconds < 90:
        return ngettext(
            "This card came in %(num)s second ago.",
            "This card came in %(num)s seconds ago.",
            seconds,
        )
    return ngettext(
        "This card came in %(num)s minute ago and has not left.",
        "This card came in %(num)s minutes ago and has not left.",
        seconds // 60,
    )


def _left(params: Params) -> str:
    left = int(params.get("left", 0))
    if left == 0:
        return _("This was the last visit of the pack.")
    return ngettext("%(num)s visit is left.", "%(num)s visits are left.", left)


def _ends_soon(params: Params) -> str:
    days = int(params.get("days", 0))
    if days == 0:
        return _("The contract ends today.")
    return ngettext("The contract ends in %(num)s day.", "The contract ends in %(num)s days.", days)


def _medical(params: Params) -> str:
    if not params.get("on"):
        return _("The medical note ends soon.")
    return _("The medical note ends on %(day)s.", day=_on(params["on"]))


def _gap(params: Params) -> str:
    days = int(params.get("days", 0))
    return ngettext("Back after %(num)s day away.", "Back after %(num)s days away.", days)


def _birthday(params: Params) -> str:
    if params.get("age"):
        return _("Birthday: %(age)s today.", age=params["age"])
    return _("Birthday today.")


def _minor(params: Params) -> str:
    if not params.get("limit"):
        return _("A guardian must be in the club.")
    return _("Under %(limit)s years: a guardian must be in the club.", limit=params["limit"])


def _full(params: Params) -> str:
    if not params.get("inside"):
        return _("The club is full.")
    return _("The club is full: %(inside)s inside.", inside=params["inside"])


def _guests(params: Params) -> str:
    if not params.get("limit"):
        return _("The free visits of a guest are used.")
    return _("The %(limit)s free visits of a guest are used.", limit=params["limit"])


_PLAIN: Mapping[Code, object] = {
    Code.UNKNOWN_CARD: _l("Nobody owns this card."),
    Code.CARD_BLOCKED: _l("This card is blocked."),
    Code.NO_CONTRACT: _l("There is no contract."),
    Code.INCOMPLETE: _l("The contract is not signed yet."),
    Code.VISITS_USED_UP: _l("All visits of the pack are used."),
    Code.WAIVER_MISSING: _l("The waiver is not signed."),
    Code.MEDICAL_EXPIRED: _l("The medical note is missing or out of date."),
    Code.PAY_METHOD_EXPIRING: _l("The payment method expires soon."),
    Code.NO_PHOTO: _l("No photo yet."),
    Code.OPEN_TASK: _l("Something waits to be said."),
    Code.OK: _l("Welcome."),
    Code.EXIT: _l("Went out."),
    Code.LET_IN: _l("Let in by hand."),
}
_SENTENCES: Mapping[Code, Callable[[Params], str]] = {
    Code.STAFF_STOP: _staff_stop,
    Code.NOT_STARTED: _not_started,
    Code.EXPIRED: _expired,
    Code.FROZEN: lambda p: _until(p, _("The contract is frozen."), _("Frozen until %(day)s.")),
    Code.WRONG_CLUB: lambda p: _("%(plan)s is for another club.", plan=_plan(p)),
    Code.WRONG_ZONE: lambda p: _("%(plan)s does not open this door.", plan=_plan(p)),
    Code.OUTSIDE_HOURS: _hours,
    Code.DAILY_LIMIT: _daily,
    Code.DEBT_OVER_LIMIT: _owed,
    Code.MINOR_NEEDS_GUARDIAN: _minor,
    Code.PASSBACK: _passback,
    Code.CLUB_FULL: _full,
    Code.GUEST_LIMIT: _guests,
    Code.DEBT_UNDER_LIMIT: _owed,
    Code.EXPIRES_30D: _ends_soon,
    Code.LAST_2_VISITS: _left,
    Code.MEDICAL_14D: _medical,
    Code.BACK_AFTER_GAP: _gap,
    Code.BIRTHDAY: _birthday,
}
