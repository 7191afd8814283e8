"""The desk takes money in two clicks, the bookkeeper sees who owes what, a colleague decides."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from flask.testing import FlaskClient

from clubcrm.core.db import unit_of_work
from memberships.approvals.queries import limits_of_roles
from memberships.approvals.rules import LimitKind
from memberships.billing.models import Invoice, Payment, Voucher
from memberships.billing.orders import Due, Tender
from memberships.billing.queries import account_of
from memberships.billing.settings import money_settings
from tests.memberships.billing.conftest import NOON, locker, pay, sell

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def sold(app, cast) -> str:
    """Mia owes 1,000 of which 400 are due today; returns the invoice's public id."""
    parts = (Due(date(2026, 11, 26), 40_000), Due(date(2026, 12, 26), 60_000))
    with app.app_context(), unit_of_work():
        return sell(cast, locker(100_000), due=parts).public_id


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def owed(app, cast) -> int:
    with app.app_context(), unit_of_work(write=False):
        return account_of(cast.members["Mia"], cast.club).owed_minor


def test_from_the_card_two_clicks_take_what_is_due(app, client_of: ClientOf, cast, sold):
    frank, mia = client_of("Frank"), cast.public["Mia"]
    assert f'href="/members/{mia}/account/pay"' in frank.get(f"/members/{mia}").text

    page = frank.get(f"/members/{mia}/account/pay").text
    assert 'value="400"' in page, "the part that is due stands there already"
    answer = frank.post(
        f"/members/{mia}/account/pay", data={"amount": "400", "tender": "card_terminal"}
    )

    assert answer.status_code == 303
    assert owed(app, cast) == 60_000
    told = words_of(frank.get(answer.location).text)
    assert "৳400.00 taken. ৳600.00 is still open." in told
    assert "Card terminal" in told


def test_the_statement_shows_each_movement_with_the_balance_after_it(
    app, client_of: ClientOf, cast, sold
):
    with app.app_context(), unit_of_work():
        pay(cast, 25_000)

    told = words_of(client_of("Frank").get(f"/members/{cast.public['Mia']}/account").text)

    assert "To pay ৳750.00" in told
    assert "Paid: Cash" in told
    assert f"RC-{cast.club}-2026-00001" in told
    assert f"INV-{cast.club}-2026-00001" in told


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": "1e30", "tender": "cash"}, "Expected an amount"),
        ({"amount": "NaN", "tender": "cash"}, "Expected an amount"),
        ({"amount": "-0", "tender": "cash"}, "Expected an amount"),
        ({"amount": "0.005", "tender": "cash"}, "Expected an amount"),
        ({"amount": "1_000", "tender": "cash"}, "Expected an amount"),
        ({"amount": "0", "tender": "cash"}, "above nothing"),
        ({"amount": "", "tender": "cash"}, "needed"),
        ({"amount": "5", "tender": "gold"}, "valid choice"),
        ({"amount": "5", "tender": "voucher", "reference": "none"}, "no voucher"),
    ],
)
@pytest.mark.fault
def test_f68_an_amount_that_is_none_is_named_and_nothing_is_taken(
    app, client_of: ClientOf, cast, sold, typed, sentence
):
    answer = client_of("Frank").post(f"/members/{cast.public['Mia']}/account/pay", data=typed)

    assert answer.status_code in {400, 409}
    assert sentence in answer.text
    assert owed(app, cast) == 100_000


@pytest.mark.fault
def test_f68_digits_of_other_scripts_are_read_exactly(app, client_of: ClientOf, cast, sold):
    answer = client_of("Frank").post(
        f"/members/{cast.public['Mia']}/account/pay", data={"amount": "৪০০.৫০", "tender": "cash"}
    )

    assert answer.status_code == 303
    assert owed(app, cast) == 59_950


@pytest.mark.fault
def test_f02_the_same_form_sent_twice_takes_the_money_once(app, client_of: ClientOf, cast, sold):
    frank, path = client_of("Frank"), f"/members/{cast.public['Mia']}/account/pay"
    typed = {"amount": "100", "tender": "cash", "_key": "0123456789abcdef0123456789abcdef"}

    first, second = frank.post(path, data=typed), frank.post(path, data=typed)

    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert owed(app, cast) == 90_000


def test_something_is_sold_and_paid_at_the_desk(app, client_of: ClientOf, cast):
    frank, mia = client_of("Frank"), cast.public["Mia"]
    typed = {"text": "Towel", "kind": "product", "price": "150", "quantity": "2"}

    answer = frank.post(f"/members/{mia}/account/charge", data=typed)

    assert answer.location.startswith(f"/members/{mia}/account/pay?invoice=")
    assert 'value="300"' in frank.get(answer.location).text


def test_a_discount_above_the_limit_is_asked_for(app, client_of: ClientOf, cast):
    typed = {"text": "Towel", "kind": "product", "price": "100", "quantity": "1"}
    typed |= {"discount": "50", "note": "Torn"}

    client_of("Frank").post(f"/members/{cast.public['Mia']}/account/charge", data=typed)
    told = words_of(client_of("Max").get("/approvals").text)

    assert owed(app, cast) == 0
    assert "1 request waits" in told
    assert "Give a discount ৳50.00 Mia Rahman Torn Frank" in told


def test_a_large_refund_waits_and_another_person_grants_it(app, client_of: ClientOf, cast, sold):
    with app.app_context(), unit_of_work():
        payment = pay(cast, 100_000).public_id
    typed = {"amount": "1000", "tender": "cash", "reason": "Moved away"}

    client_of("Frank").post(f"/payments/{payment}/refund", data=typed)
    assert owed(app, cast) == 0
    page = client_of("Max").get("/approvals").text
    action = re.search(r'action="(/approvals/\w+/decide)"', page)
    assert action is not None
    client_of("Max").post(action.group(1), data={"answer": "grant", "reason": "Seen"})

    assert owed(app, cast) == 100_000, "the sale itself is still asked for"
    told = words_of(client_of("Max").get(f"/payments/{payment}").text)
    assert "৳1,000.00 went back by Cash" in told


