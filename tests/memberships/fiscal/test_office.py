"""Bills on their way to the office: told once, whatever it answers, drops or delays."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext
from memberships.billing.credits import credit
from memberships.billing.models import Invoice
from memberships.billing.office_jobs import tell_office
from memberships.billing.orders import CreditOrder, LineKind, LineOrder
from memberships.billing.settings import MoneySettings, save_money_settings
from memberships.billing.slips import slip_order
from memberships.billing.totals import TaxTable
from memberships.fiscal.models import FiscalAttempt, FiscalDocument
from memberships.fiscal.queries import gaps_in_numbers
from memberships.fiscal.registry import choose
from memberships.fiscal.rules import FiscalState
from tests.cast import PASSWORD, Cast
from tests.memberships.billing.conftest import sell
from tests.memberships.gateways.fake import Answer, FakeGateway, running

MAX = "user:2"
NOON = datetime(2026, 11, 26, 6, 15, tzinfo=UTC)
BILL, RETURN = "/api/bill", "/api/billreturn"
ACCEPTED, WAITING, REFUSED = FiscalState.ACCEPTED, FiscalState.WAITING, FiscalState.REFUSED


@pytest.fixture
def office():
    with running(FakeGateway()) as office:
        yield office


@pytest.fixture
def hour():
    """It is noon in Kathmandu; the stories move the clock themselves."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nepal(open_app, cast, office, hour):
    """The club moved to Kathmandu, pays 13 % and tells the office of its bills."""
    app = open_app(
        CLUBCRM_CBMS_USER="club",
        CLUBCRM_CBMS_PASSWORD="secret",
        CLUBCRM_CBMS_PAN="301234567",
        CLUBCRM_CBMS_URL=office.url,
    )
    with app.app_context(), unit_of_work() as session:
        club = session.get_one(Club, cast.club)
        club.currency, club.zone = "NPR", "Asia/Kathmandu"
        taxes = TaxTable(prices_include_tax=True, standard_bp=1300, by_kind={})
        save_money_settings(cast.club, MoneySettings(taxes, 0), by=MAX)
        choose(cast.club, "NPR", "cbms", by=MAX)
    return app


@pytest.fixture
def club(nepal):
    """The stories of this club need no page."""
    with nepal.app_context():
        yield nepal


def sold(cast: Cast, price: int = 113_000) -> int:
    with unit_of_work():
        return sell(cast, LineOrder("Yoga month", LineKind.MEMBERSHIP, price)).id


def taken_back(invoice_id: int) -> int:
    with unit_of_work():
        return credit(CreditOrder(invoice_id, "ill", f"back{invoice_id}"), by=MAX).id


def work():
    return tell_office(JobContext("tell-office", "now", clock.now()))


def state(invoice_id: int) -> tuple[FiscalState, str, int]:
    with unit_of_work(write=False) as session:
        one = session.query(FiscalDocument).filter_by(source_id=str(invoice_id)).one()
        return one.state, one.code, one.attempts


def test_a_bill_is_told_with_the_fields_of_the_office(club, cast, office):
    office.say(BILL, 200)
    invoice_id = sold(cast)
    assert office.asked == [], "the sale itself asks nobody"
    assert work().done == 1
    assert state(invoice_id) == (ACCEPTED, "200", 1)
    (asked,) = office.asked
    assert asked.json == {
        "username": "club",
        "password": "secret",
        "seller_pan": "301234567",
        "buyer_pan": "",
        "buyer_name": "Mia Rahman",
        "fiscal_year": "2083.084",
        "invoice_number": f"2083.084-B{cast.club}-000001",
        "invoice_date": "2083.08.10",
        "total_sales": 1130.0,
        "taxable_sales_vat": 1000.0,
        "vat": 130.0,
        "excisable_amount": 0,
        "excise": 0,
        "taxable_sales_hst": 0,
        "hst": 0,
        "amount_for_esf": 0,
        "esf": 0,
        "export_sales": 0,
        "tax_exempted_sales": 0,
        "isrealtime": True,
        "datetimeclient": "2026-11-26T06:15:00+00:00",
    }


def test_the_password_stands_in_no_row(club, cast, office):
    sold(cast)
    with unit_of_work(write=False) as session:
        kept = json.dumps(session.query(FiscalDocument).one().content)
    assert "secret" not in kept
    assert "password" not in kept


def test_a_late_bill_says_that_it_is_late(club, cast, office, hour):
    office.say(BILL, 200)
    sold(cast)
    hour.shift(timedelta(minutes=6))
    work()
    assert office.asked[0].json["isrealtime"] is False


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (200, 200, ACCEPTED),
        ("200", 200, ACCEPTED),
        ({"message": "100"}, 400, WAITING),
        (101, 200, REFUSED),
        (102, 200, WAITING),
        (103, 500, WAITING),
        ({"message": "104"}, 400, REFUSED),
        (b"<html>", 502, WAITING),
    ],
)
def test_every_answer_puts_the_bill_in_its_place(club, cast, office, body, status, expected):
    office.say(BILL, body, status=status)
    invoice_id = sold(cast)
    work()
    assert state(invoice_id)[0] is expected
    with unit_of_work(write=False) as session:
        assert session.query(FiscalAttempt).count() == 1


def test_a_bill_whose_answer_was_lost_is_known_the_second_time_and_counts_once(
    club, cast, office, hour
):
    office.say(BILL, None, drop=True)
    office.say(BILL, 101)
    invoice_id = sold(cast)
    work()
    assert state(invoice_id)[0] is WAITING
    hour.shift(timedelta(minutes=2))
    work()
    assert state(invoice_id) == (ACCEPTED, "101", 2)
    first, second = (one.json["invoice_number"] for one in office.asked)
    assert first == second


