"""Views room: the people whom statistics learned from: ended terms, and curves of staying."""

from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.errors import not_found
from clubcrm.core.web import require
from clubcrm.reports.curves import JOINED, curve_holds, seen_after, since_of
from clubcrm.reports.ended import Ended, count_ended
from clubcrm.reports.lens import Part
from clubcrm.reports.lives import count_members, members_of
from clubcrm.reports.models import AnalysisKind, AnalysisResult
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.renewals import people_where
from clubcrm.reports.results import newest
from clubcrm.reports.views.blueprint import MOST_MONTHS, asked, reports
from clubcrm.reports.views.people import EVERYBODY, paged, sheet_of
from clubcrm.reports.words import curve_words, part_words, term_words


@reports.get("/forecast/people")
@require(SEE_REPORTS)
def ended() -> ResponseReturnValue:
    """Paid ends of one length whose outcome was known when the forecast was made."""
    what = asked()
    result = _result((what.club.id,), AnalysisKind.FORECAST)
    turn, renewed = request.args.get("turn", None, int), request.args.get("renewed") == "1"
    term = what.lens.term
    wanted = Ended(what.club.id, result.as_of, term, turn, renewed)
    if request.args.get("as"):
        people = people_where(wanted.holds(), EVERYBODY)
        return sheet_of(f"ended-{result.as_of}", request.args["as"], people)
    count = count_ended(wanted)
    told = [
        term_words(term) if term in _terms(result) else "",
        _("renewal no. %(turn)s", turn=turn) if turn else "",
        _("whose last day was over 30 days before %(day)s", day=formats.day(result.as_of)),
    ]
    return render_template(
        "clubcrm/reports/people.html",
        what=what,
        tab="forecast",
        part=Part.DUE,
        title=part_words(Part.RENEWED) if renewed else _("Ended"),
        note=" · ".join(one for one in told if one),
        **paged(count, partial(people_where, wanted.holds())),
        arguments=request.args.to_dict(),
        endpoint="reports.ended",
        home=url_for("reports.forecast", club=what.club.public_id),
    )


@reports.get("/renewals/members")
@require(SEE_REPORTS)
def curve() -> ResponseReturnValue:
    """Members of one curve of staying, each unbroken time of theirs once."""
    what = asked()
    clubs = what.lens.club_ids
    result = _result(clubs, AnalysisKind.SURVIVAL)
    by, name = request.args.get("curve", ""), request.args.get("group", "")
    after = min(max(request.args.get("after", 0, int), 0), MOST_MONTHS)
    chosen = seen_after(result, by, name, after) if after else curve_holds(result, by, name)
    words = _("Joined in %(month)s", month=name) if by == JOINED else curve_words(by, name)
    if after:
        words = _("%(members)s, seen for %(after)s months", members=words, after=after)
    count = count_members(clubs, chosen)
    return render_template(
        "clubcrm/reports/members.html",
        what=what,
        tab="renewals",
        title=words,
        since=since_of(result, by),
        is_curve=True,
        **paged(count, partial(members_of, clubs, chosen)),
        arguments=request.args.to_dict(),
        endpoint="reports.curve",
        home=url_for("reports.renewals", _anchor="survival", **what.address(curve=by)),  # type: ignore[arg-type] # a path
    )


def _result(club_ids: tuple[int, ...], kind: AnalysisKind) -> AnalysisResult:
    found = newest(club_ids, kind)
    if found is None:
        raise not_found(_("Nobody can know this yet."))
    return found


def _terms(result: AnalysisResult) -> set[str]:
    return {one["term"] for one in result.figures["terms"]}
