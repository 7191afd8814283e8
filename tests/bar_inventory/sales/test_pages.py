"""The till over HTTP: tap, scan, park, pay; and sales through the API."""

import pytest
import time_machine
from sqlalchemy import select

from access_control.models import Credential
from access_control.rules.codes import CredentialKind
from bar_inventory.catalogue.models import Modifier, Product
from bar_inventory.sales.models import Cart, CartState, Sale
from clubcrm.core.db import db, unit_of_work
from memberships.tills.settings import set_account_limit
from tests.bar_inventory.conftest import NOON
from tests.bar_inventory.counter import MAX, make_bar
from tests.bar_inventory.sales.conftest import Counter, faults, fill, set_price


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def counter(app, cast) -> Counter:
    with app.app_context(), unit_of_work():
        made = fill(cast, make_bar(cast))
        set_account_limit(made.mia, made.bar.club, 100_000, by=MAX)
        card = Credential(person_id=made.mia, kind=CredentialKind.CARD, value="0A1B2C3D")
        db.session.add(card)
        db.session.flush()
        return made


@pytest.fixture
def product(app, counter) -> dict[str, str]:
    with app.app_context(), unit_of_work(write=False) as session:
        rows = session.execute(select(Product.name, Product.public_id)).all()
        return dict(rows)


def store(app, statement):
    with app.app_context(), unit_of_work(write=False) as session:
        found = session.scalars(statement).all()
        session.expunge_all()
        return found


def tap(client, public_id: str):
    return client.post("/till/add", data={"product": public_id}, headers={"HX-Request": "true"})


def test_two_items_go_on_the_account_of_a_scanned_member(app, client_of, product):
    boris = client_of("Boris")
    tap(boris, product["Shake"])
    shown = tap(boris, product["Water"])
    scanned = boris.post("/till/scan", data={"value": "0a1b2c3d"}, headers={"HX-Request": "true"})
    paid = boris.post("/till/pay", data={"tender": "account", "shown": "28000"})

    assert "Shake" in shown.text
    assert "Mia Rahman" in scanned.text
    assert paid.status_code == 303, paid.text
    assert "28" in boris.get(paid.location).text
    (sale,) = store(app, select(Sale))
    assert (sale.total_minor, sale.on_account_minor) == (28_000, 28_000)
    with app.app_context(), unit_of_work(write=False):
        assert faults() == []


def test_a_scanned_barcode_is_in_the_cart_and_an_unknown_code_is_said(client_of, counter):
    boris = client_of("Boris")
    found = boris.post(
        "/till/scan", data={"value": "8941100500019"}, headers={"HX-Request": "true"}
    )
    lost = boris.post("/till/scan", data={"value": "4711"}, headers={"HX-Request": "true"})

    assert "Water" in found.text
    assert "4711" in lost.text


@pytest.mark.fault
def test_f72_the_till_asks_yes_or_no_when_the_price_has_changed(app, client_of, counter, product):
    boris = client_of("Boris")
    tap(boris, product["Water"])
    with app.app_context(), unit_of_work():
        set_price(counter.bar, counter.bar.water, 3_500)

    asked = boris.post("/till/pay", data={"tender": "cash", "shown": "3000"})
    taken = boris.post("/till/pay", data={"tender": "cash", "shown": "3500"})

    assert (asked.status_code, "Yes, take" in asked.text) == (409, True)
    assert taken.status_code == 303
    assert [sale.total_minor for sale in store(app, select(Sale))] == [3_500]


def test_a_cart_survives_and_is_parked_and_taken_up_by_somebody_else(app, client_of, product):
    boris, max_ = client_of("Boris"), client_of("Max")
    tap(boris, product["Water"])
    assert "Water" in boris.get("/till").text
    boris.post("/till/park", data={"name": "Table 3"})
    (cart,) = store(app, select(Cart).where(Cart.state == CartState.PARKED))
    assert "Table 3" in max_.get("/till").text

    max_.post(f"/till/carts/{cart.public_id}/take")
    paid = max_.post("/till/pay", data={"tender": "cash", "shown": "3000", "given": "50"})

    assert paid.status_code == 303
    assert "Give back" in max_.get(paid.location).text


def test_without_a_shift_the_till_opens_one_first(app, client_of, cast):
    answer = client_of("Boris").get("/till")

    assert (answer.status_code, answer.location) == (302, "/till/shift?next=/till")


def test_wishes_discount_split_and_taking_back(app, client_of, counter, product):
    max_ = client_of("Max")
    tap(max_, product["Shake"])
    (cart,) = store(app, select(Cart))
    max_.post("/till/wishes", data={"key": cart.lines[0]["key"], "wish": counter.oat_wish})
    max_.post("/till/discount", data={"percent": "10", "note": "Waited long"})
    short = max_.post("/till/pay", data={"shown": "24300", "amount-cash": "1"})
    paid = max_.post(
        "/till/pay",
        data={"shown": "24800", "amount-cash": "100", "amount-card_terminal": "148", "tip": "5"},
    )
    (sale,) = store(app, select(Sale))
    bare = max_.post(f"/till/sales/{sale.public_id}/back", data={"reason": "Cold"})
    back = max_.post(
        f"/till/sales/{sale.public_id}/back",
        data={"count-1": "1", "reason": "Cold"},
        follow_redirects=True,
    )

    assert (short.status_code, "do not make the sum" in short.text) == (400, True)
    assert paid.status_code == 303, paid.text
    assert (sale.discount_minor, sale.tip_minor, sale.total_minor) == (2_700, 500, 24_800)
    assert bare.status_code == 400
    assert "came back" in back.text
    assert "Sales over the counter" in max_.get("/till/sales").text


def test_sales_over_the_api(app, client_of, cast, counter, product):
    boris = client_of("Boris")
    wish = store(app, select(Modifier))[0].public_id
    body = {
        "member_id": cast.public["Mia"],
        "lines": [
            {"product_id": product["Shake"], "wishes": [wish]},
            {"barcode": "8941100500019", "quantity": 2},
        ],
        "tenders": [{"tender": "cash", "amount_minor": 40_000}],
        "total_minor": 33_000,
    }
    sold = boris.post("/api/v1/sales", json=body)
    wrong = boris.post("/api/v1/sales", json={**body, "total_minor": 1})
    out = boris.post(
        "/api/v1/sales",
        json={
            "lines": [{"product_id": product["Shake"], "quantity": 50}],
            "tenders": [{"tender": "cash", "amount_minor": 1_250_000}],
        },
    )
    address = f"/api/v1/sales/{sold.get_json()['id']}"
    back = boris.post(
        f"{address}/refund",
        json={"lines": [{"line": 2, "quantity": 1, "on_shelf": True}], "reason": "Too many"},
    )

    assert sold.status_code == 201, sold.text
    assert (sold.get_json()["total_minor"], sold.get_json()["change_minor"]) == (33_000, 7_000)
    assert (wrong.status_code, wrong.get_json()["code"]) == (409, "PRICE_CHANGED")
    assert (out.status_code, out.get_json()["code"]) == (409, "OUT_OF_STOCK")
    assert (back.status_code, back.get_json()["amount_minor"]) == (201, 3_000)
    assert back.get_json()["waiting"] == 1
    assert boris.get(address).get_json()["lines"][1]["returned"] == 1
    assert len(boris.get("/api/v1/sales").get_json()["items"]) == 1
    assert boris.get("/api/v1/sales?shift=nope").status_code == 404