def test_money_page_shows_who_owes_what_oldest_first(app, client_of: ClientOf, cast, sold):
    with time_machine.travel("2026-12-10T06:00Z", tick=False):
        told = words_of(client_of("Anna").get("/money").text)

    assert "৳400.00 is late" in told
    assert "Mia Rahman 2 parts 26 Nov 2026 14 days late ৳400.00 ৳1,000.00" in told
    assert "1–30 1 ৳400.00" in told
    assert "Not due yet 1 ৳600.00" in told


@pytest.mark.parametrize("show", ["", "overdue", "open", "paid"])
def test_invoice_chips_lie_in_the_address(client_of: ClientOf, sold, show):
    answer = client_of("Anna").get(f"/money/invoices?show={show}")

    assert answer.status_code == 200
    assert (sold in answer.text) is (show in {"", "open"})


def test_money_is_found_by_number_name_sum_day_and_tender_and_taken_along(
    app, client_of: ClientOf, cast, sold
):
    with app.app_context(), unit_of_work():
        cash, card = pay(cast, 40_000), pay(cast, 1_234_567, Tender.CARD_TERMINAL)
        numbers = cash.number, card.number
        day = cash.taken_on.isoformat()
    anna = client_of("Anna")

    found = {
        asked: [number in anna.get(f"/money/payments?{asked}").text for number in numbers]
        for asked in (
            f"q={numbers[0]}",
            "q=mia",
            "q=nobody",
            "q=12,345.67",
            f"from={day}&to={day}",
            "to=2020-01-01",
            "how=card_terminal",
        )
    }
    told = words_of(anna.get("/money/payments?q=mia").text)
    payments = anna.get("/money/payments?how=cash&as=csv").text
    invoices = anna.get("/money/invoices?q=mia&as=csv").text

    assert list(found.values()) == [
        [True, False],
        [True, True],
        [False, False],
        [False, True],
        [True, True],
        [False, False],
        [False, True],
    ]
    assert "৳12,745.67 in 2 documents" in told
    assert [line.split(",")[0] for line in payments.splitlines()[1:]] == [numbers[0]]
    assert "Mia Rahman" in invoices
    assert anna.get("/money/invoices?q=mia").status_code == 200


def test_an_invoice_shows_lines_parts_and_what_settled_it(app, client_of: ClientOf, cast, sold):
    with app.app_context(), unit_of_work():
        pay(cast, 40_000)

    told = words_of(client_of("Frank").get(f"/invoices/{sold}").text)

    assert "Total ৳1,000.00 Open ৳600.00" in told
    assert "26 Nov 2026 ৳400.00 ৳0.00" in told


def test_a_sale_is_taken_back_by_a_credit_note(app, client_of: ClientOf, cast, sold):
    typed = {"credit-amount": "1000", "credit-reason": "Not wanted"}

    answer = client_of("Frank").post(f"/invoices/{sold}/credit", data=typed)

    assert answer.status_code == 303
    assert owed(app, cast) == 0
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(Invoice).count() == 2


def test_a_voucher_is_sold_to_its_buyer(app, client_of: ClientOf, cast):
    frank, mia = client_of("Frank"), cast.public["Mia"]
    typed = {"kind": "voucher", "amount": "500", "member": mia, "code": "gift-1"}

    answer = frank.post("/money/vouchers/new", data=typed)

    assert answer.location == f"/members/{mia}/account/pay"
    assert owed(app, cast) == 50_000
    told = words_of(client_of("Anna").get("/money/vouchers").text)
    assert "GIFT1 Voucher" in told
    with app.app_context(), unit_of_work(write=False) as session:
        voucher = session.query(Voucher).one().public_id
    assert "Issued ৳500.00" in words_of(client_of("Anna").get(f"/money/vouchers/{voucher}").text)


def test_taxes_and_limits_are_kept_and_wrong_ones_named(app, client_of: ClientOf, cast):
    max_ = client_of("Max")
    typed = {"include": "1", "standard": "7.5", "tax-class": "0", "step": "1", "desk-refund": "200"}
    typed |= {"desk-discount": "12.5", "manager-write_off": ""}

    assert max_.post("/settings/money", data=typed).status_code == 303
    wrong = max_.post("/settings/money", data=typed | {"standard": "101", "desk-refund": "x"})

    assert wrong.status_code == 400
    assert "Expected a percentage" in wrong.text
    with app.app_context(), unit_of_work(write=False):
        kept, limits = money_settings(cast.club), limits_of_roles(cast.club)
    assert (kept.taxes.standard_bp, kept.cash_step_minor) == (750, 100)
    assert limits["desk"][LimitKind.REFUND] == 20_000
    assert limits["desk"][LimitKind.DISCOUNT] == 1_250
    assert limits["manager"][LimitKind.WRITE_OFF] is None


def test_another_clubs_documents_are_not_there(app, client_of: ClientOf, cast, sold):
    with app.app_context(), unit_of_work():
        payment = pay(cast, 5).public_id
    zoe = client_of("Zoe")

    statuses = {
        zoe.get(f"/invoices/{sold}").status_code,
        zoe.get(f"/payments/{payment}").status_code,
        zoe.post(f"/payments/{payment}/refund", data={}).status_code,
        zoe.get(f"/members/{cast.public['Mia']}/account").status_code,
    }

    assert statuses == {404}
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(Payment).one().refunded_minor == 0
