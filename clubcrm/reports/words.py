"""Queries room: words of the reports: terms, sources, parts, and the finding in one sentence."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core import formats
from clubcrm.reports.lens import By, Part
from clubcrm.reports.renewals import Line
from clubcrm.reports.rules.rates import Rate, change
from memberships.contracts.leaving import LeaveReason
from memberships.contracts.words import leave_reason_words


def percent(share: float | None) -> str:
    """Return a share as people read it, such as 63%; a dash for none."""
    return "–" if share is None else f"{formats.number(round(100 * share))}%"


def term_words(term: str) -> str:
    """Return the words of a length of membership."""
    if term == "rolling":
        return _("Rolling, by the year")
    if term == "visits":
        return _("Packs of visits")
    months = int(term[1:])
    return ngettext("%(num)s month", "%(num)s months", months)


def part_words(part: Part) -> str:
    """Return what a number counts."""
    return {
        Part.DUE: _("Due"),
        Part.RENEWED: _("Renewed"),
        Part.EARLY: _("Before the end"),
        Part.LATE: _("After the end"),
        Part.CHANGED: _("As another plan"),
        Part.ROLLED_ON: _("Rolled on"),
        Part.LOST: _("Not renewed"),
        Part.BACK: _("Came back later"),
        Part.OPEN: _("Still open"),
        Part.LEAVING: _("Has said that he goes"),
    }[part]


def by_words(by: By) -> str:
    """Return what the report is told by."""
    return {
        By.MONTH: _("Month"),
        By.PLAN: _("Plan"),
        By.TERM: _("Length"),
        By.SOURCE: _("Source"),
        By.TRAINER: _("Trainer"),
        By.CLUB: _("Club"),
    }[by]


def reason_words(reason: str) -> str:
    """Return why somebody left."""
    return leave_reason_words(LeaveReason(reason)) if reason else _("Not asked or not said")


def source_words(source: str) -> str:
    """Return where somebody came from, as it was written when he was registered."""
    known = {"desk": _("Desk"), "web": _("Website"), "import": _("Import")}
    return known.get(source, source)


def curve_words(by: str, name: str) -> str:
    """Return which members a curve of staying is of."""
    if by == "source":
        return source_words(name)
    if by == "trainer":
        return name or _("No trainer")
    return name or _("All members")


def finding(final: list[Line]) -> str:
    """Return what the newest final month says against the three before it, or that it is luck."""
    if not final:
        return _("No month is final yet: a month is, 30 days after its last day.")
    latest, before = final[-1], final[-4:-1]
    month, rate = month_words(latest.key), percent(latest.rate.share)
    if not before:
        return _("%(rate)s of those due in %(month)s renewed.", rate=rate, month=month)
    earlier = sum((line.rate for line in before), Rate(0, 0))
    moved = change(latest.rate, earlier)
    if moved is None:
        return _(
            "%(rate)s of those due in %(month)s renewed; too few fell due to compare.",
            rate=rate,
            month=month,
        )
    points, is_real = moved
    if not is_real:
        return _(
            "%(rate)s of those due in %(month)s renewed, about as in the three months before.",
            rate=rate,
            month=month,
        )
    step = ngettext("%(num)s percentage point", "%(num)s percentage points", abs(round(points)))
    if points > 0:
        return _(
            "%(rate)s of those due in %(month)s renewed, %(step)s more than before.",
            rate=rate,
            month=month,
            step=step,
        )
    return _(
        "%(rate)s of those due in %(month)s renewed, %(step)s fewer than before.",
        rate=rate,
        month=month,
        step=step,
    )


def month_words(month: date) -> str:
    """Return a month with its year."""
    return formats.month_year(month)


def fact_words(name: str) -> str:
    """Return what a fact of the model of leaving is called."""
    return {
        "silence": _("days since the last visit"),
        "recent": _("visits in the last 28 days"),
        "visits": _("visits of this term"),
        "slump": _("visits against the months before"),
        "tenure": _("time as a member"),
        "end": _("days to the end"),
        "monthly": _("pays by the month"),
        "turn": _("terms bought so far"),
        "first_month": _("visits in the first month"),
        "weekdays": _("regular weekdays"),
        "frozen": _("was frozen lately"),
        "failed": _("failed payments lately"),
        "trainer": _("has a trainer"),
        "first_visit": _("days to the first visit"),
        "classes": _("share of group classes"),
        "units": _("units left of packages"),
        "tickets": _("questions still open"),
        "talks": _("talks with staff in 28 days"),
        "score": _("answer from 0 to 10"),
        "bar": _("money spent at the bar"),
    }[name]
