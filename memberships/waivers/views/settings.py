"""Views room: how strictly a club asks for waivers and medical certificates."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import current_actor, require
from memberships.blocks.rules import BlockOwner
from memberships.permissions import EDIT_DOCUMENTS
from memberships.waivers import services
from memberships.waivers.queries import medical_rules, waiver_rules
from memberships.waivers.rules import MedicalRules, Mode, WaiverRules
from memberships.waivers.strictness import mode_at_gate, tell_gate

waiver_settings = Blueprint("waiver_settings", __name__)


@waiver_settings.get("/settings/waivers")
@require(EDIT_DOCUMENTS)
def show() -> ResponseReturnValue:
    return _page({})


@waiver_settings.post("/settings/waivers")
@require(EDIT_DOCUMENTS)
def save() -> ResponseReturnValue:
    """Blocks follow in the next night, or when somebody signs; the gate's strictness at once."""
    club_id, by = current_club().id, current_actor().ref
    waiver, paper = _mode("mode"), _mode("medical_mode")
    rules = WaiverRules(waiver, _number("months"), _number("adult_age"))
    medical = MedicalRules(paper, bool(request.form.get("everyone")))
    try:
        services.save_waiver_rules(club_id, rules, by=by)
    except DomainError as error:
        return _page({one.field: one.message for one in error.fields}), error.status
    services.save_medical_rules(club_id, medical, by=by)
    tell_gate(club_id, BlockOwner.WAIVER, waiver, by=by)
    tell_gate(club_id, BlockOwner.MEDICAL, paper, by=by)
    flash(_("Saved. Who lacks a paper is marked tonight."), "success")
    return redirect(url_for("waiver_settings.show"), 303)


def _page(faults: dict[str, str]) -> str:
    club = current_club()
    waivers, medical = waiver_rules(club.id), medical_rules(club.id)
    return render_template(
        "memberships/waivers/settings.html",
        club=club,
        waivers=waivers,
        medical=medical,
        mode=mode_at_gate(club.id, BlockOwner.WAIVER, waivers.mode).value,
        medical_mode=mode_at_gate(club.id, BlockOwner.MEDICAL, medical.mode).value,
        modes=[
            (Mode.BLOCK.value, _("The gate refuses until it is there")),
            (Mode.WARN.value, _("The gate lets in with a note")),
            (Mode.OFF.value, _("Nobody is asked")),
        ],
        faults=faults,
        typed=request.form,
    )


def _mode(name: str) -> Mode:
    text = request.form.get(name, "")
    return Mode(text) if text in set(Mode) else Mode.OFF


def _number(name: str) -> int:
    text = ascii_digits(request.form.get(name, "").strip())
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
