"""Views room: products and the ledger of goods, under /api/v1."""

from typing import Any

from flask_babel import gettext as _

from bar_inventory.catalogue import queries
from bar_inventory.catalogue.models import PriceVersion, Product
from bar_inventory.catalogue.services import PriceDraft, ProductDraft, create_product, set_price
from bar_inventory.permissions import EDIT_PRODUCTS, MOVE_STOCK, SEE_COSTS, SEE_STOCK
from bar_inventory.purchasing import board
from bar_inventory.purchasing.services import CameIn, ReceiptDraft, receive
from bar_inventory.purchasing.views import schemas
from bar_inventory.stock.handling import TransferOrder, WriteOffOrder, transfer, write_off
from bar_inventory.stock.models import Place
from bar_inventory.stock.queries import moves_of, place_for, places_of, selling_place
from bar_inventory.stock.selling import Availability, availability
from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, page_key
from clubcrm.core.clubs import Scope
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.shell import ClubChoice, my_clubs
from clubcrm.core.types import new_public_id
from clubcrm.core.web import current_actor, require

stock_api = ApiBlueprint(
    "stock_api", __name__, url_prefix="/api/v1", description="Products of the bar and their stock"
)


@stock_api.get("/products")
@stock_api.doc(summary="Products of a club with prices of today and how many are left")
@require(SEE_STOCK)
@stock_api.arguments(schemas.ProductArgs, location="query")
@stock_api.response(200, schemas.BarProductList)
def list_products(asked: dict[str, Any]) -> dict[str, Any]:
    club, limit = _club(asked["club"]), asked["limit"]
    found = queries.products_of(
        Scope((club.id,)), words=asked["words"], after=asked["after"] or "", limit=limit + 1
    )
    shown = found[:limit]
    return {"items": _products(shown, club), "next": shown[-1].name if len(found) > limit else None}


@stock_api.post("/products")
@stock_api.doc(summary="Create a product, with its first price when one is given")
@require(EDIT_PRODUCTS)
@stock_api.arguments(schemas.BarProductBody)
@stock_api.response(201, schemas.BarProductShown)
def post_product(body: dict[str, Any]) -> dict[str, Any]:
    club, by = _club(body["club"]), current_actor().ref
    draft = ProductDraft(
        name=body["name"],
        kind=body["kind"],
        unit=body["unit"],
        club_id=club.id,
        sku=body["sku"],
        stocked=body["stocked"],
        below_zero=body["below_zero"],
        allergens=tuple(body["allergens"]),
        barcodes=tuple(body["barcodes"]),
    )
    product = create_product(draft, by=by)
    if body["price_minor"] is not None:
        price = PriceDraft(product.id, club.id, body["price_minor"], body["member_price_minor"])
        set_price(price, by=by)
    return _products([product], club)[0]


@stock_api.get("/products/<string:public_id>")
@stock_api.doc(summary="One product")
@require(SEE_STOCK)
@stock_api.response(200, schemas.BarProductShown)
def get_product(public_id: str) -> dict[str, Any]:
    return _products([_product(public_id)], _club(None))[0]


@stock_api.get("/stock")
@stock_api.doc(summary="What lies where in a club, and for how many days it lasts")
@require(SEE_STOCK)
@stock_api.arguments(schemas.MoveArgs, location="query")
@stock_api.response(200, schemas.StockShown)
def get_stock(asked: dict[str, Any]) -> dict[str, Any]:
    club = _club(asked["club"])
    product = _product(asked["product"]) if asked["product"] else None
    rows = board.shelf_rows(
        club.id, clock.today(club.zone), product_id=product.id if product else None
    )
    knows = current_actor().may(SEE_COSTS)
    return {
        "places": [
            {"id": place.public_id, "name": place.name, "sells": place.sells}
            for place in places_of(Scope((club.id,)))
        ],
        "levels": [
            {
                "product_id": row.product.public_id,
                "place_id": row.place.public_id,
                "units": row.units,
                "value_micro": row.value_micro if knows else None,
                "cover_days": row.cover,
                "low": row.is_low,
                "expires_on": row.expires_on,
            }
            for row in rows
        ],
    }


