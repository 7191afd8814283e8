"""The report of the bar: margin at the cost of the day, returns, sellers, waste, slow movers."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from openpyxl import load_workbook

from bar_inventory.catalogue.models import Product
from bar_inventory.insight.queries import (
    Period,
    items_sold,
    months_sold,
    sellers,
    slow_movers,
    stock_value,
    usual_of,
    waste,
)
from bar_inventory.insight.rules import month_bars
from bar_inventory.sales.queries import lines_of
from bar_inventory.sales.returning import ReturnOrder, take_back
from bar_inventory.stock.handling import WriteOffOrder, write_off
from bar_inventory.stock.models import WasteReason
from bar_inventory.stock.rules import MICRO
from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from tests.bar_inventory.conftest import NOON
from tests.bar_inventory.counter import BORIS, MAX, deliver, make_bar
from tests.bar_inventory.sales.conftest import fill


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def counter(unit, cast):
    return fill(cast, make_bar(cast))


def today(counter) -> Period:
    day = clock.today("Asia/Dhaka")
    return Period(counter.bar.club, day, day)


def one(counter, name: str):
    (found,) = [item for item in items_sold(today(counter)) if item.name == name]
    return found


def test_a_price_rise_today_changes_no_margin_of_before(counter):
    counter.sell(counter.line("shake", 2), cash=100_000)
    before = one(counter, "Shake")
    assert before.margin_minor < before.net_minor
    deliver(counter.bar, counter.bar.powder, 10_000, 50)
    assert one(counter, "Shake") == before


def test_what_came_back_is_taken_off_and_its_goods_are_no_cost(counter):
    sale = counter.sell(counter.line("shake", 2), cash=100_000)
    whole = one(counter, "Shake")
    (line,) = lines_of(sale.id)
    back = ReturnOrder(sale.id, "cold", "b1", {line.id: 1}, frozenset({line.id}))
    take_back(back, by=MAX)
    half = one(counter, "Shake")
    assert half.quantity == 1
    assert half.net_minor * 2 == whole.net_minor
    assert half.cost_micro * 2 == whole.cost_micro


def test_each_seller_has_his_own_sum(counter):
    counter.sell(counter.line("water"), cash=100_000)
    counter.sell(counter.line("water"), cash=100_000, by=MAX)
    counter.sell(counter.line("water"), cash=100_000, by=MAX)
    assert [(one.by, one.sales) for one in sellers(today(counter))] == [(MAX, 2), (BORIS, 1)]


def test_another_day_and_another_club_are_empty(counter, cast):
    counter.sell(counter.line("water"), cash=100_000)
    day = clock.today("Asia/Dhaka") - timedelta(days=1)
    assert items_sold(Period(counter.bar.club, day, day)) == []
    assert items_sold(Period(cast.other_club, day, day + timedelta(days=1))) == []


def test_usual_drink_is_told_from_the_third_time_on(counter):
    since = clock.now() - timedelta(days=90)
    for time in range(3):
        assert usual_of(counter.mia, since) is None, time
        counter.sell(counter.line("water"), cash=100_000, person=counter.mia)
    counter.sell(counter.line("shake"), cash=100_000, person=counter.mia)
    assert usual_of(counter.mia, since) == "Water"


def test_what_did_not_move_lies_still_with_its_worth(counter):
    still = {product.name for product, _units, _value in slow_movers(today(counter))}
    assert "Whey" in still
    counter.sell(counter.line("shake"), cash=100_000)
    still = {product.name for product, _units, _value in slow_movers(today(counter))}
    assert "Whey" not in still
    assert stock_value(counter.bar.club) > 0


def test_write_offs_are_summed_by_their_reason(counter):
    order = WriteOffOrder(
        counter.bar.bar, counter.bar.milk, 300, WasteReason.SPILLED, "fell from the counter"
    )
    write_off(order, source_id="w1", by=BORIS)
    ((why, times, value),) = waste(today(counter))
    assert (why, times) == (WasteReason.SPILLED, 1)
    assert value > MICRO


def test_page_tells_margin_hours_people_and_is_for_those_who_see_costs(app, cast, client_of):
    with app.app_context(), unit_of_work():
        made = fill(cast, make_bar(cast))
        made.sell(made.line("shake", 2), made.line("water"), cash=100_000)
    olga = client_of("Olga")
    page = olga.get("/stock/report").text
    assert "The bar kept" in page
    assert "Most sales between 12 and 13" in page
    assert "Boris" in page
    for typed in ("?from=2027-01-01", "?from=x&to=y", "?from=2000-01-01&to=2026-01-01"):
        assert olga.get(f"/stock/report{typed}").status_code == 200
    assert client_of("Boris").get("/stock/report").status_code == 403


HEADS = ["product", "class", "sold", "sales_without_tax", "cost", "margin", "margin_share"]


def test_export_tells_the_same_as_the_page_to_a_sheet_and_runs_no_formula(app, cast, client_of):
    with app.app_context(), unit_of_work():
        made = fill(cast, make_bar(cast))
        db.session.get_one(Product, made.bar.water).name = "=1+1"
        db.session.flush()
        made.sell(made.line("shake", 2), made.line("water"), cash=100_000)
    olga = client_of("Olga")

    told = olga.get("/stock/report?as=csv")
    sheet = olga.get("/stock/report?as=xlsx")
    empty = olga.get("/stock/report?as=csv&from=2020-01-01&to=2020-01-31")

    table = list(csv.reader(io.StringIO(told.data.decode("utf-8-sig"))))
    assert table == [
        HEADS,
        ["Shake", "A", "2", "500.00", "180.00", "320.00", "0.6400"],
        ["'=1+1", "B", "1", "30.00", "0.00", "30.00", "1.0000"],
    ]
    cells = load_workbook(io.BytesIO(sheet.data)).active
    assert cells is not None
    assert [[str(cell) for cell in row[:3]] for row in cells.iter_rows(values_only=True)] == [
        HEADS[:3],
        ["Shake", "A", "2"],
        ["'=1+1", "B", "1"],
    ]
    assert all(cell.data_type != "f" for row in cells.iter_rows() for cell in row)
    assert empty.data.decode("utf-8-sig").split() == [",".join(HEADS)]
    assert "bar-" in told.headers["Content-Disposition"]
    assert client_of("Boris").get("/stock/report?as=csv").status_code == 403


def test_each_month_tells_what_it_kept_and_returns_are_taken_off_theirs(counter, noon):
    counter.sell(counter.line("shake", 2), cash=100_000)
    begun = today(counter)
    noon.shift(timedelta(days=40))
    sale = counter.sell(counter.line("shake", 2), cash=100_000)
    (line,) = lines_of(sale.id)
    take_back(ReturnOrder(sale.id, "cold", "b1", {line.id: 1}, frozenset({line.id})), by=MAX)

    first, second = months_sold(Period(counter.bar.club, begun.first, today(counter).last))
    bars = month_bars([first, second], 90)

    assert (first.net_minor, first.margin_minor, first.margin_share) == (50_000, 32_000, 0.64)
    assert (second.net_minor, second.margin_minor) == (25_000, 16_000)
    assert (first.month < second.month, second.month.day) == (True, 1)
    assert [one.width for one in bars] == [90.0, 45.0]
    assert months_sold(Period(counter.bar.club, begun.first, begun.first)) == [first]
