"""Views room: sales over the counter under /api/v1."""

import secrets
from typing import Any

from flask import after_this_request
from flask_babel import gettext as _
from sqlalchemy import select

from bar_inventory.catalogue.models import Modifier, Product
from bar_inventory.sales.models import Sale
from bar_inventory.sales.papers import person_of, shift_name
from bar_inventory.sales.pricing import CartOrder, WantedLine
from bar_inventory.sales.queries import (
    lines_of,
    product_by_public,
    product_of_code,
    returned_of,
    sale_for,
    sales_page,
    tenders_of,
)
from bar_inventory.sales.returning import ReturnOrder, take_back
from bar_inventory.sales.selling import SaleOrder, TenderOrder, sell
from bar_inventory.sales.views import schemas
from clubcrm.core.api import ApiBlueprint, page_key
from clubcrm.core.db import db
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.api import person_in
from memberships.api import print_after
from memberships.permissions import REFUND_MONEY, USE_TILL
from memberships.tills.queries import shift_for

sales_api = ApiBlueprint(
    "sales_api", __name__, url_prefix="/api/v1", description="Sales over the counter"
)


@sales_api.get("/sales")
@sales_api.doc(summary="Sales of your clubs, the newest first")
@require(USE_TILL)
@sales_api.arguments(schemas.SaleQuery, location="query")
@sales_api.response(200, schemas.SaleList)
def list_sales(asked: dict[str, Any]) -> dict[str, Any]:
    scope = current_actor().scope
    shift = shift_for(scope, asked["shift"]) if asked["shift"] else None
    if asked["shift"] and shift is None:
        raise not_found(_("There is no such shift in your clubs."))
    rows = sales_page(
        scope,
        limit=asked["limit"] + 1,
        before_id=page_key(asked["after"]),
        shift_id=shift.id if shift else None,
    )
    shown = rows[: asked["limit"]]
    more = str(shown[-1].id) if len(rows) > len(shown) else None
    return {"items": [sale_shown(sale) for sale in shown], "next": more}


