"""What is done from a member's card, done by a program: links, vouchers, trainers, strikes."""

from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from memberships.billing.models import Invoice, InvoiceKind, Voucher
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.schedule.attendance import settle
from memberships.schedule.models import BookingState, ClassSession, Strike
from memberships.schedule.rules.strikes import StrikeState
from memberships.trainers.models import TrainerClient
from tests.cast import Cast
from tests.memberships.conftest import YEAR, make_contract
from tests.memberships.packages.shop import make_product
from tests.memberships.schedule.studio import FRIDAY, MONDAY_NOON, in_dhaka, open_studio

ClientOf = Callable[[str], FlaskClient]
KEY = {"Idempotency-Key": "one-act-of-a-program"}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield


def a_year(app, cast: Cast) -> str:
    with app.app_context(), unit_of_work():
        return make_contract(cast, YEAR, starts_on=date(2026, 11, 23)).public_id


def test_a_contract_is_declared_void_and_its_invoice_credited_once(client_of, app, cast):
    max_, year = client_of("Max"), a_year(app, cast)
    path = f"/api/v1/contracts/{year}/void"

    no_reason = max_.post(path, json={"reason": ""})
    first = max_.post(path, json={"reason": "Signed twice"}, headers=KEY)
    again = max_.post(path, json={"reason": "Signed twice"}, headers=KEY)
    later = max_.post(path, json={"reason": "Signed twice"})

    assert no_reason.status_code == 400
    assert (first.status_code, first.get_json()["state"]) == (200, "void")
    assert again.get_json() == first.get_json()
    assert later.status_code == 409
    with app.app_context(), unit_of_work(write=False) as session:
        kinds = session.scalars(select(Contract.state)).all()
    assert kinds == [ContractState.VOID]
    with app.app_context(), unit_of_work(write=False) as session:
        documents = session.execute(select(Invoice.kind, Invoice.total_minor)).all()
    assert sorted(kind for kind, _total in documents) == [
        InvoiceKind.CREDIT_NOTE,
        InvoiceKind.INVOICE,
    ]
    assert sum(total for _kind, total in documents) == 0


def test_the_contract_page_declares_it_void_with_a_reason(client_of, app, cast):
    max_, desk, year = client_of("Max"), client_of("Frank"), a_year(app, cast)
    page = f"/members/{cast.public['Mia']}/contracts/{year}"

    asked = max_.get(page)
    refused = desk.post(f"{page}/void", data={"why": "Wrong person"})
    without = max_.post(f"{page}/void", data={"why": " "}, follow_redirects=True)
    done = max_.post(f"{page}/void", data={"why": "Wrong person"}, follow_redirects=True)

    assert "Declare this contract void?" in asked.text
    assert refused.status_code == 403
    assert "Say why." in without.text
    assert "Void: it never counted." in done.text
    assert "Declare this contract void?" not in done.text


@pytest.mark.parametrize("kind", ["voucher", "bonus"])
def test_a_voucher_is_sold_and_a_bonus_given_once_per_key(client_of, app, cast, kind):
    max_ = client_of("Max")
    body = {
        "member_id": cast.public["Mia"],
        "kind": kind,
        "amount_minor": 50_000,
        "reason": "Birthday",
    }

    made = max_.post("/api/v1/vouchers", json=body, headers=KEY)
    again = max_.post("/api/v1/vouchers", json=body, headers=KEY)

    assert made.status_code == 201, made.text
    assert made.get_json() == again.get_json()
    assert made.get_json()["remaining_minor"] == 50_000
    shown = max_.get(f"/api/v1/vouchers/{made.get_json()['id']}").get_json()
    assert shown == made.get_json()
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(Voucher).count() == 1
    invoices = max_.get("/api/v1/invoices").get_json()["items"]
    assert len(invoices) == (1 if kind == "voucher" else 0)


