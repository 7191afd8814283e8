"""A product with its price and recipe, typed by Max."""

import pytest
from sqlalchemy import select

from bar_inventory.catalogue.book import book_of
from bar_inventory.catalogue.models import ModifierPrice, PriceVersion, PriceWindow, Product
from bar_inventory.catalogue.queries import prices_at
from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from tests.bar_inventory.counter import make_bar

LATTE = {"name": "Latte", "kind": "sold", "unit": "piece", "barcodes": "400001 400002"}


@pytest.fixture
def bar(app, cast):
    """Return the bar for everybody to see."""
    with app.app_context(), unit_of_work():
        return make_bar(cast)


def test_a_product_gets_its_price_and_recipe(app, client_of, bar):
    max_ = client_of("Max")
    page = max_.post("/stock/products/new", data=LATTE).location
    happy = {"happy_days": ["0", "4"], "happy_from": "15:00", "happy_until": "17:00"}
    price = {"price": "250", "member_price": "200", "happy_price": "150", "tax": "7,5"}
    max_.post(f"{page}/price", data={**price, **happy})
    max_.post(f"{page}/price", data={"price": "260"})
    made = {
        "parts": "180 Milk -10% / 180 Oat milk\n5 Whey",
        "wishes": "Oat milk: Milk -> Oat milk +30",
        "yield_units": "1",
    }
    max_.post(f"{page}/recipe", data=made)

    with app.app_context(), unit_of_work(write=False):
        latte = db.session.scalars(select(Product).where(Product.name == "Latte")).one()
        versions = db.session.scalars(select(PriceVersion).order_by(PriceVersion.id)).all()
        window = db.session.scalars(select(PriceWindow)).one()
        facts = book_of([latte.id], clock.now())[latte.id]
        assert [one.price_minor for one in versions] == [25_000, 26_000]
        assert versions[0].tax_bp == 750
        assert prices_at(bar.club, clock.now())[latte.id].price_minor == 26_000
        assert (window.weekdays, window.price_minor) == (17, 15_000)
        assert [(part.product_id, part.units, part.waste_bp) for part in facts.parts] == [
            (bar.milk, 180, 1000),
            (bar.powder, 5, 0),
        ]
        assert db.session.scalars(select(ModifierPrice.delta_minor)).one() == 3_000
    shown = max_.get(page).text
    assert "180 Milk -10% / 180 Oat milk" in shown
    assert "Oat milk: Milk -&gt; Oat milk +30.00" in shown


def test_wrong_input_is_named_and_kept(client_of, bar):
    max_ = client_of("Max")
    page = max_.post("/stock/products/new", data=LATTE).location

    again = max_.post("/stock/products/new", data={**LATTE, "name": "Flat white"})
    wrong = max_.post(f"{page}/recipe", data={"parts": "5 Sugar", "yield_units": "1"})
    itself = max_.post(f"{page}/recipe", data={"parts": "5 Latte", "yield_units": "1"})
    stale = max_.post(page, data={**LATTE, "seen_version": "9"})

    assert "400001 belongs to Latte already." in again.text
    assert 'value="Flat white"' in again.text
    assert "names no product: 5 Sugar" in wrong.text
    assert "A product cannot be made of itself." in itself.text
    assert stale.status_code == 409
    assert client_of("Boris").get("/stock/products/new").status_code == 403
    assert "Latte" in client_of("Boris").get("/stock/products?q=400002").text
