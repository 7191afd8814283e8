"""The till on a bad day: a full disk, and sums that are none."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.pool import ConnectionPoolEntry

from bar_inventory.catalogue.models import ModifierPrice, PriceVersion, Product
from bar_inventory.sales.models import Cart, Sale, SaleTender
from bar_inventory.stock.models import StockMove
from clubcrm.core.audit import AuditLine
from clubcrm.core.db import db, unit_of_work
from memberships.billing.models import Invoice, Payment
from tests.bar_inventory.conftest import NOON
from tests.bar_inventory.counter import make_bar
from tests.bar_inventory.sales.conftest import Counter, faults, fill

pytestmark = pytest.mark.fault
ROOM_ENOUGH = 2**30
WEIRD = ("Infinity", "-inf", "NaN", "1e30", "1E3", "-0", "-5", "0x10", "1__0", "৫.৫.৫", "9" * 21)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def counter(app, cast) -> Counter:
    with app.app_context(), unit_of_work():
        return fill(cast, make_bar(cast))


@pytest.fixture
def product(app, counter) -> dict[str, str]:
    with app.app_context(), unit_of_work(write=False) as session:
        return dict(session.execute(select(Product.name, Product.public_id)).all())


@dataclass(slots=True)
class Disk:
    """The room that the store has on its disk, in pages; it changes while everything runs."""

    most: int = ROOM_ENOUGH

    def fill(self) -> None:
        """There is no room for a single page more."""
        with db.engine.connect() as connection:
            self.most = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def free(self) -> None:
        """Somebody has made room."""
        self.most = ROOM_ENOUGH


@pytest.fixture
def disk(app: Flask) -> Iterator[Disk]:
    """Return the disk on which the store lies."""
    with app.app_context():
        engine = db.engine
    if engine.dialect.name != "sqlite":
        pytest.skip("the disk of PostgreSQL belongs to its own server")
    made = Disk()

    def limit(connection, _entry: ConnectionPoolEntry, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count={made.most}")

    event.listen(engine, "checkout", limit)
    yield made
    event.remove(engine, "checkout", limit)


def rows(app: Flask) -> dict[str, int]:
    tables = (Sale, SaleTender, Invoice, Payment, StockMove, AuditLine)
    with app.app_context(), unit_of_work(write=False) as session:
        return {
            one.__tablename__: session.scalar(select(func.count()).select_from(one)) or 0
            for one in tables
        }


def tap(client, public_id: str):
    return client.post("/till/add", data={"product": public_id}, headers={"HX-Request": "true"})


def test_f29_a_full_disk_takes_no_money_says_so_and_sells_again_when_there_is_room(
    app, client_of, counter, product, disk
):
    boris = client_of("Boris")
    body = {
        "lines": [{"product_id": product["Water"], "quantity": 1}],
        "tenders": [{"tender": "cash", "amount_minor": 3_000}],
    }
    with app.app_context():
        disk.fill()

    # Pages that are half empty take some sales; then there is no room, and it stays so.
    told = [boris.post("/api/v1/sales", json=body) for _ in range(300)]
    codes = [answer.status_code for answer in told]
    sold = codes.count(201)
    full = told[-1]
    before = rows(app)

    assert set(codes) == {201, 503}
    assert (full.get_json()["code"], full.headers["Retry-After"]) == ("DISK_FULL", "60")
    assert "Free some space" in full.get_json()["detail"]
    assert (before["bar_sale"], before["payment"], before["invoice"]) == (sold, sold, sold)
    assert boris.get("/till").status_code == 200
    assert "Sales over the counter" in boris.get("/till/sales").text
    page = boris.post("/till/add", data={"product": product["Water"]})
    assert page.status_code in {303, 503}
    with app.app_context(), unit_of_work(write=False):
        rung = db.session.scalars(
            select(AuditLine.subject_id).where(AuditLine.action == "sale.rung")
        ).all()
        kept = db.session.scalars(select(Sale.id)).all()
        assert sorted(map(int, rung)) == sorted(kept)
        assert faults() == []

    disk.free()
    again = boris.post("/api/v1/sales", json=body)

    assert again.status_code == 201
    assert rows(app)["bar_sale"] == sold + 1


@pytest.mark.parametrize("typed", WEIRD)
def test_f68_a_sum_that_is_none_pays_nothing_at_the_till(app, client_of, product, typed):
    boris = client_of("Boris")
    tap(boris, product["Water"])
    before = rows(app)

    told = [
        boris.post("/till/pay", data={"tender": "cash", "shown": "3000", "given": typed}),
        boris.post("/till/pay", data={"tender": "cash", "shown": "3000", "tip": typed}),
        boris.post("/till/pay", data={"shown": "3000", "amount-cash": typed}),
    ]

    assert [answer.status_code for answer in told] == [400, 400, 400]
    assert all("Expected an amount" in answer.text for answer in told)
    assert rows(app) == before
    assert "Water" in boris.get("/till").text


def test_f68_digits_of_other_scripts_and_grouped_sums_are_read_exactly(app, client_of, product):
    boris = client_of("Boris")
    for typed in ("৩০", "1,000.50", "३०.००"):
        tap(boris, product["Water"])
        answer = boris.post("/till/pay", data={"tender": "cash", "shown": "3000", "given": typed})
        assert answer.status_code == 303, answer.text
    with app.app_context(), unit_of_work(write=False) as session:
        given = session.scalars(select(SaleTender.given_minor).order_by(SaleTender.id)).all()
        assert faults() == []

    assert given == [3_000, 100_050, 3_000]


@pytest.mark.parametrize("wrong", ["NaN", "Infinity", "1e30", "0.005", '"3000"', "-3000", "true"])
def test_f68_the_api_takes_whole_numbers_alone(app, client_of, product, wrong):
    boris = client_of("Boris")
    lines = json.dumps([{"product_id": product["Water"]}])
    before = rows(app)

    for body in (
        f'{{"lines": {lines}, "tenders": [{{"tender": "cash", "amount_minor": {wrong}}}]}}',
        f'{{"lines": {lines}, "tip_minor": {wrong}, '
        '"tenders": [{"tender": "cash", "amount_minor": 3000}]}',
    ):
        answer = boris.post("/api/v1/sales", data=body, content_type="application/json")
        assert answer.status_code in {400, 422}, answer.text
    assert rows(app) == before


@pytest.mark.parametrize("typed", ["two", "1e1", "-1", "1.5", "99999", "²"])
def test_f68_a_quantity_that_is_none_leaves_the_line_as_it_is(app, client_of, product, typed):
    boris = client_of("Boris")
    tap(boris, product["Water"])
    with app.app_context(), unit_of_work(write=False) as session:
        key = session.scalars(select(Cart.lines)).one()[0]["key"]

    answer = boris.post(
        "/till/line", data={"key": key, "quantity": typed}, headers={"HX-Request": "true"}
    )

    assert "Expected 0 to" in answer.text
    with app.app_context(), unit_of_work(write=False) as session:
        assert [line["quantity"] for line in session.scalars(select(Cart.lines)).one()] == [1]


@pytest.mark.parametrize("typed", ["two", "1e1", "-1", "1.5", "99999", "²"])
def test_f68_a_count_that_is_none_gives_nothing_back(app, client_of, product, typed):
    max_ = client_of("Max")
    tap(max_, product["Water"])
    max_.post("/till/pay", data={"tender": "cash", "shown": "3000"})
    with app.app_context(), unit_of_work(write=False) as session:
        sale = session.scalars(select(Sale.public_id)).one()
    before = rows(app)

    answer = max_.post(f"/till/sales/{sale}/back", data={"count-1": typed, "reason": "Warm"})

    assert answer.status_code == 400
    assert rows(app) == before


@pytest.mark.parametrize("typed", [*WEIRD, "0.0005", "1_000"])
def test_f68_prices_taxes_and_wishes_that_are_none_change_nothing(
    app, client_of, counter, product, typed
):
    max_ = client_of("Max")
    price = f"/stock/products/{product['Water']}/price"
    recipe = f"/stock/products/{product['Shake']}/recipe"
    with app.app_context(), unit_of_work(write=False) as session:
        before = [session.scalar(select(func.count()).select_from(one)) for one in KEPT]

    told = [
        max_.post(price, data={"price": "30", "tax": typed}),
        max_.post(
            recipe,
            data={
                "yield_units": "1",
                "parts": "300 Milk",
                "wishes": f"Oat milk: Milk -> Oat milk +{typed}",
            },
        ),
    ]
    if typed != "1_000":
        told.append(max_.post(price, data={"price": typed}))

    assert {answer.status_code for answer in told} == {400}
    with app.app_context(), unit_of_work(write=False) as session:
        after = [session.scalar(select(func.count()).select_from(one)) for one in KEPT]
    assert after == before


KEPT = (PriceVersion, ModifierPrice)
