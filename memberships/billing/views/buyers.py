"""Views room: how a member is named on invoices, on a page and under /api/v1."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.billing.buyers import Buyer, buyer_at, name_buyer, tax_id_name
from memberships.billing.forms import BuyerForm
from memberships.billing.views.account import Whom, account, whom
from memberships.permissions import SEE_CONTRACTS, TAKE_MONEY

buyers_api = ApiBlueprint(
    "buyers_api", __name__, url_prefix="/api/v1", description="Who invoices are made out to"
)


class BuyerBody(InputSchema):
    name = fields.String(load_default="", validate=validate.Length(max=200))
    tax_id = fields.String(
        load_default="",
        validate=validate.Length(max=60),
        metadata={"description": "BIN in Bangladesh, PAN in Nepal; checked for its form"},
    )
    address = fields.String(load_default="", validate=validate.Length(max=400))


@account.route("/members/<person_id>/account/buyer", methods=["GET", "POST"])
@require(TAKE_MONEY)
def buyer(person_id: str) -> ResponseReturnValue:
    found = whom(person_id)
    known = buyer_at(found.person.id)
    form = BuyerForm(request.form if request.method == "POST" else None)
    if request.method == "GET":
        form.name.data, form.tax_id.data, form.address.data = (
            known.name,
            known.tax_id,
            known.address,
        )
        return _page(found, form)
    if not form.validate():
        return _page(found, form, status=400)
    wanted = Buyer(form.name.data or "", form.tax_id.data or "", form.address.data or "")
    try:
        name_buyer(found.person, wanted, by=current_actor().ref)
    except DomainError as error:
        return _page(found, form, refusal=form.accept(error), status=error.status)
    flash(_("Invoices are made out so from now on."), "success")
    return redirect(url_for("account.show", person_id=person_id), 303)


def _page(
    found: Whom, form: BuyerForm, *, refusal: str = "", status: int = 200
) -> ResponseReturnValue:
    country = db.session.get_one(Club, found.club.id).country
    form.tax_id.label.text = tax_id_name(country)
    page = render_template("memberships/billing/buyer.html", whom=found, form=form, refusal=refusal)
    return page, status


@buyers_api.get("/members/<string:public_id>/buyer")
@buyers_api.doc(summary="How a member is named on invoices")
@require(SEE_CONTRACTS)
@buyers_api.response(200, BuyerBody)
def get_buyer(public_id: str) -> Buyer:
    return buyer_at(person_in(current_actor().scope, public_id).id)


@buyers_api.post("/members/<string:public_id>/buyer")
@buyers_api.doc(summary="Invoices of a member are made out so from now on")
@require(TAKE_MONEY)
@buyers_api.arguments(BuyerBody)
@buyers_api.response(200, BuyerBody)
def post_buyer(body: dict[str, Any], public_id: str) -> Buyer:
    actor = current_actor()
    return name_buyer(person_in(actor.scope, public_id), Buyer(**body), by=actor.ref)
