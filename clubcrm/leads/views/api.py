"""Views room: leads under /api/v1/leads."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, page_key
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import forbidden, invalid
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import my_clubs
from clubcrm.leads.arriving import Arrival, Touch, Trail, Wish
from clubcrm.leads.attempts import ContactTry, log_try
from clubcrm.leads.models import Lead
from clubcrm.leads.moving import Move, move_lead
from clubcrm.leads.permissions import SEE_LEADS, WORK_LEADS
from clubcrm.leads.queries.leads import LeadRowShown, LeadsWanted, lead_row, leads_page
from clubcrm.leads.receiving import receive
from clubcrm.leads.views import schemas
from clubcrm.leads.views.blueprint import lead_or_404, user_id

api = ApiBlueprint("leads_api", __name__, url_prefix="/api/v1/leads", description="Leads")


@api.get("")
@api.doc(summary="Leads of your clubs, newest first")
@require(SEE_LEADS)
@api.arguments(schemas.LeadQuery, location="query")
@api.response(200, schemas.LeadList)
def list_leads(asked: dict[str, Any]) -> dict[str, Any]:
    """Return a page of leads."""
    wanted = LeadsWanted(
        asked["stage"],
        asked["owner"],
        asked["member"],
        asked["since"],
        page_key(asked["after"]),
        asked["limit"],
    )
    rows, more = leads_page(current_actor().scope, wanted)
    return {"items": [_shown(row) for row in rows], "next": str(more) if more else None}


@api.post("")
@api.doc(
    summary="Somebody asks for the club",
    description="A lead at once, unless a person should look first: then it waits in the tray.",
)
@require(WORK_LEADS)
@api.arguments(schemas.LeadBody)
@api.response(201, schemas.LeadTaken)
def post_lead(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The question is kept."""
    inquiry = receive(_arrival(body), by=current_actor().ref)
    lead = lead_row(Scope((inquiry.club_id,)), inquiry.lead_id) if inquiry.lead_id else None
    told = {
        "inquiry_id": inquiry.public_id,
        "state": inquiry.state.value,
        "why": inquiry.suspicion,
        "lead_id": lead.lead.public_id if lead else None,
    }
    where = url_for("leads_api.get_lead", lead_id=lead.lead.public_id) if lead else ""
    return told, 201, {"Location": where} if where else {}


@api.get("/<string:lead_id>")
@api.doc(summary="One lead")
@require(SEE_LEADS)
@api.response(200, schemas.LeadShown)
def get_lead(lead_id: str) -> dict[str, Any]:
    """Return the lead."""
    return _of(lead_or_404(lead_id))


@api.post("/<string:lead_id>/move")
@api.doc(summary="Move a lead to another stage", description="409 NO_CONTRACT for won by hand.")
@require(WORK_LEADS)
@api.arguments(schemas.LeadMoveBody)
@api.response(200, schemas.LeadMovedShown)
def post_move(body: dict[str, Any], lead_id: str) -> dict[str, Any]:
    """The lead stands in the stage."""
    lead = lead_or_404(lead_id)
    odd = move_lead(lead, Move(**body), by=current_actor().ref)
    return {
        **_of(lead),
        "repeated": [one.value for one in odd.repeated],
        "moves": odd.moves,
    }


@api.post("/<string:lead_id>/tries")
@api.doc(summary="Note a try to speak with a lead; what follows from it is done")
@require(WORK_LEADS)
@api.arguments(schemas.LeadTryBody)
@api.response(201, schemas.LeadShown)
def post_try(body: dict[str, Any], lead_id: str) -> dict[str, Any]:
    """The try is on record."""
    lead = lead_or_404(lead_id)
    log_try(lead, ContactTry(**body), by=current_actor().ref, user_id=user_id())
    return _of(lead)


def _arrival(body: dict[str, Any]) -> Arrival:
    seen = {name: body[name] for name in ("utm_source", "utm_medium", "utm_campaign")}
    touch = Touch(clock.now(), **seen) if any(seen.values()) else None
    return Arrival(
        club_id=_club(body["club"]),
        channel=body["channel"],
        name=body["name"],
        phone=body["phone"],
        email=body["email"],
        language=body["language"],
        message=body["message"],
        wish=Wish(body["interest"]),
        trail=Trail(source=body["source"], first=touch),
        external_ref=body["external_ref"],
    )


def _club(wish: str) -> int:
    clubs = my_clubs()
    if not clubs:
        raise forbidden(_("This token works in no club."))
    if not wish:
        return min(one.id for one in clubs)
    found = next((one.id for one in clubs if wish in (one.public_id, one.name)), None)
    if found is None:
        raise invalid({"club": _("Expected the id or the name of one of your clubs.")})
    return found


def _of(lead: Lead) -> dict[str, Any]:
    row = lead_row(Scope((lead.club_id,)), lead.id)
    assert row is not None  # noqa: S101 - the lead was just read
    return _shown(row)


def _shown(row: LeadRowShown) -> dict[str, Any]:
    lead = row.lead
    value = None
    if lead.value_minor is not None:
        value = {"amount_minor": lead.value_minor, "currency": lead.currency}
    plain = {
        name: getattr(lead, name)
        for name in schemas.LeadShown().fields
        if name not in _NAMED and hasattr(lead, name)
    }
    return {
        **plain,
        "id": lead.public_id,
        "member_id": row.person_id,
        "name": row.name,
        "stage": lead.state.value,
        "channel": lead.channel.value,
        "source": row.source,
        "owner": row.owner or None,
        "value": value,
        "lost_reason": lead.lost_reason.value if lead.lost_reason else None,
    }


_NAMED = frozenset(
    {"id", "member_id", "name", "stage", "channel", "source", "owner", "value", "lost_reason"}
)
