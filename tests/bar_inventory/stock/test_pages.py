"""The pages of the shelf, as Boris at the bar and Max, who manages, use them."""

import re

import pytest
from sqlalchemy import select

from bar_inventory.stock.models import MoveKind, StockCount, StockMove
from clubcrm.core.db import db, unit_of_work
from tests.bar_inventory.counter import deliver, level, make_bar


@pytest.fixture
def bar(app, cast):
    """Return the bar, with milk and whey on its shelf for everybody to see."""
    with app.app_context(), unit_of_work():
        made = make_bar(cast)
        deliver(made, made.milk, 5000, 45_000)
        deliver(made, made.powder, 500, 100_000)
        return made


@pytest.fixture
def public(app, bar):
    """Return the public ids of products and places by name."""
    with app.app_context(), unit_of_work(write=False):
        from bar_inventory.catalogue.models import Product  # noqa: PLC0415 - beside its use
        from bar_inventory.stock.models import Place  # noqa: PLC0415 - beside its use

        rows = [*db.session.scalars(select(Product)), *db.session.scalars(select(Place))]
        return {row.name: row.public_id for row in rows}


def lines(app, kind: MoveKind) -> list[int]:
    with app.app_context(), unit_of_work(write=False):
        found = db.session.scalars(
            select(StockMove).where(StockMove.kind == kind).order_by(StockMove.id)
        )
        return [move.units for move in found.all()]


def test_a_barista_sees_what_lies_there_and_not_what_it_cost(client_of, bar):
    seen = client_of("Boris").get("/stock").text
    known = client_of("Max").get("/stock").text

    assert "5 l" in seen
    assert "no demand yet" in seen
    assert "৳1,450.00" not in seen
    assert "৳1,450.00" in known


def test_goods_are_written_off_with_a_reason(app, client_of, bar, public):
    boris, address = client_of("Boris"), f"/stock/items/{public['Milk']}"
    order = {"place": public["Bar"], "units": "250", "waste": "spilled"}

    answer = boris.post(f"{address}/write-off", data=order, follow_redirects=True)

    assert "Written off: 250 ml of Milk." in answer.text
    assert lines(app, MoveKind.WRITE_OFF) == [-250]
    refused = boris.post(f"{address}/write-off", data={**order, "units": "9999"})
    assert refused.status_code == 409
    assert "Milk is out: 4750 left." in refused.text
    assert 'value="9999"' in refused.text


def test_goods_are_moved_to_the_store(app, client_of, bar, public):
    order = {"place": public["Bar"], "to": public["Store"], "units": "2000"}

    client_of("Boris").post(f"/stock/items/{public['Milk']}/move", data=order)

    assert lines(app, MoveKind.TRANSFER) == [-2000, 2000]
    with app.app_context(), unit_of_work(write=False):
        assert level(bar, bar.milk, bar.store) == (2000, 18_000)


def test_a_blind_count_by_phone_is_booked_by_a_manager(app, client_of, bar, public):
    boris = client_of("Boris")
    started = boris.post("/stock/counts", data={"place": public["Bar"], "note": "Evening"})
    page = boris.get(started.location).text

    assert "5000" not in page
    assert "Book the count" not in page
    for name, number in (("Milk", "4900"), ("Whey", "500")):
        boris.post(f"{started.location}/found/{public[name]}", data={"counted": number})
    wrong = boris.post(f"{started.location}/found/{public['Milk']}", data={"counted": "-3"})
    assert wrong.status_code == 400
    assert boris.post(f"{started.location}/book").status_code == 403

    max_ = client_of("Max")
    booked = max_.post(f"{started.location}/book", follow_redirects=True).text

    assert lines(app, MoveKind.COUNT) == [-100]
    assert "-100 ml" in re.sub("[−–]", "-", booked)
    assert "-৳9.00" in re.sub("[−–]", "-", booked)


def test_a_line_is_taken_back_by_a_manager_only(app, client_of, bar, public):
    with app.app_context(), unit_of_work(write=False):
        line = db.session.scalars(select(StockMove.public_id).order_by(StockMove.id)).first()

    assert client_of("Boris").post(f"/stock/moves/{line}/reverse").status_code == 403
    client_of("Max").post(f"/stock/moves/{line}/reverse", data={"reason": "typed twice"})

    assert lines(app, MoveKind.REVERSAL) == [-5000]
    assert "taken back" in client_of("Max").get("/stock/moves").text


def test_marks_show_what_runs_low(client_of, bar, public):
    mark = {"place": public["Bar"], "min_units": "6000", "max_units": ""}

    client_of("Max").post(f"/stock/items/{public['Milk']}/mark", data=mark)

    low = client_of("Boris").get("/stock?show=low").text
    assert "Milk" in low
    assert "runs low" in low
    assert "Whey" not in low


def test_other_clubs_do_not_exist_here(app, client_of, bar, public):
    zoe = client_of("Zoe")
    client_of("Boris").post("/stock/counts", data={"place": public["Bar"]})
    with app.app_context(), unit_of_work(write=False):
        count = db.session.scalars(select(StockCount.public_id)).one()

    assert zoe.get("/stock").status_code == 403
    assert client_of("Olga").get(f"/stock/counts/{count}").status_code == 200
    assert client_of("Max").get("/stock/items/nothing").status_code == 404
