"""Views room: the papers of one member, and the list of members whose papers are missing."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from clubcrm.people.models import Person
from memberships.contracts.history import contracts_of
from memberships.contracts.paperwork import certificates_due, waivers_due
from memberships.contracts.running import people_running
from memberships.documents.queries import kept_about
from memberships.permissions import SEE_CONTRACTS, TAKE_WAIVERS
from memberships.waivers.queries import certificates_of, waiver_of, waivers_of
from memberships.waivers.services import today_of, void_waiver

paperwork = Blueprint("paperwork", __name__)
SOON = timedelta(days=30)
MEDICAL_SOON = timedelta(days=14)
MOST = 500


@paperwork.get("/members/<person_id>/papers")
@require(SEE_CONTRACTS)
def of_member(person_id: str) -> ResponseReturnValue:
    """Everything on paper about a member, each with its PDF."""
    return _member_page(person_in(current_actor().scope, person_id))


def _member_page(person: Person, *, refusal: str = "") -> str:
    contracts = contracts_of(person.id)
    return render_template(
        "memberships/contracts/papers.html",
        person=person,
        contracts=contracts,
        kept={one.contract_id: kept_about("contract", one.contract_id) for one in contracts},
        waivers=waivers_of(person.id),
        certificates=certificates_of(person.id),
        today=today_of(person.id),
        refusal=refusal,
    )


@paperwork.post("/members/<person_id>/waivers/<document_id>/void")
@require(TAKE_WAIVERS)
def void(person_id: str, document_id: str) -> ResponseReturnValue:
    """The waiver counts no more; the member signs a new one."""
    person = person_in(current_actor().scope, person_id)
    waiver = waiver_of(person.id, document_id)
    if waiver is None:
        raise not_found(_("There is no such document."))
    needed = person.id in people_running(waiver.club_id, today_of(person.id))
    reason = request.form.get("reason", "")
    try:
        void_waiver(waiver, reason, needed=needed, by=current_actor().ref)
    except DomainError as error:
        return _member_page(person, refusal=error.text), error.status
    flash(_("Void. The gate asks for a new signature by its rules."), "success")
    return redirect(url_for("waivers.show", person_id=person_id), 303)


@paperwork.get("/members/papers-due")
@require(TAKE_WAIVERS)
def due() -> ResponseReturnValue:
    """Members whose waiver or certificate is missing or ends soon, the missing ones first."""
    club = current_club()
    today = clock.today(club.zone)
    about = "medical" if request.args.get("about") == "medical" else "waiver"
    read, soon = (certificates_due, MEDICAL_SOON) if about == "medical" else (waivers_due, SOON)
    lines = read(club.id, today, today + soon)
    chips = [
        (_("Waivers"), url_for("paperwork.due"), about == "waiver", None),
        (
            _("Medical certificates"),
            url_for("paperwork.due", about="medical"),
            about != "waiver",
            None,
        ),
    ]
    return render_template(
        "memberships/contracts/papers_due.html",
        club=club,
        about=about,
        chips=chips,
        lines=lines[:MOST],
        count=len(lines),
        today=today,
    )