def test_a_member_is_given_to_a_trainer_and_let_go(client_of, app, cast):
    max_, path = client_of("Max"), f"/api/v1/members/{cast.public['Mia']}/trainers"
    with app.app_context(), unit_of_work(write=False):
        tara = db.session.scalar(
            select(db.metadata.tables["user_account"].c.public_id).where(
                db.metadata.tables["user_account"].c.id == cast.users["Tara"]
            )
        )

    given = max_.post(path, json={"trainer_id": tara}, headers=KEY)
    again = max_.post(path, json={"trainer_id": tara}, headers=KEY)
    unknown = max_.post(path, json={"trainer_id": "nobody"})
    released = max_.post(path, json={"trainer_id": tara, "release": True})

    assert given.get_json() == {"trainers": [{"id": tara, "name": "Tara"}]} == again.get_json()
    assert unknown.status_code == 400
    assert released.status_code == 200
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(TrainerClient.until_on)).all() == [date(2026, 11, 23)]


@pytest.mark.parametrize("opens", ["own_page", "waiver", "calendar"])
def test_a_link_is_told_once_and_opens(client_of, app, cast, opens):
    max_, path = client_of("Max"), f"/api/v1/members/{cast.public['Mia']}/links"

    told = max_.post(path, json={"opens": opens}, headers=KEY)
    again = max_.post(path, json={"opens": opens}, headers=KEY)

    assert told.status_code == 201, told.text
    address = told.get_json()["address"]
    assert again.status_code == 410
    assert address.rpartition("/")[2] not in again.text
    opened = app.test_client().get(address)
    assert opened.status_code == 200


def test_an_invoice_is_paid_by_a_link(client_of, app, cast):
    max_ = client_of("Max")
    a_year(app, cast)
    invoice = max_.get("/api/v1/invoices").get_json()["items"][0]["id"]

    told = max_.post(f"/api/v1/invoices/{invoice}/pay-link")
    missing = max_.post("/api/v1/invoices/nothing/pay-link")

    assert told.status_code == 201, told.text
    assert app.test_client().get(told.get_json()["address"]).status_code == 200
    assert missing.status_code == 404


def test_links_need_the_right_of_what_they_open(client_of, cast):
    answer = client_of("Tara").post(
        f"/api/v1/members/{cast.public['Mia']}/links", json={"opens": "own_page"}
    )

    assert answer.status_code == 403


def test_presence_is_marked_and_a_strike_excused(client_of, app, cast):
    with app.app_context(), unit_of_work():
        studio = open_studio(cast, names=("Mia",))
        booking, class_id = studio.book("Mia").public_id, studio.session().id
    with time_machine.travel(in_dhaka(FRIDAY, 20), tick=False):
        max_ = client_of("Max")
        with app.app_context(), unit_of_work():
            settle(db.session.get_one(ClassSession, class_id), by="system")
        missed = max_.get(f"/api/v1/bookings/{booking}").get_json()["state"]
        listed = max_.get(f"/api/v1/members/{cast.public['Mia']}/strikes").get_json()["items"]
        strike = listed[0]["id"]
        excused = max_.post(
            f"/api/v1/strikes/{strike}/decide", json={"excuse": True, "answer": "Was ill"}
        )
        present = max_.post(f"/api/v1/bookings/{booking}/presence", json={"present": True})

    assert missed == BookingState.MISSED.value
    assert listed[0]["state"] == StrikeState.STANDS.value
    assert excused.get_json()["state"] == StrikeState.EXCUSED.value
    assert present.get_json()["state"] == BookingState.ATTENDED.value
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(Strike.state)).all() == [StrikeState.EXCUSED]


def test_a_plan_brings_packages_on_the_page_and_by_api(client_of, app, cast):
    with app.app_context(), unit_of_work():
        product = make_product(cast).public_id
    max_ = client_of("Max")
    body = {
        "name": "Year with sessions",
        "kind": "term",
        "price": {"amount_minor": 2_500_000, "currency": "BDT"},
        "term_months": 12,
        "packages": [{"package_id": product, "units": 4, "each_period": False}],
    }

    made = max_.post("/api/v1/plans", json=body)
    stranger = max_.post(
        "/api/v1/plans", json={**body, "packages": [{"package_id": "nothing", "units": 1}]}
    )
    plan = made.get_json()["id"]
    form = max_.get(f"/settings/plans/{plan}")
    sign = max_.get(f"/members/{cast.public['Mia']}/contracts/new?plan={plan}&starts_on=2026-11-23")

    assert made.status_code == 201, made.text
    assert made.get_json()["packages"] == body["packages"]
    assert stranger.status_code == 400
    assert f'name="package-{product}"' in form.text
    assert 'value="4"' in form.text
    assert "4 units: Ten sessions" in sign.text