@sales_api.post("/sales")
@sales_api.doc(summary="Sell; 409 OUT_OF_STOCK, PRICE_CHANGED, NO_SHIFT, CREDIT_LIMIT")
@require(USE_TILL)
@sales_api.arguments(schemas.CounterSaleBody)
@sales_api.response(201, schemas.SaleShown)
def post_sale(body: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    member = person_in(actor.scope, body["member_id"]) if body["member_id"] else None
    shift = shift_for(actor.scope, body["shift_id"]) if body["shift_id"] else None
    if body["shift_id"] and shift is None:
        raise not_found(_("There is no such shift in your clubs."))
    club_id = member.club_id if member else shift.club_id if shift else _club()
    if shift is not None and shift.club_id != club_id:
        raise invalid({"shift_id": _("The shift is of another club than the member.")})
    cart = CartOrder(
        club_id=club_id,
        lines=tuple(_wanted(club_id, place, line) for place, line in enumerate(body["lines"])),
        person_id=member.id if member else None,
        discount_bp=body["discount_bp"],
        tip_minor=body["tip_minor"],
    )
    order = SaleOrder(
        cart=cart,
        tenders=tuple(TenderOrder(**one) for one in body["tenders"]),
        source_id=f"api:{secrets.token_hex(16)}",
        shown_minor=body["total_minor"],
        shift_id=shift.id if shift else None,
        note=body["note"],
    )
    sale = sell(order, by=actor.ref)
    after_this_request(lambda answer: print_after(answer, club_id))
    return sale_shown(sale)


@sales_api.get("/sales/<string:sale_id>")
@sales_api.doc(summary="One sale with its lines, tenders, and what came back")
@require(USE_TILL)
@sales_api.response(200, schemas.SaleShown)
def get_sale(sale_id: str) -> dict[str, Any]:
    return sale_shown(_sale(sale_id))


@sales_api.post("/sales/<string:sale_id>/refund")
@sales_api.doc(summary="Take a sale or lines of it back; money above the role's limit waits")
@require(REFUND_MONEY)
@sales_api.arguments(schemas.BackBody)
@sales_api.response(201, schemas.BackShown)
def post_refund(body: dict[str, Any], sale_id: str) -> dict[str, Any]:
    sale = _sale(sale_id)
    by_position = {line.position: line.id for line in lines_of(sale.id)}
    for place, one in enumerate(body["lines"]):
        if one["line"] not in by_position:
            raise invalid({f"lines.{place}.line": _("There is no such line.")})
    order = ReturnOrder(
        sale_id=sale.id,
        reason=body["reason"],
        source_id=secrets.token_hex(8),
        quantities={by_position[one["line"]]: one["quantity"] for one in body["lines"]},
        on_shelf=frozenset(by_position[one["line"]] for one in body["lines"] if one["on_shelf"]),
        is_void=body["void"],
    )
    made = take_back(order, by=current_actor().ref)
    return {
        "credit_note": made.credit_note.number,
        "amount_minor": made.amount_minor,
        "waiting": len(made.waiting),
        "sale": sale_shown(sale),
    }


def sale_shown(sale: Sale) -> dict[str, Any]:
    """Return a sale as the API gives it."""
    lines, tenders, back = lines_of(sale.id), tenders_of(sale.id), returned_of(sale.id)
    publics = _publics({line.product_id for line in lines})
    person = person_of(sale.person_id)
    return {
        "id": sale.public_id,
        "number": sale.number,
        "sold_at": sale.sold_at,
        "sold_by": sale.sold_by,
        "shift_id": shift_name(sale.shift_id),
        "member_id": person.public_id if person else None,
        "currency": sale.currency,
        "gross_minor": sale.gross_minor,
        "discount_minor": sale.discount_minor,
        "rounding_minor": sale.rounding_minor,
        "tip_minor": sale.tip_minor,
        "total_minor": sale.total_minor,
        "on_account_minor": sale.on_account_minor,
        "change_minor": sum(one.given_minor - one.amount_minor for one in tenders),
        "tenders": tenders,
        "lines": [
            {
                "line": line.position,
                "product_id": publics[line.product_id],
                "name": line.name,
                "wishes": line.wishes,
                "quantity": line.quantity,
                "returned": back.get(line.id, 0),
                "unit_price_minor": line.unit_price_minor,
                "discount_minor": line.discount_minor,
                "total_minor": line.total_minor,
            }
            for line in lines
        ],
    }


def _club() -> int:
    clubs = my_clubs()
    if len(clubs) != 1:
        raise invalid({"shift_id": _("Name the shift or the member: you work in several clubs.")})
    return clubs[0].id


def _wanted(club_id: int, place: int, line: dict[str, Any]) -> WantedLine:
    if line["barcode"]:
        coded = product_of_code(club_id, line["barcode"])
        if coded is None:
            raise invalid({f"lines.{place}.barcode": _("No product has this barcode.")})
        product_id, quantity = coded[0], coded[1] * line["quantity"]
    else:
        product = product_by_public(club_id, line["product_id"])
        if product is None:
            raise invalid({f"lines.{place}.product_id": _("This is not on sale.")})
        product_id, quantity = product.id, line["quantity"]
    wishes = db.session.scalars(
        select(Modifier.id).where(Modifier.public_id.in_(line["wishes"]))
    ).all()
    if len(wishes) != len(set(line["wishes"])):
        raise invalid({f"lines.{place}.wishes": _("This wish is no longer offered with it.")})
    return WantedLine(product_id, quantity, tuple(wishes))


def _publics(product_ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(
        select(Product.id, Product.public_id).where(Product.id.in_(product_ids))
    )
    return {row.id: row.public_id for row in rows}


def _sale(public_id: str) -> Sale:
    found = sale_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such sale in your clubs."))
    return found