def test_a_process_that_dies_after_the_call_leaves_the_bill_in_doubt(club, cast, office, hour):
    """The claim alone marks it: a bill known on the next try has arrived the first time."""
    invoice_id = sold(cast)
    with unit_of_work() as session:
        one = session.query(FiscalDocument).one()
        one.attempts, one.in_doubt = 1, True
        one.claimed_until = clock.now() + timedelta(minutes=2)
    assert work().done == 0, "it is still claimed"
    hour.shift(timedelta(minutes=3))
    office.say(BILL, 101)
    work()
    assert state(invoice_id)[0] is ACCEPTED


def test_a_dead_line_stops_the_run_and_no_sale(club, cast, office, hour):
    office.say(BILL, None, drop=True)
    office.say(BILL, None, drop=True)
    ids = [sold(cast) for _ in range(4)]
    work()
    assert len(office.asked) == 2, "two silences are enough for one run"
    office.tellers[BILL] = lambda _asked: Answer(200)
    hour.shift(timedelta(minutes=2))
    work()
    assert [state(one)[0] for one in ids] == [ACCEPTED] * 4


def test_wrong_credentials_stop_the_run_and_wait_a_quarter(club, cast, office, hour):
    office.say(BILL, 100)
    first, second = sold(cast), sold(cast)
    work()
    assert len(office.asked) == 1
    hour.shift(timedelta(minutes=14))
    office.say(BILL, 200)
    work()
    assert [state(first)[0], state(second)[0]] == [WAITING, ACCEPTED]
    hour.shift(timedelta(minutes=2))
    office.say(BILL, 200)
    work()
    assert state(first)[0] is ACCEPTED


def test_a_credit_note_waits_for_its_bill_and_names_it(club, cast, office, hour):
    office.say(BILL, 103)
    office.say(RETURN, 200)
    bill = sold(cast)
    note = taken_back(bill)
    work()
    assert office.asked_at(RETURN) == []
    office.say(BILL, 200)
    hour.shift(timedelta(minutes=2))
    work()
    work()
    assert [state(bill)[0], state(note)[0]] == [ACCEPTED, ACCEPTED]
    told = office.asked_at(RETURN)[0].json
    assert told["ref_invoice_number"] == f"2083.084-B{cast.club}-000001"
    assert told["credit_note_number"] == f"2083.084-R{cast.club}-000001"
    assert told["credit_note_date"] == "2083.08.10"
    assert told["reason_for_return"] == "ill"
    assert [told["total_sales"], told["vat"]] == [1130.0, 130.0]


def test_numbers_run_without_a_gap_and_begin_anew_with_the_nepali_year(club, cast, office, hour):
    for _ in range(3):
        sold(cast)
    hour.move_to(datetime(2027, 7, 17, 6, tzinfo=UTC))
    sold(cast)
    with unit_of_work(write=False) as session:
        numbers = [one.number for one in session.query(FiscalDocument).order_by("id")]
        assert gaps_in_numbers() == []
    assert numbers == [
        *[f"2083.084-B{cast.club}-00000{n}" for n in (1, 2, 3)],
        f"2084.085-B{cast.club}-000001",
    ]


def test_a_sale_that_fails_gives_its_number_back(club, cast, office):
    def fail() -> None:
        with unit_of_work():
            sell(cast)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    sold(cast)
    with unit_of_work(write=False) as session:
        assert session.query(FiscalDocument).one().sequence == 1


def test_bills_of_a_process_without_credentials_are_told_by_one_that_has_them(
    club, app, cast, office
):
    with app.app_context():
        invoice_id = sold(cast)
    with unit_of_work(write=False) as session:
        assert session.query(FiscalDocument).count() == 0
    office.say(BILL, 200)
    assert work().done == 1
    assert state(invoice_id)[0] is ACCEPTED


def test_a_club_that_tells_nobody_writes_nothing(app, cast, hour):
    with app.app_context():
        sold(cast)
        assert work().done == 0
        with unit_of_work(write=False) as session:
            assert session.query(FiscalDocument).count() == 0


def test_the_number_of_the_bill_stands_on_the_slip(club, cast, office):
    invoice_id = sold(cast)
    with unit_of_work(write=False) as session:
        rows = slip_order(session.get_one(Invoice, invoice_id)).slip.rows
    assert any("2083.084-B" in row.left for row in rows)


def test_an_office_of_another_currency_cannot_be_chosen(club, cast):
    with pytest.raises(DomainError) as error, unit_of_work():
        choose(cast.club, "EUR", "cbms", by=MAX)
    assert [one.field for one in error.value.fields] == ["driver"]


def test_pages_show_where_bills_stand_and_tell_one_again(nepal, cast, office):
    office.say(BILL, 104)
    office.say(BILL, 200)
    with nepal.app_context():
        invoice_id = sold(cast)
        work()
        with unit_of_work(write=False) as session:
            public_id = session.query(FiscalDocument).one().public_id
    client = nepal.test_client()
    client.post("/sign-in", data={"email": cast.email_of("Olga"), "password": PASSWORD})
    assert "CBMS" in client.get("/settings/fiscal").text
    assert "somebody has to look" in client.get("/money/fiscal?state=refused").text
    page = client.get(f"/money/fiscal/{public_id}").text
    assert "104" in page
    assert "301234567" in page
    assert client.post(f"/money/fiscal/{public_id}/again").status_code == 303
    with nepal.app_context():
        work()
        assert state(invoice_id)[0] is ACCEPTED
    assert client.post(f"/money/fiscal/{public_id}/again").status_code == 404
    assert client.post("/settings/fiscal", data={"driver": ""}).status_code == 303
    with nepal.app_context():
        sold(cast)
        with unit_of_work(write=False) as session:
            assert session.query(FiscalDocument).count() == 1