@stock_api.get("/stock/moves")
@stock_api.doc(summary="Lines of the ledger of goods, the newest first")
@require(SEE_STOCK)
@stock_api.arguments(schemas.MoveArgs, location="query")
@stock_api.response(200, schemas.MoveList)
def list_moves(asked: dict[str, Any]) -> dict[str, Any]:
    product = _product(asked["product"]) if asked["product"] else None
    limit = asked["limit"]
    rows = board.moves_page(
        _club(asked["club"]).id,
        product_id=product.id if product else None,
        before_id=page_key(asked["after"]),
        limit=limit + 1,
    )
    more = str(rows[limit - 1].move.id) if len(rows) > limit else None
    return {"items": [_move(row) for row in rows[:limit]], "next": more}


@stock_api.post("/stock/moves")
@stock_api.doc(summary="Receive goods, write them off, or move them to another place")
@require(MOVE_STOCK)
@stock_api.arguments(schemas.MoveBody)
@stock_api.response(201, schemas.MoveList)
def post_move(body: dict[str, Any]) -> dict[str, Any]:
    product, place = _product(body["product_id"]), _place(body["place_id"])
    by, source, units = current_actor().ref, new_public_id(), body["units"]
    if body["kind"] == "write_off":
        order = WriteOffOrder(place.id, product.id, units, body["waste"], body["reason"])
        write_off(order, source_id=source, by=by)
        found = moves_of("write_off", [source])
    elif body["kind"] == "transfer":
        to = _place(body["to_place_id"] or "")
        transfer(
            TransferOrder(place.id, to.id, product.id, units, body["reason"]),
            source_id=source,
            by=by,
        )
        found = moves_of("transfer", [source, f"{source}:in"])
    else:
        if body["cost_minor"] is None:
            raise invalid({"cost_minor": _("Say what the goods cost.")})
        line = CameIn(product.id, units, body["cost_minor"], expires_on=body["expires_on"])
        receive(ReceiptDraft(place.id, (line,), paper=body["reason"][:60]), source_id=source, by=by)
        found = moves_of("receipt", [f"{source}:0"])
    ids = {move.id for move in found}
    rows = board.moves_page(place.club_id, product_id=product.id, limit=len(ids) + 20)
    return {"items": [_move(row) for row in rows if row.move.id in ids], "next": None}


def _products(products: Any, club: ClubChoice) -> list[dict[str, Any]]:
    now = clock.now()
    ids = [one.id for one in products]
    prices, codes = queries.prices_at(club.id, now, ids), queries.barcodes_of(ids)
    place = selling_place(club.id)
    left = availability(club.id, place.id, now) if place else {}
    return [
        _told(one, prices.get(one.id), codes.get(one.id, []), left.get(one.id)) for one in products
    ]


def _told(
    one: Product, price: PriceVersion | None, codes: list[str], there: Availability | None
) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "name": one.name,
        "kind": one.kind.value,
        "unit": one.unit.value,
        "sku": one.sku,
        "barcodes": codes,
        "stocked": one.stocked,
        "below_zero": one.below_zero,
        "active": one.active,
        "allergens": one.allergens,
        "price": _amount(price.price_minor, price.currency) if price else None,
        "member_price": _amount(price.member_price_minor, price.currency) if price else None,
        "left": there.left if there else None,
        "sold_out": bool(there and there.is_sold_out),
    }


def _amount(minor: int | None, currency: str) -> dict[str, Any] | None:
    return None if minor is None else {"amount_minor": minor, "currency": currency}


def _move(row: board.MoveRow) -> dict[str, Any]:
    return {
        "id": row.move.public_id,
        "kind": row.move.kind.value,
        "product_id": row.product.public_id,
        "place_id": row.place.public_id,
        "units": row.move.units,
        "value_micro": row.move.value_micro if current_actor().may(SEE_COSTS) else None,
        "reason": row.move.reason,
        "source": f"{row.move.source_kind}:{row.move.source_id}",
        "reversed": row.undone_by is not None,
        "at": row.move.at,
        "by": row.move.by,
    }


def _club(wish: str | None) -> ClubChoice:
    clubs = my_clubs()
    if wish is None and clubs:
        return clubs[0]
    found = next((club for club in clubs if wish in (club.public_id, club.name)), None)
    if found is None:
        raise not_found(_("There is no such club, or it is not one of yours."))
    return found


def _product(public_id: str) -> Product:
    product = queries.product_for(current_actor().scope, public_id)
    if product is None:
        raise not_found(_("There is no such product."))
    return product


def _place(public_id: str) -> Place:
    place = place_for(current_actor().scope, public_id)
    if place is None:
        raise not_found(_("There is no such place."))
    return place
