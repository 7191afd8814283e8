"""Views room: the map of the journey, and the people behind each of its numbers."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core.clock import now, visit_day
from clubcrm.core.errors import not_found
from clubcrm.core.policy import require
from clubcrm.core.shell import current_club
from clubcrm.journeys.crowds import RENEWED, WHATS, Ground, Group, count_in
from clubcrm.journeys.listed import heading, page_of_group
from clubcrm.journeys.names import POTENTIAL, RENEWAL, performer_words, stage_meaning, stage_words
from clubcrm.journeys.permissions import SEE_JOURNEY
from clubcrm.journeys.picture import map_of
from clubcrm.journeys.rules.stages import Stage
from clubcrm.journeys.versions import current_settings

journeys = Blueprint("journeys", __name__)
SPANS = (7, 28, 90, 365)
USUAL_SPAN = 28
_ASKED = frozenset({"stage", "source", "target", "code", "what", "days"})
_STAGES = frozenset({POTENTIAL, RENEWAL, *(one.value for one in Stage)})

journeys.add_app_template_global(stage_words, "stage_words")
journeys.add_app_template_global(performer_words, "performer_words")


@journeys.get("/journeys")
@require(SEE_JOURNEY)
def map() -> str:
    """The way of all members as a picture and as a table; every number opens its people."""
    ground = _ground()
    rules = current_settings(ground.club_id).codes.values()
    own = {one.code: one.name for one in rules if one.own}
    return render_template(
        "clubcrm/journeys/map.html", map=map_of(ground, own), chips=_chips(ground), days=ground.days
    )


@journeys.get("/journeys/people")
@require(SEE_JOURNEY)
def people() -> str:
    """The people behind one number of the map; the list is as long as the number says."""
    ground, group = _ground(), _group()
    rows, more = page_of_group(group, ground, request.args.get("after", "")[:64])
    asked: dict[str, Any] = {k: v for k, v in request.args.items() if k in _ASKED}
    return render_template(
        "clubcrm/journeys/people.html",
        heading=heading(group),
        meaning=stage_meaning(group.stage, ground.stages),
        total=count_in(group, ground),
        rows=rows,
        counts_days=not group.stage,
        days=ground.days,
        back=url_for("journeys.map", days=ground.days),
        next=url_for("journeys.people", **{**asked, "after": more}) if more else "",
        first=url_for("journeys.people", **asked) if request.args.get("after") else "",
    )


def _ground() -> Ground:
    club = current_club()
    asked = request.args.get("days", "")
    days = int(asked) if asked in {str(one) for one in SPANS} else USUAL_SPAN
    stages = current_settings(club.id).stages
    return Ground(club.id, visit_day(now(), club.zone), days, stages)


def _group() -> Group:
    asked = request.args
    stage, source, target = (asked.get(one, "") for one in ("stage", "source", "target"))
    code, what = asked.get("code", ""), asked.get("what", "")
    known = (
        (bool(code) and len(code) <= 8 and what in WHATS)
        or (not code and target == RENEWED)
        or (not code and source in _STAGES - {RENEWAL} and target in _STAGES - {RENEWAL, POTENTIAL})
        or (not code and not source and not target and stage in _STAGES)
    )
    if not known:
        raise not_found(_("There is no such place on the map."))
    return Group("" if code or target else stage, source, target, code, what)


def _chips(ground: Ground) -> list[tuple[str, str, bool, None]]:
    return [
        (
            ngettext("%(num)s day", "%(num)s days", days),
            url_for("journeys.map", days=days),
            days == ground.days,
            None,
        )
        for days in SPANS
    ]
