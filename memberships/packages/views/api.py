"""Views room: packages on sale and sold, with their ledger, under /api/v1."""

from typing import Any

from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, page_key
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.shell import ClubChoice, my_clubs
from clubcrm.core.types import new_public_id
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.packages import offers, selling
from memberships.packages.products import create_product
from memberships.packages.queries import ledger_of
from memberships.packages.services import correct_lot
from memberships.packages.terms import PackageTerms
from memberships.packages.views import schemas
from memberships.permissions import (
    CHANGE_UNITS,
    EDIT_PACKAGES,
    SEE_CONTRACTS,
    SEE_PLANS,
    SELL_PACKAGES,
)

api = ApiBlueprint(
    "packages_api", __name__, url_prefix="/api/v1", description="Packages and their units"
)


@api.get("/package-products")
@api.doc(summary="Packages of your clubs with their newest terms")
@require(SEE_PLANS)
@api.response(200, schemas.ProductList)
def list_products() -> dict[str, Any]:
    return {"items": [_product(one) for one in offers.products_of(current_actor().scope)]}


@api.post("/package-products")
@api.doc(summary="Put a package on sale")
@require(EDIT_PACKAGES)
@api.arguments(schemas.ProductBody)
@api.response(201, schemas.ProductShown)
def post_product(body: dict[str, Any]) -> dict[str, Any]:
    club = _club(body.pop("club"))
    price = body.pop("price")
    terms = PackageTerms(price_minor=price["amount_minor"], currency=price["currency"], **body)
    made = create_product(club.id, terms, by=current_actor().ref)
    found = offers.product_by_id(made.id)
    assert found is not None  # noqa: S101 - just created
    return _product(found)


@api.get("/packages")
@api.doc(summary="Packages sold in your clubs, newest first")
@require(SEE_CONTRACTS)
@api.arguments(schemas.PackageQuery, location="query")
@api.response(200, schemas.PackageList)
def list_packages(asked: dict[str, Any]) -> dict[str, Any]:
    limit = asked["limit"]
    rows = offers.packages_page(
        current_actor().scope,
        member=asked["member"],
        before_id=page_key(asked["after"]),
        limit=limit + 1,
    )
    shown = rows[:limit]
    more = str(shown[-1].lot_id) if len(rows) > limit else None
    return {"items": [_package(row) for row in shown], "next": more}


