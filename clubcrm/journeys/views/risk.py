"""Views room: who is at risk, a call in one tap, and how good the scores have been."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import ClubChoice, current_club
from clubcrm.journeys import risk_list, risk_quality
from clubcrm.journeys.permissions import SEE_JOURNEY
from clubcrm.journeys.risk_calls import RiskCall, call_at_risk
from clubcrm.journeys.risk_words import group_words, reason_words, risk_look, span_words
from clubcrm.tasks.permissions import SEE_TASKS

risk = Blueprint("risk", __name__)


@risk.get("/journeys/at-risk")
@require(SEE_JOURNEY)
def members() -> str:
    """Members who may not come back, those worth most first, each with three reasons."""
    club, scope = _here()
    span = next((one for one in risk_list.SPANS if str(one) == request.args.get("span")), 0)
    skip = _skip()
    rows, total = risk_list.at_risk(scope, span, clock.today(club.zone), skip=skip)
    further = skip + len(rows)
    return render_template(
        "clubcrm/journeys/at_risk.html",
        rows=rows,
        total=total,
        chips=[
            (span_words(one), url_for("risk.members", span=one), one == span, None)
            for one in risk_list.SPANS
        ],
        reason_words=reason_words,
        look=risk_look,
        back=url_for("risk.members", span=span, skip=max(0, skip - risk_list.PAGE)) if skip else "",
        next=url_for("risk.members", span=span, skip=further) if further < total else "",
        may_call=current_actor().may(SEE_TASKS),
    )


@risk.post("/journeys/at-risk/<person_id>/call")
@require(SEE_TASKS)
def call(person_id: str) -> ResponseReturnValue:
    """A call stands on the list of the desk, and its page opens."""
    club, scope = _here()
    today = clock.today(club.zone)
    row = risk_list.one_at_risk(scope, person_id, today)
    if row is None:
        raise not_found(_("There is no such member in this club."))
    task_id = call_at_risk(RiskCall(club.id, row, today))
    return redirect(url_for("tasks.call", public_id=task_id), 303)


@risk.get("/journeys/at-risk/quality")
@require(SEE_JOURNEY)
def quality() -> str:
    """What was said of members against what happened in the 28 days after."""
    club, scope = _here()
    found = risk_quality.quality(scope, clock.today(club.zone))
    return render_template("clubcrm/journeys/risk_quality.html", found=found)


@risk.get("/journeys/at-risk/quality/people")
@require(SEE_JOURNEY)
def judged() -> str:
    """The members behind a number of that page; the list is as long as the number says."""
    club, scope = _here()
    group, away, skip = request.args.get("of", ""), request.args.get("away") == "1", _skip()
    if group not in risk_quality.GROUPS:
        group = risk_quality.ALL
    rows, total = risk_quality.judged_people(
        scope, clock.today(club.zone), group, only_away=away, skip=skip
    )
    further, kept = skip + len(rows), {"of": group} | ({"away": "1"} if away else {})
    return render_template(
        "clubcrm/journeys/risk_judged.html",
        rows=rows,
        total=total,
        title=group_words(group),
        away=away,
        next=url_for("risk.judged", skip=further, **kept) if further < total else "",  # type: ignore[arg-type] # a number
        first=url_for("risk.judged", **kept) if skip else "",  # type: ignore[arg-type] # a path
    )


def _skip() -> int:
    typed = request.args.get("skip", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0


def _here() -> tuple[ClubChoice, Scope]:
    club = current_club()
    return club, Scope((club.id,))
