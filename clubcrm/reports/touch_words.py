"""Queries room: what the page of findings says in words: outcomes, verdicts, hints, groups."""

from flask_babel import gettext as _

from clubcrm.reports.behind import OWN
from clubcrm.reports.rules.windows import outcome_of


def outcome_words(code: str, of: str) -> str:
    """Return what is compared, in a word or two."""
    words = {
        "renewal": _("renewed"),
        "visits": _("visits in 28 days"),
        "came": _("came within 14 days"),
        "bought": _("bought within 30 days"),
        "rejoined": _("rejoined within 60 days"),
    }
    return words["renewal" if of != OWN else outcome_of(code)[0]]


def people_words(code: str, of: str, did: str) -> str:
    """Return who stands in a list of people behind a number."""
    beside = {
        "reached": _("reached"),
        "opted_out": _("opted out within 28 days"),
        "complained": _("complained within 28 days"),
        "refunded": _("got money back within 28 days"),
        "owing": _("not renewed while a payment was owed"),
    }
    if did in beside:
        return beside[did]
    outcome = outcome_words(code, of)
    return outcome if did else _("%(outcome)s: known by now", outcome=outcome)


def verdict_words(verdict: str) -> str:
    """Return a verdict in a word."""
    return {
        "works": _("Works"),
        "harms": _("Harms"),
        "no_effect": _("No effect"),
        "unknown": _("Not known yet"),
        "too_few": _("Too few"),
    }[verdict]


def hint_words(hint: str) -> str:
    """Return where an unknown effect seems to lead."""
    return {"promising": _("promising"), "doubtful": _("doubtful")}.get(hint, "")


def advice_words(advice: str) -> str:
    """Return what to do with a touchpoint."""
    return {
        "keep": _("Keep"),
        "change": _("Change"),
        "stop": _("Stop"),
        "wait": _("Wait"),
    }[advice]


def group_words(group: str) -> str:
    """Return who a group is."""
    return {
        "none": _("who did not come in the month before"),
        "rare": _("who come 1 to 3 times a month"),
        "regular": _("who come 4 to 7 times a month"),
        "habitual": _("who come 8 times a month or more"),
        "first": _("members in their first term"),
        "later": _("members who have renewed before"),
        "month": _("members by the month"),
        "quarter": _("members for three months"),
        "half": _("members for half a year"),
        "year": _("members for a year"),
    }[group]
