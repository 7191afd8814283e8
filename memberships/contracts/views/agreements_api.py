"""Views room: offers and renewals of contracts under /api/v1."""

from typing import Any

from flask_babel import gettext as _

from clubcrm.core.api import ApiBlueprint
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.contracts import history, offers, renewals
from memberships.contracts.catalogue import plan_for, plan_version
from memberships.contracts.next_terms import renewal_terms
from memberships.contracts.outlook import offer_for, offers_of
from memberships.contracts.renewal_tables import OfferState, RenewalOffer
from memberships.contracts.views import schemas
from memberships.contracts.views.api import contract_row, contract_shown
from memberships.permissions import SEE_CONTRACTS, SIGN_CONTRACTS

agreements_api = ApiBlueprint(
    "agreements_api", __name__, url_prefix="/api/v1", description="Renewals, changes, transfers"
)


@agreements_api.post("/contracts/<string:public_id>/renew")
@agreements_api.doc(summary="Renew a contract; once: a second call gives the same next contract")
@require(SIGN_CONTRACTS)
@agreements_api.arguments(schemas.RenewBody)
@agreements_api.response(201, schemas.RenewalShown)
@agreements_api.alt_response(200, schema=schemas.RenewalShown, description="Renewed before")
def post_renewal(body: dict[str, Any], public_id: str) -> tuple[dict[str, Any], int]:
    actor = current_actor()
    row = contract_row(public_id)
    plan_id = _plan_id(body["plan_id"])
    if body["offer_id"] is None:
        done = renewals.renew(
            row.contract_id, by=actor.ref, plan_id=plan_id, clash_seen=body["allow_overlap"]
        )
    else:
        offer = _offer(body["offer_id"])
        if offer.contract_id != row.contract_id:
            raise not_found(_("There is no such offer."))
        request = renewals.AcceptRequest(offer.id, plan_id, clash_seen=body["allow_overlap"])
        done = renewals.accept_renewal(request, by=actor.ref)
    shown = contract_shown(contract_row(done.contract.public_id))
    return {**shown, "already_accepted": not done.is_new}, 201 if done.is_new else 200


@agreements_api.post("/contracts/<string:public_id>/offers")
@agreements_api.doc(summary="Offer the next term to a member; the same offer is made once")
@require(SIGN_CONTRACTS)
@agreements_api.arguments(schemas.RenewalOfferBody)
@agreements_api.response(201, schemas.RenewalOfferShown)
def post_offer(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    row = contract_row(public_id)
    request = offers.OfferRequest(
        row.contract_id,
        _plan_id(body["plan_id"]),
        body["price_minor"],
        body["early_price_minor"],
        body["early_until"],
        body["expires_on"],
    )
    return _shown(offers.offer_renewal(request, by=current_actor().ref), row.public_id)


@agreements_api.get("/members/<string:public_id>/offers")
@agreements_api.doc(summary="Every renewal offer a member has had, newest first")
@require(SEE_CONTRACTS)
@agreements_api.response(200, schemas.RenewalOfferList)
def list_offers(public_id: str) -> dict[str, Any]:
    person = person_in(current_actor().scope, public_id)
    contracts = {row.contract_id: row.public_id for row in history.contracts_of(person.id)}
    found = offers_of(person.id)
    return {"items": [_shown(offer, contracts.get(offer.contract_id, "")) for offer in found]}


@agreements_api.post("/offers/<string:offer_id>/decline")
@agreements_api.doc(summary="Keep why a member does not want to go on")
@require(SIGN_CONTRACTS)
@agreements_api.arguments(schemas.RenewalDeclineBody)
@agreements_api.response(200, schemas.RenewalOfferShown)
def post_decline(body: dict[str, Any], offer_id: str) -> dict[str, Any]:
    offer = _offer(offer_id)
    by = current_actor().ref
    offers.decline_renewal(offer.id, body["reason"], by=by, words=body["words"])
    return _shown(offer, "")


def _plan_id(public_id: str | None) -> int | None:
    if public_id is None:
        return None
    plan = plan_for(current_actor().scope, public_id)
    if plan is None:
        raise not_found(_("There is no such plan."))
    return plan.plan_id


def _offer(public_id: str) -> RenewalOffer:
    offer = offer_for(current_actor().scope, public_id)
    if offer is None:
        raise not_found(_("There is no such offer."))
    return offer


def _shown(offer: RenewalOffer, contract: str) -> dict[str, Any]:
    return {
        "id": offer.public_id,
        "contract_id": contract,
        "plan_name": plan_version(offer.plan_version_id).terms.name,
        "price": {"amount_minor": offer.price_minor, "currency": offer.currency},
        "early_price_minor": offer.early_price_minor,
        "early_until": offer.early_until,
        "expires_on": offer.expires_on,
        "state": offer.state.value,
        "reason": offer.reason.value if offer.reason else None,
        "promotion": renewal_terms(offer).promotion if offer.state is OfferState.OPEN else None,
    }
