"""From a supplier to goods on the shelf, page by page."""

import re

import pytest
from sqlalchemy import select

from bar_inventory.catalogue.models import Product
from bar_inventory.purchasing.models import (
    OrderState,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    SupplierItem,
)
from clubcrm.core.db import db, unit_of_work
from clubcrm.messaging.letter_tables import PostedLetter
from memberships.approvals.models import Approval
from tests.bar_inventory.counter import make_bar


@pytest.fixture
def bar(app, cast):
    """Return the bar for everybody to see."""
    with app.app_context(), unit_of_work():
        return make_bar(cast)


def stored(app, statement):
    with app.app_context(), unit_of_work(write=False):
        return db.session.scalars(statement).all()


def mails_it_once(app, max_, order):
    max_.post(f"{order}/mail")
    again = max_.post(f"{order}/mail")

    assert again.status_code == 409
    assert "The mail with the order waits to leave." in max_.get(order).text
    letters = select(PostedLetter.address, PostedLetter.paper_name)
    with app.app_context(), unit_of_work(write=False):
        assert [tuple(row) for row in db.session.execute(letters)] == [
            ("orders@dairy.example", f"{order_number(app)}.pdf")
        ]


def order_number(app) -> str:
    return stored(app, select(PurchaseOrder.number))[0]


def test_an_order_walks_from_supplier_to_shelf(app, client_of, bar):
    max_, olga, boris = client_of("Max"), client_of("Olga"), client_of("Boris")
    (milk,) = stored(app, select(Product.public_id).where(Product.name == "Milk"))
    typed = {"name": "Dairy", "email": "orders@dairy.example", "lead_days": "2", "review_days": "7"}

    supplier = max_.post("/stock/suppliers/new", data=typed).location
    pack = {"product": milk, "pack_units": "12000", "price": "960"}
    assert "৳960.00" in max_.post(f"{supplier}/packs", data=pack, follow_redirects=True).text
    with app.app_context(), unit_of_work():
        from bar_inventory.stock.products import set_target  # noqa: PLC0415 - beside its use

        set_target(bar.milk, bar.bar, 20_000, None, by="user:2")
    assert "2 × 12 l" in max_.get("/stock/orders").text

    (dairy,) = stored(app, select(Supplier.public_id))
    order = max_.post("/stock/orders", data={"supplier": dairy}).location
    (item,) = stored(app, select(SupplierItem.public_id))
    max_.post(order, data={item: "3", "note": "in the morning"})
    assert max_.post(order, data={item: "three"}).status_code == 400
    assert "৳2,880.00" in max_.get(order).text
    max_.post(f"{order}/ask")
    (wish,) = stored(app, select(Approval.public_id))
    assert max_.post(f"/approvals/{wish}/decide", data={"answer": "grant"}).status_code == 403
    olga.post(f"/approvals/{wish}/decide", data={"answer": "grant"})

    page = max_.get(order).text
    assert "mailto:orders%40dairy.example" in page
    assert max_.get(f"{order}/order.pdf").data[:5] == b"%PDF-"
    mails_it_once(app, max_, order)
    (line,) = stored(app, select(PurchaseLine.id))
    came = {f"{line}-units": "12000", f"{line}-cost": "990", f"{line}-until": "2027-01-05"}
    assert boris.post(f"{order}/receive", data={**came, f"{line}-cost": "x"}).status_code == 400
    boris.post(f"{order}/receive", data={**came, "paper": "L-1"})

    assert stored(app, select(PurchaseOrder.state)) == [OrderState.PART_RECEIVED]
    page = max_.get(order).text
    assert "৳30.00 dearer" in re.sub(r"\s+", " ", page)
    assert 'value="24000"' in page
    assert "12 l" in boris.get(f"/stock/items/{milk}").text


def test_a_barista_orders_nothing_and_other_clubs_see_nothing(app, client_of, bar):
    assert client_of("Boris").get("/stock/suppliers").status_code == 403
    assert client_of("Boris").post("/stock/orders", data={}).status_code == 403
    assert client_of("Max").get("/stock/orders/nothing").status_code == 404
