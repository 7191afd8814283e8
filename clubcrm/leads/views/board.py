"""Views room: the board of leads, one stage as a list, and what must not wait."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.day_alerts import DayAlert
from clubcrm.core.errors import not_found
from clubcrm.core.policy import Actor, current_actor
from clubcrm.core.shell import chosen_club, current_club
from clubcrm.core.web import require
from clubcrm.leads import words
from clubcrm.leads.permissions import RUN_LEADS, SEE_LEADS, WORK_LEADS
from clubcrm.leads.queries.alerts import lead_alerts
from clubcrm.leads.queries.board import LIST, BoardWish, Column, board, stage_list
from clubcrm.leads.queries.own_month import own_month
from clubcrm.leads.queries.tray import tray_counts
from clubcrm.leads.rules.stages import ON_THE_WAY, PARKED, InquiryState, LeadStage
from clubcrm.leads.sellers import sellers_of
from clubcrm.leads.sources import sources_of
from clubcrm.leads.views.blueprint import leads

MAIN = (*ON_THE_WAY, LeadStage.WON)
BESIDE = (*PARKED, LeadStage.LOST)
FEW = 8
OPEN_TO_ME = "mine-or-nobody"


@leads.get("", endpoint="board")
@require(SEE_LEADS)
def show_board() -> ResponseReturnValue:
    """Every stage with its leads; whose, from where and which of them stands in the address."""
    return render_template("clubcrm/leads/board.html", **board_words())


@leads.get("/outlook")
@require(SEE_LEADS)
def outlook() -> str:
    """What one's own open leads may bring this month, with its range."""
    club, foresee = current_club(), current_app.extensions["club_own_outlook"]
    return render_template(
        "clubcrm/leads/_outlook.html",
        outlook=foresee(club.id, club.zone, current_actor().id),
        currency=club.currency,
    )


@leads.get("/stage/<stage>")
@require(SEE_LEADS)
def stage(stage: str) -> ResponseReturnValue:
    """All leads of one stage as a list, in the order of the board."""
    found = next((one for one in LeadStage if one.value == stage), None)
    if found is None:
        raise not_found(_("There is no such stage."))
    skip = _number("skip")
    wish = asked()
    rows = stage_list(wish, found, skip)
    counts = {one: column.count for one, column in board(replace(wish, cards=0)).items()}
    return render_template(
        "clubcrm/leads/stage.html",
        stage=found,
        rows=rows,
        counts=counts,
        skip=skip,
        page=LIST,
        filters=_filters(),
        **_common(),
    )


def board_words() -> dict[str, Any]:
    """Return what the board shows, on its page and after each move."""
    wish, club = asked(), current_club()
    columns = board(wish)
    return {
        "columns": columns,
        "main": _columns(columns, MAIN),
        "beside": _columns(columns, BESIDE),
        "few": FEW,
        "waiting": tray_counts(Scope((club.id,))).get(InquiryState.WAITING, 0),
        "chips": _chips(),
        "own_month": own_month(club.id, club.zone, current_actor().id) if _sells() else None,
        "sellers": sellers_of(club.id),
        "sources": sources_of(club.id),
        "filters": _filters(),
        "asked": wish,
        "currency": club.currency,
        **_common(),
    }


def _sells() -> bool:
    actor = current_actor()
    return actor.kind == "user" and actor.may(WORK_LEADS)


def asked() -> BoardWish:
    """Return which leads the address asks for."""
    club, args = current_club(), request.args
    owners = {user.public_id: user.id for user, _row in sellers_of(club.id)}
    sources = {one.public_id: one.id for one in sources_of(club.id)}
    who, only = args.get("owner", ""), args.get("only", "")
    return BoardWish(
        club.id,
        clock.now(),
        owner_id=current_actor().id if who in ("me", OPEN_TO_ME) else owners.get(who),
        unowned=who == "nobody",
        or_unowned=who == OPEN_TO_ME,
        source_id=sources.get(args.get("source", "")),
        words=args.get("q", "")[:80],
        without_step=only == "no-step",
        late=only == "late",
        unanswered=only == "unanswered",
    )


def watch_leads(actor: Actor) -> Sequence[DayAlert]:
    """Return what must not wait of leads: of a seller his own, of who runs them all."""
    club = chosen_club()
    if club is None or not actor.may(SEE_LEADS) or actor.kind != "user":
        return []
    # Of the club he works in now: each number is the length of the list it opens.
    mine = None if actor.may(RUN_LEADS) else actor.id
    found = lead_alerts(Scope((club.id,)), clock.now(), mine)
    whose = None if mine is None else OPEN_TO_ME
    alerts = [
        (
            found.without_step,
            ngettext(
                "%(num)s open lead has no next step",
                "%(num)s open leads have no next step",
                found.without_step,
            ),
            url_for("leads.board", only="no-step", owner=whose),
            "stop",
        ),
        (
            found.unanswered,
            ngettext(
                "%(num)s lead was not answered in the promised time",
                "%(num)s leads were not answered in the promised time",
                found.unanswered,
            ),
            url_for("leads.board", only="unanswered", owner=whose),
            "stop",
        ),
        (
            found.waiting,
            ngettext(
                "%(num)s new question waits in the tray",
                "%(num)s new questions wait in the tray",
                found.waiting,
            ),
            url_for("leads.tray"),
            "note",
        ),
    ]
    return [DayAlert(words, href, tone) for count, words, href, tone in alerts if count]


def _columns(columns: Mapping[LeadStage, Column], stages: Sequence[LeadStage]) -> list[Column]:
    return [columns[one] for one in stages]


def _chips() -> list[tuple[str, str, bool, None]]:
    """Whose leads, and which of them: each choice is an address that can be kept."""
    now = _filters()
    choices = (
        (_("All"), {"owner": "", "only": ""}),
        (_("Mine"), {"owner": "me", "only": ""}),
        (_("Nobody's"), {"owner": "nobody", "only": ""}),
        (_("No next step"), {"owner": now.get("owner", ""), "only": "no-step"}),
        (_("Late"), {"owner": now.get("owner", ""), "only": "late"}),
    )
    shown = []
    for name, change in choices:
        wanted = {key: value for key, value in {**now, **change}.items() if value}
        is_now = all(now.get(key, "") == value for key, value in change.items())
        shown.append((name, url_for("leads.board", **wanted), is_now, None))  # type: ignore[arg-type]
    return shown


def _filters() -> dict[str, str]:
    names = ("owner", "only", "source", "q")
    return {name: request.args[name][:80] for name in names if request.args.get(name)}


def _common() -> dict[str, Any]:
    return {"words": words, "zone": current_club().zone, "now": clock.now(), "Stage": LeadStage}


def _number(name: str) -> int:
    text = request.args.get(name, "")
    return min(int(text), 100_000) if text.isascii() and text.isdigit() and len(text) < 8 else 0
