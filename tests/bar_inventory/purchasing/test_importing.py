"""Tables of a bar: products, what lies on the shelf, what another till sold."""

import pytest
from sqlalchemy import func, select

from bar_inventory.catalogue.models import Product
from bar_inventory.purchasing.importing import (
    TableOrder,
    import_products,
    import_sales,
    import_stock,
)
from bar_inventory.purchasing.models import PastSale
from clubcrm.core.db import db, unit_of_work
from tests.bar_inventory.counter import level, make_bar, sound

SALES = """date,time,transaction,item
2026-10-30,09:58:11,1,Bread
2026-10-30,10:05:34,2,Shake
2026-10-30,10:05:34,2,Shake
2026-10-30,10:07:57,3,NONE
2026-10-31,never,4,Bread
"""
SHELF = "product,place,units,cost,expires\nMilk,Bar,5000,450,2027-01-31\nSugar,Bar,1,1,\n"


@pytest.fixture
def bar(app, cast):
    """Return the bar; commands start units of work of their own."""
    with app.app_context():
        with unit_of_work():
            made = make_bar(cast)
        yield made


def table(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def counted(model) -> int:
    with unit_of_work(write=False):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_sales_of_another_till_come_in_once(bar, tmp_path):
    order = TableOrder(table(tmp_path, SALES), bar.club)

    dry = import_sales(TableOrder(order.path, bar.club, is_dry=True))
    assert (dry.taken, counted(PastSale), counted(Product)) == (3, 0, 5)
    first, again = import_sales(order), import_sales(order)

    assert (first.taken, first.skipped, first.created) == (3, 1, 1)
    assert [fault.number for fault in first.faults] == [6]
    assert (again.taken, again.known, counted(PastSale)) == (0, 3, 3)


def test_a_shelf_comes_in_once_with_its_cost_and_last_day(bar, tmp_path):
    order = TableOrder(table(tmp_path, SHELF), bar.club)

    first, again = import_stock(order), import_stock(order)

    assert (first.taken, [fault.number for fault in first.faults]) == (1, [3])
    assert (again.taken, again.known) == (0, 1)
    with unit_of_work(write=False):
        assert level(bar, bar.milk) == (5000, 45_000)
        assert sound() == []


def test_products_come_in_with_their_price(bar, tmp_path):
    text = "name,kind,unit,barcode,price\nBar,sold,piece,40001,150\nMilk,,,,\nCola,,,40001,x\n"

    report = import_products(TableOrder(table(tmp_path, text), bar.club))

    assert (report.taken, report.known) == (1, 1)
    assert len(report.faults) == 1
    assert counted(Product) == 6
