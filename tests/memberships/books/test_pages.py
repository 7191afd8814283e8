"""The pages of the books, as the accountant uses them."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
import time_machine
from flask.testing import FlaskClient
from openpyxl import load_workbook

from clubcrm.core.db import unit_of_work
from memberships.billing.orders import CreditOrder, LineKind, LineOrder, RefundOrder
from memberships.billing.refunds import refund
from memberships.billing.services import credit
from memberships.billing.settings import MoneySettings, save_money_settings
from memberships.billing.totals import TaxTable
from memberships.books.calendar import books_of, closings_of
from memberships.books.closings import close_month
from memberships.books.kinds import ClosingKind
from memberships.books.lines import LineFilter, lines_of
from memberships.contracts.plans import edit_plan
from tests.memberships.billing.conftest import pay, sell
from tests.memberships.books.desk import ANNA, write
from tests.memberships.conftest import YEAR, make_plan

ClientOf = Callable[[str], FlaskClient]
TODAY = date(2026, 11, 22)
TYPED = {
    "text": "Paper and ink",
    "category": "office",
    "amount": "1,200.50",
    "account": "cash",
    "on": "2026-11-20",
    "payee": "Corner Shop",
    "payee_kind": "supplier",
    "months": "1",
}
PAGES = (
    "book",
    "cash-flow",
    "profit",
    "liability",
    "taxes",
    "marketing",
    "closings",
    "journal",
    "ageing",
)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False) as clock:
        yield clock


def words_of(page: str) -> str:
    """Return the visible words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def trade(cast) -> None:
    """Mia has paid a month in October and a part of a fee in November."""
    with time_machine.travel("2026-10-10T06:00Z", tick=False):
        span = {"earned_from": date(2026, 10, 10), "earned_until": date(2026, 11, 8)}
        sell(cast, LineOrder("Month", LineKind.MEMBERSHIP, 30_000, **span))
        pay(cast, 30_000)
    write(cast, "=cmd|' /C calc'!A0", 5_000, date(2026, 10, 12))
    sell(cast, LineOrder("Locker", LineKind.FEE, 4_000))
    pay(cast, 1_000)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_shows_the_trade_and_an_empty_club(app, cast, client_of, page):
    anna = client_of("Anna")
    assert anna.get(f"/money/{page}").status_code == 200
    with app.app_context(), unit_of_work():
        trade(cast)

    assert anna.get(f"/money/{page}").status_code == 200
    for kind in ("csv", "xlsx"):
        answer = anna.get(f"/money/{page}?as={kind}")
        assert answer.status_code == 200


def test_typed_entry_stands_in_the_book(app, cast, client_of):
    anna = client_of("Anna")

    answer = anna.post("/money/book/new", data=TYPED, follow_redirects=True)

    assert "It stands in the cash book on 20 Nov 2026." in words_of(answer.text)
    with app.app_context(), unit_of_work(write=False):
        (one,) = lines_of(cast.club, LineFilter())
        assert (one.line.amount_minor, one.payee.name) == (-120_050, "Corner Shop")


def test_wrong_entry_keeps_what_was_typed_and_names_the_field(client_of):
    answer = client_of("Anna").post(
        "/money/book/new", data=TYPED | {"category": "marketing", "channel": ""}
    )

    assert answer.status_code == 400
    assert "Say which channel this money went to." in answer.text
    assert 'value="Corner Shop"' in answer.text


def test_line_dated_into_a_closed_day_says_where_it_landed(client_of):
    anna = client_of("Anna")
    anna.post("/money/closings/day", data={"last_on": "2026-11-21", "confirmed": "yes"})

    answer = anna.post("/money/book/new", data=TYPED, follow_redirects=True)

    assert "20 Nov 2026 is closed already: the line stands on 22 Nov 2026." in words_of(answer.text)


def test_recurring_entry_is_made_stopped_and_resumed(app, cast, client_of):
    anna = client_of("Anna")
    anna.post("/money/book/new", data=TYPED | {"every": "month"})
    page = anna.get("/money/book/recurring").text
    stop = re.search(r'action="(/money/book/recurring/\w+/stop)"', page).group(1)

    assert "20 Dec 2026" in page
    assert "Stopped" in anna.post(stop, follow_redirects=True).text
    resumed = anna.post(stop.replace("/stop", "/resume"), follow_redirects=True)
    assert "Running" in resumed.text


