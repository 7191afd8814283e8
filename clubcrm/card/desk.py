"""Views room: the check-in screen, its live news, and what the desk does about a scan."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from access_control.permissions import LET_IN, SCAN_AT_DESK
from clubcrm.card import acts
from clubcrm.card.permissions import WATCH_DESK
from clubcrm.card.queries import scans
from clubcrm.card.queries.inside import inside_now
from clubcrm.card.screen import Screen, feed_lines, let_in_reasons, scan_card, stage_scan
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import ClubChoice, current_club

desk = Blueprint("desk", __name__)


@desk.get("/desk")
@require(WATCH_DESK)
def show() -> str:
    """The whole screen, with the newest scan or the one asked for."""
    club = current_club()
    newest = scans.feed(club.id)
    wanted = request.args.get("event")
    stage = scans.scan_for(current_actor().scope, wanted) if wanted else stage_scan(newest)
    return render_template("clubcrm/desk/screen.html", screen=_screen(club, newest, stage))


@desk.get("/desk/news")
@require(WATCH_DESK)
def news() -> ResponseReturnValue:
    """Scans after the one the page knows; 204 while there is nothing new."""
    club = current_club()
    fresh = scans.feed(club.id, after=_number(request.args.get("after")))
    if not fresh:
        return "", 204
    screen = _screen(club, fresh, stage_scan(fresh))
    return _part(render_template("clubcrm/desk/_news.html", screen=screen))


@desk.get("/desk/house")
@require(WATCH_DESK)
def house() -> ResponseReturnValue:
    """How full the club is, alone."""
    screen = Screen(0, None, (), _house(current_club()), ())
    return _part(render_template("clubcrm/desk/_house.html", screen=screen))


@desk.get("/desk/scans/<event_id>")
@require(WATCH_DESK)
def one_card(event_id: str) -> ResponseReturnValue:
    """One scan as the large card."""
    return _part(_card(event_id))


@desk.post("/desk/scan")
@require(SCAN_AT_DESK, own_units=True)
def scan() -> ResponseReturnValue:
    """A card typed or read at the desk goes through the gate's own rules."""
    value = request.form.get("value", "").strip()
    if not value:
        raise DomainError("INVALID_INPUT", _("Scan a card or type its number."), status=400)
    return answer_scan(acts.scan(current_club().id, value, by=current_actor().ref))


@desk.post("/desk/scans/<event_id>/let-in")
@require(LET_IN, own_units=True)
def let_in(event_id: str) -> ResponseReturnValue:
    """Somebody the gate refused is let in, with a name and a reason."""
    refused = scans.scan_for(current_actor().scope, event_id)
    if refused is None or refused.person_id is None:
        raise not_found(_("There is no such scan."))
    reason = request.form.get("reason") or request.form.get("words", "")
    if not reason.strip():
        raise DomainError("INVALID_INPUT", _("Say why you let them in."), status=400)
    made = acts.let_in(
        refused.club_id,
        refused.person_id,
        reason.strip(),
        by=current_actor().ref,
        refused_event_id=refused.id,
    )
    return answer_scan(scans.public_id_of(made))


@desk.get("/desk/inside")
@require(WATCH_DESK)
def inside() -> str:
    """Who is in the club now."""
    club = current_club()
    people = inside_now(club.id)
    return render_template("clubcrm/desk/inside.html", club=club, people=people)


@desk.get("/desk/today")
@require(WATCH_DESK)
def day() -> str:
    """The scans of today that were admitted, or refused."""
    club = current_club()
    only = "refused" if request.args.get("only") == "refused" else "admitted"
    found = scans.scans_of_day(club.id, club.zone, refused=only == "refused")
    lines = feed_lines(found, club.zone, late_too=True)
    return render_template("clubcrm/desk/today.html", club=club, only=only, lines=lines)


def answer_scan(event_id: str) -> ResponseReturnValue:
    """Answer with the scan's card, or with the whole screen to a browser without scripts."""
    if request.headers.get("HX-Request"):
        return _part(_card(event_id))
    return redirect(url_for("desk.show", event=event_id))


def _card(event_id: str) -> str:
    found = scans.scan_for(current_actor().scope, event_id)
    if found is None:
        raise not_found(_("There is no such scan."))
    screen = _screen(current_club(), [], found, with_house=False)
    return render_template("clubcrm/desk/_card.html", screen=screen)


def _screen(
    club: ClubChoice,
    newest: list[scans.ScanRow],
    stage: scans.ScanRow | None,
    *,
    with_house: bool = True,
) -> Screen:
    return Screen(
        newest_id=newest[0].id if newest else 0,
        card=scan_card(stage, club.zone, current_actor()) if stage else None,
        feed=feed_lines(newest, club.zone),
        house=_house(club) if with_house else None,
        let_in_reasons=let_in_reasons(),
    )


def _house(club: ClubChoice) -> scans.House:
    return scans.house(club.id, club.zone, club.capacity)


def _part(html: str) -> Response:
    response = Response(html, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0
