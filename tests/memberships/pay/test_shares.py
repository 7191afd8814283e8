"""Whose session or sale it was: divided on a page, logged, and never after its month was paid."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from clubcrm.accounts.models import User
from clubcrm.core.audit import AuditLine
from clubcrm.core.db import unit_of_work
from memberships.contracts.models import Contract
from memberships.packages.models import PackageLot, PackageSale
from memberships.pay.queries import statement_of
from memberships.pay.rules import PayKind, Rule
from memberships.pay.services import add_rule, close_month
from memberships.trainers.models import TrainerSession
from memberships.trainers.rules import SessionState
from memberships.trainers.services import Appointment, log_session
from tests.memberships.conftest import YEAR, make_contract
from tests.memberships.packages.shop import sell

OCTOBER = date(2026, 10, 1)
NOON = datetime(2026, 10, 5, 6, tzinfo=UTC)


@pytest.fixture
def month(app, cast):
    """Tara has held a session of 300; Sara has sold its package and a year, for ten percent."""
    with time_machine.travel(NOON + timedelta(hours=2), tick=False) as clock:
        with app.app_context(), unit_of_work():
            since = date(2026, 1, 1)
            fixed = Rule(0, PayKind.FIXED, None, "personal", since, amount_minor=30_000)
            add_rule(cast.club, fixed, by="user:1")
            sale = Rule(0, PayKind.SHARE_OF_SALE, None, None, since, share_bp=1_000)
            add_rule(cast.club, sale, by="user:1")
            sell(cast)
            make_contract(cast, YEAR, starts_on=OCTOBER)
            asked = Appointment(cast.club, cast.members["Mia"], cast.users["Tara"], NOON)
            log_session(asked, SessionState.COMPLETE, by="user:5")
        yield clock


def paid(app, cast, *names: str) -> list[int]:
    with app.app_context(), unit_of_work(write=False):
        found = [statement_of(cast.club, cast.users[name], OCTOBER) for name in names]
        return [one.total_minor if one else 0 for one in found]


def parts(app, cast, **percent: str) -> dict[str, str]:
    with app.app_context(), unit_of_work(write=False) as session:
        users = {name: session.get_one(User, cast.users[name]).public_id for name in percent}
    return {f"share-{users[name]}": typed for name, typed in percent.items()}


def test_a_session_is_divided_between_two_trainers_and_the_page_says_by_whom(
    app, cast, client_of, month
):
    olga = client_of("Olga")
    before = paid(app, cast, "Tara", "Max")
    page = olga.get("/pay/shares/session-1").text
    assert 'value="100"' in page

    done = olga.post("/pay/shares/session-1", data=parts(app, cast, Tara="62,5", Max="37.5"))

    assert done.status_code == 303
    tara, max_ = paid(app, cast, "Tara", "Max")
    assert (before, tara - before[0], max_ - before[1]) == ([30_000, 0], -11_250, 11_250)
    log = olga.get("/pay/shares/session-1").text
    assert "Max 37.5 %" in log
    assert "Tara 62.5 %" in log
    assert "Olga" in log.partition('id="log"')[2]


def test_a_sale_counts_for_its_seller_until_it_is_given_to_somebody_else(
    app, cast, client_of, month
):
    """A7.4: one owner or a stated split, and a reassignment is logged."""
    olga = client_of("Olga")
    with app.app_context(), unit_of_work(write=False) as session:
        lot_id = session.query(PackageSale.lot_id).scalar()
    first = paid(app, cast, "Sara", "Tara")

    olga.post(f"/pay/shares/sale-{lot_id}", data=parts(app, cast, Tara="100"))
    olga.post("/pay/shares/contract-1", data=parts(app, cast, Sara="50", Tara="50"))

    sara, tara = paid(app, cast, "Sara", "Tara")
    assert first[0] - sara == tara - first[1] > 0
    with app.app_context(), unit_of_work(write=False) as session:
        lines = session.query(AuditLine).filter_by(action="sale.reassigned").count()
    assert lines == 2


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"Tara": "60", "Max": "30"}, "The shares must sum to 100 percent."),
        ({}, "The shares must sum to 100 percent."),
        ({"Tara": "half", "Max": "50"}, "Expected a percentage such as 50 or 12.5 for Tara."),
        ({"Tara": "33.333", "Max": "66.667"}, "Expected a percentage such as 50 or 12.5"),
    ],
    ids=["too little", "nobody", "words", "three decimals"],
)
def test_parts_that_cannot_be_are_refused_and_kept_as_typed(
    app, cast, client_of, month, typed, told
):
    olga = client_of("Olga")

    refused = olga.post("/pay/shares/session-1", data=parts(app, cast, **typed))

    assert refused.status_code == 400
    assert told in refused.text
    assert all(f'value="{value}"' in refused.text for value in typed.values())
    assert paid(app, cast, "Tara", "Max") == [30_000, 0]


def test_what_a_closed_month_has_paid_is_divided_no_more(app, cast, client_of, month):
    month.move_to("2026-11-02T06:00Z")
    olga = client_of("Olga")
    with app.app_context(), unit_of_work():
        close_month(cast.club, OCTOBER, by="user:1")

    refused = olga.post("/pay/shares/session-1", data=parts(app, cast, Max="100"))

    assert refused.status_code == 409
    assert "A closed month has paid for this already." in refused.text
    assert paid(app, cast, "Tara", "Max") == [30_000, 0]


@pytest.mark.parametrize("work_id", ["session-99", "salary-1", "session", "gift-1", "sale--1"])
def test_unknown_work_is_not_there(client_of, month, work_id):
    assert client_of("Olga").get(f"/pay/shares/{work_id}").status_code == 404


def test_work_of_another_club_is_not_there(client_of, month):
    assert client_of("Boris").get("/pay/shares/session-1").status_code in {403, 404}


def test_a_program_divides_a_session_and_a_sale(app, cast, client_of, month):
    olga = client_of("Olga")
    with app.app_context(), unit_of_work(write=False) as store:
        users = {name: store.get_one(User, cast.users[name]).public_id for name in ("Tara", "Max")}
        session = store.query(TrainerSession.public_id).scalar()
        package = store.query(PackageLot.public_id).scalar()
        contract = store.query(Contract.public_id).scalar()
    body = {
        "shares": [
            {"user_id": users["Tara"], "percent": "62.5"},
            {"user_id": users["Max"], "percent": 37.5},
        ]
    }

    before = olga.get(f"/api/v1/sessions/{session}/shares").get_json()
    done = olga.post(f"/api/v1/sessions/{session}/shares", json=body).get_json()
    sales = [
        olga.post(f"/api/v1/{kind}/shares", json=body).status_code
        for kind in (f"packages/{package}", f"contracts/{contract}")
    ]

    assert before["shares"] == [{"user_id": users["Tara"], "percent": "100.00"}]
    assert {one["user_id"]: one["percent"] for one in done["shares"]} == {
        users["Tara"]: "62.50",
        users["Max"]: "37.50",
    }
    assert sales == [200, 200]
    assert paid(app, cast, "Max")[0] > 11_250


@pytest.mark.parametrize(
    ("shares", "status"),
    [
        ([("Tara", "60"), ("Max", "30")], 400),
        ([("Tara", "50"), ("Tara", "50")], 400),
        ([("Tara", "33.333"), ("Max", "66.667")], 400),
        ([("nobody", "100")], 400),
        ([], 400),
    ],
    ids=["too little", "twice", "three decimals", "strangers", "nobody"],
)
def test_a_program_that_divides_wrongly_is_refused(app, cast, client_of, month, shares, status):
    with app.app_context(), unit_of_work(write=False) as store:
        users = {name: store.get_one(User, cast.users[name]).public_id for name in ("Tara", "Max")}
        session = store.query(TrainerSession.public_id).scalar()
    parts = [{"user_id": users.get(name, name), "percent": share} for name, share in shares]

    refused = client_of("Olga").post(f"/api/v1/sessions/{session}/shares", json={"shares": parts})

    assert refused.status_code == status
    assert paid(app, cast, "Tara", "Max") == [30_000, 0]


def test_a_program_divides_nothing_that_a_closed_month_has_paid(app, cast, client_of, month):
    month.move_to("2026-11-02T06:00Z")
    with app.app_context(), unit_of_work() as store:
        close_month(cast.club, OCTOBER, by="user:1")
        max_ = store.get_one(User, cast.users["Max"]).public_id
        session = store.query(TrainerSession.public_id).scalar()
    olga = client_of("Olga")
    body = {"shares": [{"user_id": max_, "percent": "100"}]}

    refused = olga.post(f"/api/v1/sessions/{session}/shares", json=body)

    assert (refused.status_code, refused.get_json()["code"]) == (409, "ALREADY_PAID")
    assert olga.get(f"/api/v1/sessions/{session}/shares").get_json()["is_paid"]
    assert olga.get("/api/v1/sessions/nothere/shares").status_code == 404