def test_cash_is_counted_compared_and_then_closed(app, cast, client_of):
    with app.app_context(), unit_of_work():
        trade(cast)
    anna = client_of("Anna")
    count = {"last_on": "2026-11-22", "pieces-10000": "2", "pieces-1000": "5"}

    compared = words_of(anna.post("/money/closings/day", data=count).text)
    with app.app_context(), unit_of_work(write=False):
        assert closings_of(cast.club, ClosingKind.DAY) == []
    closed = anna.post(
        "/money/closings/day", data=count | {"confirmed": "yes"}, follow_redirects=True
    )

    # 30,000 and 1,000 came in, 5,000 went out; 25,000 were counted.
    assert "The drawer should hold ৳260.00 You counted ৳250.00 Difference -৳10.00" in compared
    assert "Closed up to 22 Nov 2026." in words_of(closed.text)
    assert "Cash short -৳10.00" in words_of(closed.text)


def test_manager_sees_and_does_not_write(client_of):
    manager = client_of("Max")

    assert manager.get("/money/book").status_code == 200
    assert "New entry" not in manager.get("/money/book").text
    assert manager.post("/money/book/new", data=TYPED).status_code == 403
    assert client_of("Frank").get("/money/book").status_code == 403


def test_exports_never_hold_a_formula(app, cast, client_of):
    with app.app_context(), unit_of_work():
        trade(cast)
    anna = client_of("Anna")

    text = anna.get("/money/book?month=2026-10&as=csv").get_data(as_text=True)
    book = load_workbook(BytesIO(anna.get("/money/book?month=2026-10&as=xlsx").data))

    assert "'=cmd" in text
    assert ",=cmd" not in text
    cell = next(c for row in book.active.iter_rows() for c in row if "cmd" in str(c.value))
    assert (cell.data_type, str(cell.value)[0]) == ("s", "'")
    assert ",-50.00," in text


@pytest.mark.parametrize("name", ["earned.membership", "expense.office", "earned.fee"])
def test_a_number_opens_rows_that_come_to_it(app, cast, client_of, name):
    with app.app_context(), unit_of_work():
        trade(cast)
    month = "2026-11" if name == "earned.fee" else "2026-10"

    page = words_of(client_of("Anna").get(f"/money/profit/{month}/{name}").text)

    head, total = re.search(r": (-?৳[\d,.]+)", page), re.search(r"Together (-?৳[\d,.]+)", page)
    assert head.group(1) == total.group(1) != "৳0.00"


def test_closed_month_is_served_byte_for_byte_after_refund_price_and_settings(
    app, cast, client_of, noon
):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast)
        trade(cast)
        month = close_month(cast.club, date(2026, 10, 1), by=ANNA).public_id
    anna = client_of("Anna")
    report = f"/money/closings/{month}/report.json"
    before = anna.get(report)
    profit = words_of(anna.get("/money/profit?month=2026-10").text)

    with app.app_context(), unit_of_work():
        sold = sell(cast, LineOrder("Month", LineKind.MEMBERSHIP, 9_000))
        paid = pay(cast, 9_000, invoices=(sold.id,))
        refund(RefundOrder(paid.id, 500, "not content"), by="user:1")
        credit(CreditOrder(1, "wrong price", "c1", amount_minor=30_000), by="user:1")
        edit_plan(plan.plan_id, YEAR, seen_version=plan.version, by=ANNA)
        save_money_settings(cast.club, MoneySettings(TaxTable(standard_bp=1_900)), by="user:1")
    noon.shift(86_400)
    anna = client_of("Anna")

    after = anna.get(report)
    assert after.data == before.data
    assert after.headers["X-Content-Sha256"] == before.headers["X-Content-Sha256"]
    assert words_of(anna.get("/money/profit?month=2026-10").text) == profit
    with app.app_context(), unit_of_work(write=False):
        assert books_of(cast.club).open_month == date(2026, 11, 1)


def test_later_change_of_a_closed_month_is_told_by_the_next_open_one(app, cast, client_of, noon):
    with app.app_context(), unit_of_work():
        trade(cast)
        close_month(cast.club, date(2026, 10, 1), by=ANNA)
        lines = lines_of(cast.club, LineFilter())
        bill = next(one.line.public_id for one in lines if one.category)
    anna = client_of("Anna")

    anna.post(f"/money/book/lines/{bill}/reverse", data={"reason": "not ours"})

    november = words_of(anna.get("/money/profit/2026-11/changes").text)
    october = words_of(anna.get("/money/profit/2026-10/expense.office").text)
    assert "Changes to closed months, November 2026: ৳50.00" in november
    assert "Office, October 2026: -৳50.00" in october
    assert "Changed since the closing; told in a later month" in october
