"""Max brings in the list of his supplier and the sales of the till he had."""

import io

import pytest
from sqlalchemy import func, select

from bar_inventory.catalogue.models import Product
from bar_inventory.catalogue.queries import prices_at
from bar_inventory.purchasing.models import PastSale
from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from tests.bar_inventory.counter import make_bar

LIST = "Artikel;Preis;Code\nProtein bar;180;400111\nCola;90;400112\nCake;x;400113\n"


@pytest.fixture
def bar(app, cast):
    """Return the bar for everybody to see."""
    with app.app_context(), unit_of_work():
        return make_bar(cast)


def send(client, content: str, what: str):
    file = (io.BytesIO(content.encode()), "list.csv")
    data = {"what": what, "table": file}
    return client.post("/stock/import", data=data, content_type="multipart/form-data")


def count(app, kind) -> int:
    with app.app_context(), unit_of_work(write=False):
        return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_list_with_headings_of_its_own_is_tried_then_brought_in_once(app, client_of, bar):
    max_, before = client_of("Max"), count(app, Product)
    columns = {"what": "products", "name": "Artikel", "price": "Preis", "barcode": "Code"}
    page = send(max_, LIST, "products").location

    shown = max_.get(page).text
    nameless = max_.post(page, data={**columns, "name": ""})
    tried = max_.post(page, data={**columns, "act": "try"}).text
    after_try = count(app, Product)
    written = max_.post(page, data={**columns, "act": "write"}).text

    assert "Protein bar" in shown
    assert nameless.status_code == 400
    assert "Choose the column that says this." in nameless.text
    assert "Tried: 2 rows would come in." in tried
    assert after_try == before
    assert "2 rows are in." in written
    assert ">4<" in written  # the row whose price cannot be read
    assert max_.get(page).status_code == 404
    with app.app_context(), unit_of_work(write=False):
        cola = db.session.scalars(select(Product).where(Product.name == "Cola")).one()
        assert prices_at(bar.club, clock.now())[cola.id].price_minor == 9_000
    again = send(max_, LIST, "products").location
    told = max_.post(again, data={**columns, "act": "write"}).text
    assert "0 rows are in." in told
    assert "2 are known already" in told


def test_past_sales_come_in_and_go_on_to_the_orders(app, client_of, bar):
    max_ = client_of("Max")
    table = "wann,was,Bon\n2026-10-01 09:00,Coffee,1\n2026-10-01 09:05,Bread,2\n"
    page = send(max_, table, "sales").location
    columns = {"what": "sales", "day": "wann", "name": "was", "ticket": "Bon", "act": "write"}

    answer = max_.post(page, data=columns)

    assert answer.location == "/stock/orders"
    assert count(app, PastSale) == 2


def test_what_is_no_table_or_another_clubs_is_refused_in_words(client_of, bar):
    max_ = client_of("Max")

    empty = send(max_, "", "products")
    bomb = max_.post(
        "/stock/import",
        data={"what": "stock", "table": (io.BytesIO(b"PK\x03\x04nonsense"), "a.xlsx")},
        content_type="multipart/form-data",
    )

    assert empty.status_code == 400
    assert "Choose a file first." in empty.text
    assert bomb.status_code == 400
    assert max_.get("/stock/import/..%2f..%2fetc").status_code == 404
    assert max_.get("/stock/import/aaaaaaaaaaaaaa").status_code == 404
    assert client_of("Boris").get("/stock/import").status_code == 403
