"""Queries room: what messages, forms and placeholders are called, and what is wrong in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from clubcrm.messaging.rules.kinds import TextKind
from clubcrm.messaging.rules.placeholders import Faults


def kind_words(kind: TextKind) -> str:
    """Return what a form is called."""
    return {
        TextKind.EMAIL: _("E-mail"),
        TextKind.SMS: _("Text message"),
        TextKind.CHAT: _("Chat"),
    }[kind]


# Words of the reader's language are looked up when they are shown, and only those that are.
_CODES = {
    "J01": _l("Welcome"),
    "J02": _l("First-visit nudge"),
    "J03": _l("Start session"),
    "J04": _l("Two-week check"),
    "J05": _l("First-month review"),
    "J06a": _l("Silence message"),
    "J06b": _l("Silence call"),
    "J07": _l("Slump talk"),
    "J08": _l("Milestone"),
    "J09": _l("Birthday"),
    "J10": _l("Package running out"),
    "J11": _l("Invitation"),
    "J12": _l("Half-way review"),
    "J13a": _l("Early-bird and report"),
    "J13b": _l("Renewal call"),
    "J13c": _l("One-tap payment"),
    "J14a": _l("Price kept for you"),
    "J14b": _l("Why-left call"),
    "J14c": _l("Last invitation"),
    "X1": _l("Payment declined"),
    "X1b": _l("Payment declined again"),
    "X1c": _l("Payment still open"),
    "X2": _l("Freeze ends"),
    "X3": _l("Complaint follow-up"),
    "X4": _l("Cancellation confirmed"),
    "X4b": _l("Cancellation taken back"),
    "X5": _l("Waiver ends"),
    "X6": _l("Medical certificate ends"),
    "X7": _l("Renewal confirmed"),
    "X8": _l("Renews by itself"),
    "X9": _l("Link to the own page"),
    "K1": _l("Class called off"),
    "K2": _l("Place in a class"),
    "K3": _l("Place kept for a while"),
    "K4": _l("Booking ended"),
    "K5": _l("Missed a class"),
    "T1": _l("Mail received"),
    "T2": _l("Answer to a question"),
    "K6": _l("Another teacher"),
    "L1": _l("Thanks for a friend"),
    "L2": _l("Thanks to the friend"),
    "L3": _l("Points end soon"),
}


def code_words(code: str) -> str:
    """Return what the message of a code is called; an unknown code stands for itself."""
    return str(_CODES.get(code, code))


def part_words(code: str) -> str:
    """Return the part of the list in which a code stands."""
    parts = {
        "X": _("Service, outside the journey"),
        "K": _("Classes"),
        "T": _("Questions"),
        "L": _("Friends and points"),
    }
    if not code.startswith("J"):
        return parts.get(code[:1], _("Others"))
    number = int(code[1:3])
    if number < 6:
        return _("Getting started")
    if number < 8:
        return _("When somebody stays away")
    return _("On the way") if number < 13 else _("Going on and coming back")


def placeholder_words(name: str) -> str:
    """Return what a placeholder stands for."""
    return {**_about_term(), **_about_visits(), **_others()}.get(name, _("given by the occasion"))


def _about_term() -> dict[str, str]:
    return {
        "plan": _("name of the plan"),
        "price": _("price with currency"),
        "starts_on": _("first day"),
        "ends_on": _("last day"),
        "ends_in": _('last day as "in 7 days"'),
        "renews_on": _("first day of the next term"),
        "price_until": _("day until which the old terms hold"),
        "starts_again": _("first day after a freeze"),
        "by_reason": _("sentence that answers why somebody left"),
    }


def _about_visits() -> dict[str, str]:
    return {
        "visits_year": _("visits of the last twelve months"),
        "visits_month": _("visits of the last four weeks"),
        "visits_fortnight": _("visits of the last two weeks"),
        "away": _("days since the last visit"),
        "streak": _("longest run of weeks"),
        "milestone": _("milestone that was reached"),
        "milestone_words": _("sentence that fits the milestone"),
        "usual_day": _("weekday he or she usually comes"),
        "usual_time": _("hour he or she usually comes"),
        "your_rhythm": _("sentence on the usual day and hour"),
        "your_month": _("sentence on the last four weeks"),
        "your_year": _("sentences on the last twelve months"),
    }


def _others() -> dict[str, str]:
    return {
        "given_name": _("given name"),
        "family_name": _("family name"),
        "club": _("name of the club"),
        "opening_hours": _("opening hours"),
        "units_left": _("sessions left of the package"),
        "package_left": _("sentence on the sessions left"),
        "teacher": _("who gives the class"),
        "trainer": _('own trainer, else "our trainer"'),
        "activity": _("a class not tried yet"),
        "by_day": _("day until which a promise holds"),
        "offer_link": _("address of the renewal offer"),
        "freeze_link": _("address to freeze"),
        "survey_link": _("address of the one question"),
        "rsvp_link": _("address of the answer to an invitation"),
        "own_link": _("address of the own page"),
    }


def fault_words(faults: Faults) -> dict[str, str]:
    """Return for each field of the editor the sentence that says what to put right."""
    found = {name: _("This is needed.") for name in faults.empty}
    wrong = []
    if faults.unknown:
        names = ", ".join(f"{{{name}}}" for name in faults.unknown)
        wrong.append(_("Nothing can stand for %(names)s.", names=names))
    if faults.loose:
        wrong.append(_("A brace stands alone or doubled: %(line)s", line=" / ".join(faults.loose)))
    if wrong:
        found["body"] = " ".join([*wrong, *([found["body"]] if "body" in found else [])])
    return found
