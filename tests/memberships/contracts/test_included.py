"""Units that come with a plan: for sessions and classes, free, until the contract is over."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.billing.invariants import invoices_add_up
from memberships.billing.models import InvoiceLine
from memberships.contracts.catalogue import terms_of
from memberships.contracts.freezes import FreezeRequest, freeze_contract
from memberships.contracts.invariants import contract_periods, unit_balances, unit_sources
from memberships.contracts.plans import create_plan, edit_plan
from memberships.contracts.renewal_terms import Carry, Conditions
from memberships.contracts.renewals import carry_over, renew
from memberships.contracts.services import void_contract
from memberships.contracts.terms import Included
from memberships.contracts.transfers import TransferRequest, hand_units_over, transfer_contract
from memberships.packages.invariants import released_values
from memberships.packages.models import PackageLot
from memberships.packages.offers import PackageRow, packages_of
from memberships.packages.terms import Service
from memberships.schedule.bookings import cancel_booking
from memberships.schedule.models import BookingState
from memberships.schedule.plan_rules import save_type_price
from memberships.schedule.rules.units import UnitPrice, UnitUse
from memberships.schedule.unit_checks import units_of_bookings
from memberships.trainers.invariants import units_of_sessions
from memberships.trainers.rules import SessionState
from memberships.trainers.services import Appointment, log_session
from tests.cast import make_member
from tests.memberships.conftest import MONTHLY, SARA, YEAR, make_contract, make_plan
from tests.memberships.packages.shop import make_product
from tests.memberships.schedule.studio import MONDAY_NOON, open_studio

pytestmark = pytest.mark.usefixtures("unit")
TODAY = date(2026, 11, 23)
YEAR_END = date(2027, 11, 22)


@pytest.fixture(autouse=True)
def monday(unit):
    """It is Monday noon in Dhaka; afterwards the ledgers add up."""
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield
    db.session.flush()
    assert unit_balances() == unit_sources() == released_values() == []
    assert units_of_bookings() == units_of_sessions() == contract_periods() == []
    assert invoices_add_up() == []


def with_sessions(cast, units: int = 2, terms=YEAR, **changed: object):
    """A plan that brings personal sessions along is on sale."""
    product = make_product(cast)
    packages = (Included(product.product_id, units),)
    return make_plan(cast, terms, packages=packages, **changed)


@pytest.fixture
def dora(cast) -> str:
    """Dora is another member of the club."""
    cast.members["Dora"] = make_member("Dora", "Roy", club=cast.club).id
    return "Dora"


def mias(cast, name: str = "Mia") -> list[PackageRow]:
    db.session.expire_all()
    return packages_of(cast.members[name])


def has_session(cast, name: str = "Mia") -> None:
    asked = Appointment(
        cast.club, cast.members[name], cast.users["Tara"], datetime(2026, 11, 23, 5, tzinfo=UTC)
    )
    log_session(asked, SessionState.COMPLETE, by=SARA)


def test_the_units_come_with_the_signature_and_nobody_owes_for_them(cast):
    contract = make_contract(cast, plan=with_sessions(cast), starts_on=TODAY)

    (row,) = mias(cast)
    billed = db.session.scalars(select(InvoiceLine.total_minor)).all()
    assert (row.remaining, row.expires_on, row.price_minor) == (2, YEAR_END, 0)
    assert billed == [YEAR.price_minor]
    assert db.session.get_one(PackageLot, row.lot_id).contract_id == contract.id
    assert db.session.scalars(select(InvoiceLine.lot_id)).all() == [None]


def test_a_trainer_draws_them_and_nothing_is_left_at_the_end(cast):
    make_contract(cast, plan=with_sessions(cast), starts_on=TODAY)

    has_session(cast)
    has_session(cast)

    with pytest.raises(DomainError) as refused:
        has_session(cast)
    assert refused.value.code == "NO_UNITS"
    assert [row.remaining for row in mias(cast)] == [0]


def test_they_pay_for_a_class_and_come_back_with_the_place(cast):
    studio = open_studio(cast, names=("Chen",))
    price = UnitPrice(Service.SMALL_GROUP, units=2, use=UnitUse.ALWAYS)
    save_type_price(studio.yoga.id, price, by=SARA)
    product = make_product(cast, service=Service.SMALL_GROUP)
    plan = make_plan(cast, name="Three months", packages=(Included(product.product_id, 3),))
    make_contract(cast, plan=plan, starts_on=TODAY)
    studio.people["Mia"] = cast.members["Mia"]

    booking = studio.book("Mia")
    held = [row.remaining for row in mias(cast)]
    cancel_booking(booking, by="member:Mia")

    assert booking.state is BookingState.CANCELLED
    assert (held, [row.remaining for row in mias(cast)]) == ([1], [3])


def test_an_unsigned_paper_brings_none(cast):
    make_contract(cast, plan=with_sessions(cast), starts_on=TODAY, is_complete=False)

    assert mias(cast) == []


def test_what_was_sold_keeps_its_units_when_the_plan_is_edited(cast, dora):
    plan = with_sessions(cast)
    first = make_contract(cast, plan=plan, starts_on=TODAY)
    kept = terms_of(first.plan_version_id)

    edit_plan(plan.plan_id, replace(plan.terms, packages=()), seen_version=1, by=SARA)
    make_contract(cast, plan=plan, starts_on=TODAY, person=dora)

    assert terms_of(first.plan_version_id) == kept
    assert [row.remaining for row in mias(cast)] == [2]
    assert mias(cast, dora) == []


def test_a_freeze_moves_their_last_day_once(cast):
    contract = make_contract(cast, plan=with_sessions(cast), starts_on=TODAY)

    days = (TODAY + timedelta(days=3), TODAY + timedelta(days=12))
    freeze_contract(FreezeRequest(contract.id, *days, "Holiday"), by=SARA)

    # The package itself says that it moves with a freeze; it comes with the contract, though.
    assert [row.expires_on for row in mias(cast)] == [YEAR_END + timedelta(days=10)]


def test_with_a_rolling_plan_they_last_as_long_as_the_package_says(cast):
    contract = make_contract(cast, plan=with_sessions(cast, terms=MONTHLY), starts_on=TODAY)
    before = [row.expires_on for row in mias(cast)]

    days = (TODAY + timedelta(days=3), TODAY + timedelta(days=4))
    freeze_contract(FreezeRequest(contract.id, *days, "Holiday"), by=SARA)

    ninety_days = TODAY + timedelta(days=89)
    assert before == [ninety_days]
    assert [row.expires_on for row in mias(cast)] == [ninety_days + timedelta(days=2)]


def test_a_contract_that_never_was_takes_them_along(cast):
    contract = make_contract(cast, plan=with_sessions(cast), starts_on=TODAY)

    void_contract(contract.id, by=SARA, why="Wrong person")

    assert [row.remaining for row in mias(cast)] == [0]


@pytest.mark.parametrize(("carry", "lasting"), [(Carry.ALL, 2), (Carry.NONE, 1)])
def test_a_renewal_brings_new_ones_and_the_rule_decides_about_the_old(cast, carry, lasting):
    plan = with_sessions(cast, conditions=Conditions(carry=carry))
    old = make_contract(cast, plan=plan, starts_on=date(2025, 12, 1))

    done = renew(old.id, by=SARA, clash_seen=False)
    with time_machine.travel("2026-12-01T06:00Z", tick=False):
        carry_over(old.id, by="system")
        carry_over(old.id, by="system")

    ends = [row.expires_on for row in mias(cast)]
    assert done.contract.ends_on == date(2027, 11, 30)
    assert ends.count(date(2027, 11, 30)) == lasting
    assert [row.remaining for row in mias(cast)] == [2, 2]


def test_they_go_to_the_new_holder_of_the_contract(cast, dora):
    plan = with_sessions(cast, conditions=Conditions(transfer_minor=0))
    contract = make_contract(cast, plan=plan, starts_on=date(2026, 11, 1))
    has_session(cast)

    transfer_contract(TransferRequest(contract.id, cast.members[dora], "Moves away"), by=SARA)
    moved = hand_units_over(contract.id, by="system")

    assert moved == 1
    assert [row.remaining for row in mias(cast)] == [0]
    assert [row.remaining for row in mias(cast, dora)] == [1]
    assert db.session.scalar(select(func.count()).select_from(PackageLot)) == 2


@pytest.mark.parametrize("units", [0, 501])
def test_a_plan_names_a_sensible_number_of_units(cast, units):
    product = make_product(cast)

    with pytest.raises(DomainError) as refused:
        make_plan(cast, packages=(Included(product.product_id, units),))

    assert "packages" in {one.field for one in refused.value.fields}


def test_a_plan_brings_packages_of_its_own_club_only(cast):
    product = make_product(cast)

    with pytest.raises(DomainError) as refused:
        create_plan(
            cast.other_club, replace(YEAR, packages=(Included(product.product_id, 1),)), by=SARA
        )

    assert "packages" in {one.field for one in refused.value.fields}