@api.post("/packages")
@api.doc(summary="Sell a package to a member")
@require(SELL_PACKAGES)
@api.arguments(schemas.SaleBody)
@api.response(201, schemas.PackageShown)
def post_package(body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    person = person_in(actor.scope, body["member_id"])
    product = offers.product_for(actor.scope, body["product_id"])
    if product is None:
        raise not_found(_("There is no such package."))
    payer = person_in(actor.scope, body["payer_id"]).id if body["payer_id"] else None
    request = selling.SaleRequest(
        person.id,
        product.product_id,
        payer_id=payer,
        trainer_id=_trainer(body["trainer_id"], product.club_id),
        seen_price_minor=body["seen_price_minor"],
    )
    return _package(selling.sell_package(request, by=actor.ref))


@api.get("/packages/<string:public_id>")
@api.doc(summary="One package with its balance")
@require(SEE_CONTRACTS)
@api.response(200, schemas.PackageShown)
def get_package(public_id: str) -> dict[str, Any]:
    return _package(_row(public_id))


@api.get("/packages/<string:public_id>/ledger")
@api.doc(summary="Every line of a package, newest first, each with the balance after it")
@require(SEE_CONTRACTS)
@api.response(200, schemas.Ledger)
def get_ledger(public_id: str) -> dict[str, Any]:
    row = _row(public_id)
    lines = [
        {
            "id": line.entry_id,
            "kind": line.kind.value,
            "delta": line.delta,
            "balance": line.balance,
            "at": line.at,
            "by": line.by,
            "source": f"{line.source_kind}:{line.source_id}",
            "reverses": line.reverses_id,
            "reason": line.reason,
        }
        for line in ledger_of(row.lot_id)
    ]
    return {"balance": row.remaining, "items": lines}


@api.post("/packages/<string:public_id>/transfer")
@api.doc(summary="Give units to another member, with what was paid for them")
@require(CHANGE_UNITS)
@api.arguments(schemas.TransferBody)
@api.response(201, schemas.PackageShown)
def post_transfer(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    actor = current_actor()
    other = person_in(actor.scope, body["member_id"])
    made = selling.transfer_units(
        _row(public_id).lot_id, other.id, body["units"], by=actor.ref, reason=body["reason"]
    )
    return _package(made)


@api.post("/packages/<string:public_id>/correct")
@api.doc(summary="Correct the balance by a line with its reason")
@require(CHANGE_UNITS)
@api.arguments(schemas.CorrectionBody)
@api.response(200, schemas.PackageShown)
def post_correction(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    row = _row(public_id)
    correct_lot(
        row.lot_id,
        body["delta"],
        source_id=new_public_id(),
        by=current_actor().ref,
        reason=body["reason"],
    )
    return _package(_row(public_id))


@api.post("/packages/<string:public_id>/refund")
@api.doc(summary="Take back the unused units at exactly the price paid for them")
@require(CHANGE_UNITS)
@api.arguments(schemas.RefundBody)
@api.response(200, schemas.RefundShown)
def post_refund(body: dict[str, Any], public_id: str) -> dict[str, Any]:
    row = _row(public_id)
    value = selling.take_back_units(row.lot_id, by=current_actor().ref, reason=body["reason"])
    amount = {"amount_minor": value.amount_minor, "currency": value.currency}
    return {"balance": _row(public_id).remaining, "amount": amount}


def _club(wanted: str | None) -> ClubChoice:
    clubs = my_clubs()
    if wanted is None and clubs:
        return min(clubs, key=lambda club: club.id)
    found = [club for club in clubs if wanted in {club.public_id, club.name}]
    if not found:
        raise invalid({"club": _("Expected the id or the name of one of your clubs.")})
    return found[0]


def _trainer(public_id: str | None, club_id: int) -> int | None:
    if public_id is None:
        return None
    found = [one[0] for one in offers.trainers_of([club_id]) if one[1] == public_id]
    if not found:
        raise invalid({"trainer_id": _("Choose a trainer of this club.")})
    return found[0]


def _row(public_id: str) -> offers.PackageRow:
    row = offers.package_for(current_actor().scope, public_id)
    if row is None:
        raise not_found(_("There is no such package."))
    return row


def _terms(terms: PackageTerms) -> dict[str, Any]:
    return {
        "name": terms.name,
        "service": terms.service.value,
        "units": terms.units,
        "price": {"amount_minor": terms.price_minor, "currency": terms.currency},
        "valid_days": terms.valid_days,
        "moves_with_freeze": terms.moves_with_freeze,
        "low_mark": terms.low_mark,
        "no_show": terms.no_show.value,
        "late_cancel": terms.late_cancel.value,
        "late_cancel_hours": terms.late_cancel_hours,
        "trainer_choice": terms.trainer_choice.value,
    }


def _product(product: offers.ProductOnSale) -> dict[str, Any]:
    club = next(one.public_id for one in my_clubs() if one.id == product.club_id)
    return {
        "id": product.public_id,
        "club": club,
        "state": product.state.value,
        "version": product.version,
        **_terms(product.terms),
    }


def _package(row: offers.PackageRow) -> dict[str, Any]:
    currency = row.terms.currency
    next_unit = row.paid.next_value(row.remaining).amount_minor if row.remaining else 0
    return {
        "id": row.public_id,
        "member_id": row.person_public_id,
        "name": row.terms.name,
        "service": row.terms.service.value,
        "units_bought": row.bought,
        "balance": row.remaining,
        "expires_on": row.expires_on,
        "price": {"amount_minor": row.price_minor, "currency": currency},
        "unit_price": {"amount_minor": next_unit, "currency": currency},
        "unused_value": {
            "amount_minor": selling.refund_value(row).amount_minor,
            "currency": currency,
        },
        "low": row.is_low and row.is_open(clock.now().date()),
        "sold_at": row.opened_at,
        "invoice_id": row.invoice_id,
    }
