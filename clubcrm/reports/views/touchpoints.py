"""Views room: what touchpoints do: finding, interval plot and table, and the people behind each."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.clubs import has_every_club
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import current_club
from clubcrm.reports.behind import (
    BESIDE,
    DID,
    EVERYBODY,
    OWN,
    RENEWAL,
    Behind,
    count_behind,
    people_behind,
)
from clubcrm.reports.evidence import LIVE, Seen
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.rules.windows import quarter_days
from clubcrm.reports.told import periods_of, told_for
from clubcrm.reports.touch_page import (
    ICONS,
    TONES,
    best_known,
    name_of,
    needed_for_no_effect,
    page_of,
)
from clubcrm.reports.touch_words import advice_words, people_words, verdict_words

KEPT = frozenset({"code", "arm", "of", "did", "period", "club"})
ALL_CLUBS = "all"
pages = Blueprint("touch_reports", __name__)
api = ApiBlueprint("touch_reports_api", __name__, url_prefix="/api/v1", description="Findings")


@pages.get("/reports/touchpoints")
@require(SEE_REPORTS)
def index() -> str:
    """One sentence of finding, the interval plot, the same numbers as a table."""
    period = _period(request.args.get("period", LIVE))
    owner, _ids = _whose()
    told = told_for(db.session(), owner, period)
    of = _of() if "of" in request.args or told is None else best_known(told)
    kept: dict[str, Any] = {
        "of": of,
        "period": period,
        "club": ALL_CLUBS if owner is None else None,
    }
    page = page_of(told, of) if told else None
    return render_template(
        "clubcrm/reports/touchpoints.html",
        page=page,
        told=told,
        of=of,
        period=period,
        periods=periods_of(db.session(), owner),
        advice_words=advice_words,
        verdict_words=verdict_words,
        tones=TONES,
        icons=ICONS,
        needs=needed_for_no_effect(of, told.look if told else LIVE, page),
        kept=kept,
        clubs=_clubs(kept) if _sees_all() else [],
        tabs=[
            (url_for("touch_reports.index", **kept | {"of": one}), words, one == of)
            for one, words in ((RENEWAL, _("Renewal")), (OWN, _("What each is for")))
        ],
    )


@pages.get("/reports/touchpoints/people")
@require(SEE_REPORTS)
def people() -> str:
    """The people behind one number; the list is as long as the number says."""
    args, (owner, club_ids) = request.args, _whose()
    period, of = _period(args.get("period", LIVE)), _of()
    told = told_for(db.session(), owner, period)
    code = args.get("code", "")
    if told is None or code not in told.effects or args.get("arm") not in {"T", "H"}:
        raise not_found(_("There is no such number."))
    did = args.get("did", EVERYBODY)
    if did not in {EVERYBODY, DID, *BESIDE}:
        raise not_found(_("There is no such number."))
    asked = Behind(Seen(club_ids, period), code, args["arm"], of, did, told.night)
    after = args.get("after", "")
    rows, more = people_behind(asked, int(after) if after.isdecimal() and len(after) < 12 else 0)
    kept: dict[str, Any] = {name: value for name, value in args.items() if name in KEPT}
    return render_template(
        "clubcrm/reports/touch_people.html",
        heading=name_of(code),
        arm=asked.arm,
        said=people_words(code, of, did),
        total=count_behind(asked),
        rows=rows,
        of=of,
        back=url_for("touch_reports.index", of=of, period=period, club=args.get("club")),
        next=url_for("touch_reports.people", **{**kept, "after": more}) if more else "",
        first=url_for("touch_reports.people", **kept) if after else "",
    )


def _sees_all() -> bool:
    """Tell whether somebody sees every club, and there are several."""
    scope = current_actor().scope
    return len(scope.club_ids) > 1 and has_every_club(scope)


def _whose() -> tuple[int | None, tuple[int, ...]]:
    """Return whose findings are asked for, and their clubs; None stands for all together."""
    if request.args.get("club") != ALL_CLUBS:
        club = current_club()
        return club.id, (club.id,)
    if not _sees_all():
        raise not_found(_("There are no findings over all clubs for you."))
    return None, tuple(sorted(current_actor().scope.club_ids))


def _clubs(kept: dict[str, Any]) -> list[tuple[str, str, bool, int | None]]:
    """Return the choice between this club and all of them together."""
    everywhere = kept["club"] is not None
    return [
        (words, url_for("touch_reports.index", **kept | {"club": club}), here, None)
        for words, club, here in (
            (current_club().name, None, not everywhere),
            (_("All clubs"), ALL_CLUBS, everywhere),
        )
    ]


def _of() -> str:
    return OWN if request.args.get("of") == OWN else RENEWAL


def _period(asked: str) -> str:
    try:
        quarter_days(asked)
    except ValueError:
        return LIVE
    return asked if len(asked) == len("2026Q3") else LIVE


class FindingsQuery(InputSchema):
    period = fields.String(load_default=LIVE, validate=validate.Regexp(r"^(live|\d{4}Q[1-4])$"))
    club = fields.String(load_default="", validate=validate.OneOf(["", ALL_CLUBS]))


class Findings(InputSchema):
    period = fields.String()
    night = fields.Date(allow_none=True)
    interval = fields.String(metadata={"description": "live: always valid; fixed: Newcombe"})
    touchpoints = fields.Dict(keys=fields.String(), values=fields.Dict())
    groups = fields.List(fields.Dict())


@api.get("/reports/touchpoints")
@api.doc(summary="What each touchpoint of your club does, as last night found it")
@require(SEE_REPORTS)
@api.arguments(FindingsQuery, location="query")
@api.response(200, Findings)
def findings(asked: dict[str, Any]) -> dict[str, Any]:
    clubs = current_actor().scope.club_ids
    everywhere = asked["club"] == ALL_CLUBS
    if everywhere and not _sees_all():
        raise not_found(_("There are no findings over all clubs for you."))
    owner = None if everywhere else min(clubs, default=0)
    told = told_for(db.session(), owner, asked["period"])
    return {
        "period": asked["period"],
        "night": told.night if told else None,
        "interval": told.look if told else "live",
        "touchpoints": told.effects if told else {},
        "groups": told.groups if told else [],
    }
