"""December as a desk clerk lives it, button by button: till, members, money, cards and guests."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import time_machine
from sqlalchemy import select

from access_control.models import Credential
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person
from memberships.billing.models import Invoice, InvoiceKind, Payment, Refund
from memberships.billing.queries import account_of
from memberships.checks import CHECKS
from memberships.contracts.conditions import EarlyEnd, LeavingTerms
from memberships.contracts.models import Contract
from memberships.contracts.period_units import contracts_to_renew, renew_units
from memberships.contracts.renewal_terms import Conditions
from memberships.contracts.rules import PlanKind
from memberships.contracts.terms import Included, PlanTerms
from memberships.packages.models import PackageLot
from memberships.tills.services import add_till
from tests.cast import make_member
from tests.memberships.conftest import MONTHLY, make_contract, make_plan
from tests.memberships.packages.shop import make_product
from tests.pressing import press

QUARTER = PlanTerms(
    "Quarter",
    PlanKind.TERM,
    600_000,
    "BDT",
    term_months=3,
    conditions=Conditions(transfer_minor=50_000),
    leaving=LeavingTerms(early=EarlyEnd.FEE, fee_minor=100_000),
)


@contextmanager
def day(number: int, month: int = 12, year: int = 2026):
    """It is noon in Dhaka on a day of the month."""
    with time_machine.travel(datetime(year, month, number, 6, tzinfo=UTC), tick=False):
        yield


def a_club(app, cast) -> str:
    """There is a till, Mia has had a quarter since 4 September; returns the monthly plan."""
    with app.app_context(), unit_of_work(), day(4, 9):
        add_till(cast.club, "Desk", by="user:2")
        cast.members["Dora"] = (dora := make_member("Dora", "Roy", club=cast.club)).id
        cast.public["Dora"] = dora.public_id
        product = make_product(cast)
        monthly = Included(product.product_id, 2, each_period=True)
        rolling = make_plan(cast, MONTHLY, packages=(monthly,)).public_id
        quarter = make_plan(cast, QUARTER)
        make_contract(cast, plan=quarter, starts_on=date(2026, 9, 4))
    return rolling


def pays(client, person: str, amount: str, tender: str = "cash") -> None:
    done = press(client, f"/members/{person}/account/pay", "Take it", amount=amount, tender=tender)
    assert "taken" in done.text


def owed(app, cast, person_id: int) -> int:
    with app.app_context(), unit_of_work(write=False):
        return account_of(person_id, cast.club).owed_minor


def newest_contract(app, person_id: int) -> str:
    with app.app_context(), unit_of_work(write=False):
        wanted = select(Contract.public_id).where(Contract.person_id == person_id)
        return db.session.scalars(wanted.order_by(Contract.id.desc())).first() or ""


def first_days(app, cast, client_of, plan: str) -> tuple[int, str]:
    """The till is opened, Nora is registered and signs, pays a part, and holds a card."""
    with day(1):
        frank = client_of("Frank")
        press(frank, "/till/shift", "Open the shift", change="1000")
        new = {"given_name": "Nora", "family_name": "Akter", "phone": "01711 000055"}
        press(frank, "/members/new", "Register", **new)
        with app.app_context(), unit_of_work(write=False):
            nora = db.session.scalars(select(Person).where(Person.given_name == "Nora")).one()
            nora_id, person = nora.id, nora.public_id
        page = f"/members/{person}/contracts/new"
        shown = press(frank, page, "Show what this gives", plan=plan, starts_on="2026-12-01")
        assert "2 units: Ten sessions" in shown.text
        assert "anew each period" in shown.text
        press(frank, shown, "Sign for")
        pays(frank, person, "1000")
        press(frank, f"/members/{person}/cards", "Give it", value="5001", kind="card")
    assert owed(app, cast, nora_id) == 150_000
    return nora_id, person


def second_week(app, cast, client_of, nora: str) -> None:
    """Mia renews; Nora buys a package, pays the rest, freezes, and loses her card."""
    mia = cast.public["Mia"]
    with day(2):
        frank, old = client_of("Frank"), newest_contract(app, cast.members["Mia"])
        pays(frank, mia, "6000", "card_terminal")
        press(frank, f"/members/{mia}/contracts/{old}/renew", "Renew for")
        pays(frank, mia, "6000", "card_terminal")
    with day(3):
        frank = client_of("Frank")
        shown = press(frank, f"/members/{nora}/packages/new", "Show what this gives")
        press(frank, shown, "Sell for")
        pays(frank, nora, "13500")
    with day(7):
        frank = client_of("Frank")
        frozen = {"from_on": "2026-12-10", "until_on": "2026-12-14", "reason": "Journey"}
        shown = press(frank, f"/members/{nora}/stops", "Show the new last day", **frozen)
        press(frank, shown, "Freeze")
    with day(9):
        frank = client_of("Frank")
        press(frank, f"/members/{nora}/cards", "Replace", value="5002")


def third_week(app, cast, client_of) -> None:
    """Mia brings a guest, and a refund of hers waits for a colleague."""
    mia = cast.public["Mia"]
    with day(12):
        frank = client_of("Frank")
        guest = {"given_name": "Lina", "phone": "01711 000066"}
        told = press(frank, f"/members/{mia}/guests", "Give the pass", **guest)
        assert "Lina" in told.text
    with day(15):
        frank = client_of("Frank")
        item = {"text": "Locker", "price": "300"}
        press(frank, f"/members/{mia}/account/charge", "Write the invoice", **item)
        pays(frank, mia, "300")
        with app.app_context(), unit_of_work(write=False):
            newest = select(Payment.public_id).order_by(Payment.id.desc())
            payment = db.session.scalars(newest).first()
            locker = db.session.scalars(
                select(Invoice.public_id).order_by(Invoice.id.desc())
            ).first()
        broken = {"credit-amount": "300", "credit-reason": "It was broken"}
        press(frank, f"/invoices/{locker}", "Write a credit note", **broken)
        back = {"amount": "300", "reason": "It was broken"}
        press(frank, f"/payments/{payment}", "Give it back", **back)


def last_days(app, cast, client_of, nora: str) -> str:
    """Max agrees and hands a contract on; Dora pays and leaves early; the till is closed."""
    mia, dora = cast.public["Mia"], cast.public["Dora"]
    with day(18):
        max_, contract = client_of("Max"), newest_contract(app, cast.members["Mia"])
        press(max_, "/approvals", "Grant", reason="Seen")
        page = f"/members/{mia}/contracts/{contract}/transfer?to={dora}"
        press(max_, page, "Hand on to Dora", reason="Moves away")
        pays(client_of("Frank"), dora, "500")
    with day(28):
        frank = client_of("Frank")
        shown = press(frank, f"/members/{dora}/leave", "Show what this brings", reason="time")
        assert "1,000.00" in shown.text
        press(frank, shown, "Cancel the contract")
        pays(frank, dora, "1000")
        shown = press(frank, f"/members/{nora}/leave", "Show what this brings", reason="price")
        press(frank, shown, "Cancel the contract")
    with day(31):
        frank = client_of("Frank")
        shift = frank.get("/api/v1/shifts").get_json()["items"][0]["id"]
        counted = {"counted": "17000"}
        compared = press(frank, f"/till/shifts/{shift}/close", "Compare", **counted, card="12000")
        return press(frank, compared, "Close now").text


def test_a_month_at_the_desk_adds_up_to_the_last_unit_and_coin(app, cast, client_of):
    plan = a_club(app, cast)

    nora_id, nora = first_days(app, cast, client_of, plan)
    second_week(app, cast, client_of, nora)
    third_week(app, cast, client_of)
    closed = last_days(app, cast, client_of, nora)
    with day(6, 1, 2027), app.app_context(), unit_of_work():
        due = contracts_to_renew(cast.club, date(2027, 1, 6))
        renewed = [renew_units(one, date(2027, 1, 6), by="system") for one in due]

    assert "Z report" in closed
    assert renewed == [], "who has left gets no units of another month"
    people = (nora_id, cast.members["Mia"], cast.members["Dora"])
    assert [owed(app, cast, one) for one in people] == [0, 0, 0]
    with app.app_context(), unit_of_work(write=False):
        cash = db.session.scalars(select(Payment.amount_minor).where(Payment.tender == "cash"))
        assert sorted(cash) == [30_000, 50_000, 100_000, 100_000, 1_350_000]
        assert db.session.scalars(select(Refund.amount_minor)).all() == [30_000]
        kinds = [kind for (kind,) in db.session.execute(select(Invoice.kind))]
        assert kinds.count(InvoiceKind.INVOICE) == 7
        lots = [
            (lot.remaining, lot.expires_on)
            for lot in db.session.scalars(
                select(PackageLot).where(PackageLot.person_id == nora_id).order_by(PackageLot.id)
            )
        ]
        assert lots == [
            (2, date(2027, 1, 5)),
            (10, date(2026, 12, 3) + timedelta(days=89 + 5)),
        ]
        cards = dict(db.session.execute(select(Credential.value, Credential.state)).all())
        assert {value: state.value for value, state in cards.items()} == {
            "5001": "blocked",
            "5002": "active",
        }
        faults = {name: check() for name, check in CHECKS.items()}
    assert {name: found for name, found in faults.items() if found} == {}
