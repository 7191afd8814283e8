"""Receipts of sales: out of the printer with the answer, again as a copy, or as a PDF."""

import pytest
import time_machine

from bar_inventory.catalogue.models import Product
from bar_inventory.sales.models import Sale
from clubcrm.core.db import unit_of_work
from memberships.printing.services import PrinterOrder, add_printer
from tests.bar_inventory.conftest import NOON
from tests.bar_inventory.counter import MAX, make_bar
from tests.bar_inventory.sales.conftest import fill
from tests.memberships.printing.machine import Machine, running

DRAWER = b"\x1bp\x0022"


@pytest.fixture
def machine():
    with running(Machine()) as machine:
        yield machine


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def water(app, cast) -> str:
    with app.app_context(), unit_of_work() as session:
        fill(cast, make_bar(cast))
        return session.query(Product).filter_by(name="Water").one().public_id


def put_up(app, cast, port: int) -> None:
    with app.app_context(), unit_of_work():
        add_printer(cast.club, PrinterOrder("Bar", "127.0.0.1", port, drawer_pin=2), by=MAX)


def buy(client, water: str, **form: str):
    client.post("/till/add", data={"product": water})
    form = {"tender": "cash", "given": "100", **form}
    return client.post("/till/pay", data=form, follow_redirects=True)


def sale_of(app) -> str:
    with app.app_context(), unit_of_work(write=False) as session:
        return session.query(Sale).one().public_id


def test_receipt_comes_out_with_the_answer_and_opens_the_drawer(
    app, cast, client_of, water, machine
):
    put_up(app, cast, machine.port)
    assert buy(client_of("Boris"), water).status_code == 200
    (slip,) = machine.slips
    assert DRAWER in slip


def test_a_sale_by_card_opens_no_drawer(app, cast, client_of, water, machine):
    put_up(app, cast, machine.port)
    assert buy(client_of("Boris"), water, tender="card_terminal").status_code == 200
    assert DRAWER not in machine.slips[0]


def test_a_printer_that_is_off_stops_no_sale_and_a_copy_is_marked(app, cast, client_of, water):
    machine = Machine()
    with running(machine):
        pass
    put_up(app, cast, machine.port)
    boris = client_of("Boris")
    assert buy(boris, water).status_code == 200
    assert machine.slips == []
    with running(machine):
        path = f"/till/sales/{sale_of(app)}"
        answer = boris.post(f"{path}/print", follow_redirects=True)
    assert "Copy 1" in answer.text
    assert len(machine.slips) in {1, 2}, "the first slip may still wait for its second try"
    assert "Print a copy" in boris.get(path).text


def test_without_a_printer_the_sale_holds_and_the_receipt_is_a_pdf(app, client_of, water):
    boris = client_of("Boris")
    assert buy(boris, water).status_code == 200
    path = f"/till/sales/{sale_of(app)}"
    assert boris.post(f"{path}/print").status_code == 409
    receipt = boris.get(f"{path}/slip.pdf")
    assert receipt.mimetype == "application/pdf"
    assert receipt.data.startswith(b"%PDF")
