"""Products and moves over the API."""

import pytest

from clubcrm.core.db import unit_of_work
from tests.bar_inventory.counter import deliver, make_bar


@pytest.fixture
def bar(app, cast):
    """Return the bar with ten litres of milk."""
    with app.app_context(), unit_of_work():
        made = make_bar(cast)
        deliver(made, made.milk, 10_000, 90_000)
        return made


def test_products_say_whether_they_can_be_sold(client_of, bar):
    max_ = client_of("Max")
    body = {"name": "Bar", "price_minor": 15_000, "barcodes": ["40001"], "allergens": ["nuts"]}

    made = max_.post("/api/v1/products", json=body)
    again = max_.post("/api/v1/products", json=body)
    items = {one["name"]: one for one in max_.get("/api/v1/products?words=40001").json["items"]}
    shake = next(
        one for one in max_.get("/api/v1/products").json["items"] if one["name"] == "Shake"
    )

    assert made.status_code == 201
    assert made.json["price"] == {"amount_minor": 15_000, "currency": "BDT"}
    assert again.status_code == 400
    assert list(items) == ["Bar"]
    assert (shake["left"], shake["sold_out"]) == (0, True)


def test_moves_are_written_and_listed(client_of, bar):
    boris = client_of("Boris")
    stock = boris.get("/api/v1/stock").json
    places = {one["name"]: one["id"] for one in stock["places"]}
    milk = stock["levels"][0]["product_id"]
    order = {"product_id": milk, "place_id": places["Bar"]}

    receipt = {**order, "kind": "receipt", "units": 1000, "cost_minor": 9_000}
    gone = {**order, "kind": "write_off", "units": 500, "waste": "spilled"}
    moved = {**order, "kind": "transfer", "units": 2000, "to_place_id": places["Store"]}
    answers = [boris.post("/api/v1/stock/moves", json=one) for one in (receipt, gone, moved)]
    too_much = boris.post("/api/v1/stock/moves", json={**gone, "units": 99_999})

    assert [one.status_code for one in answers] == [201, 201, 201]
    assert [move["units"] for move in answers[2].json["items"]] == [2000, -2000]
    assert (too_much.status_code, too_much.json["code"]) == (409, "OUT_OF_STOCK")
    listed = boris.get("/api/v1/stock/moves?limit=2").json
    assert [one["kind"] for one in listed["items"]] == ["transfer", "transfer"]
    assert listed["items"][0]["value_micro"] is None
    rest = boris.get(f"/api/v1/stock/moves?after={listed['next']}").json
    assert [one["units"] for one in rest["items"]] == [-500, 1000, 10_000]
    levels = {one["place_id"]: one["units"] for one in boris.get("/api/v1/stock").json["levels"]}
    assert levels == {places["Bar"]: 8_500, places["Store"]: 2_000}
