"""Packages are sold on frozen terms, given away, taken back, and moved by a freeze."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine

from clubcrm.core import audit
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.money import Money
from memberships.billing.invariants import invoices_add_up
from memberships.billing.queries import account_of
from memberships.contracts.freezes import FreezeRequest, end_freeze, freeze_contract
from memberships.contracts.invariants import unit_balances, unit_sources
from memberships.packages.invariants import released_values
from memberships.packages.models import EntryKind, PackageSale, ProductState
from memberships.packages.offers import package_by_lot, product_by_id, products_of
from memberships.packages.products import (
    create_product,
    edit_product,
    offer_product,
    withdraw_product,
)
from memberships.packages.queries import ledger_of
from memberships.packages.selling import (
    SaleRequest,
    refund_value,
    sell_package,
    take_back_units,
    transfer_units,
)
from memberships.packages.services import correct_lot, use_visit
from memberships.packages.terms import TrainerChoice
from tests.cast import make_member
from tests.memberships.conftest import SARA, make_contract
from tests.memberships.packages.shop import TEN_SESSIONS, make_product, now_as, sell

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("unit", "noon")


@pytest.fixture
def noon():
    with time_machine.travel(AT, tick=False):
        yield


def hold(row, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        assert use_visit(row.lot_id, "session", f"{row.lot_id}-{number}", AT, SARA)


def test_a_sale_opens_units_with_price_and_last_day(cast):
    row = sell(cast)

    assert (row.bought, row.remaining, row.expires_on) == (10, 10, date(2027, 2, 19))
    assert (row.price_minor, row.paid.value_of(1)) == (1_200_000, Money(120_000, "BDT"))
    (line,) = ledger_of(row.lot_id)
    assert (line.kind, line.delta, line.source_kind) == (EntryKind.BUY, 10, "sale")


def test_terms_are_frozen_at_the_sale(cast):
    product = make_product(cast)
    before = sell(cast, product=product)

    edit_product(
        product.product_id, replace(TEN_SESSIONS, price_minor=1_500_000, low_mark=3),
        seen_version=1, by=SARA,
    )  # fmt: skip

    after = sell(cast, product=product)
    assert now_as(before).terms == TEN_SESSIONS
    assert (after.price_minor, after.terms.low_mark) == (1_500_000, 3)


def test_two_edits_of_the_same_version_do_not_overwrite_each_other(cast):
    product = make_product(cast)
    edit_product(product.product_id, TEN_SESSIONS, seen_version=1, by=SARA)

    with pytest.raises(DomainError, match="PACKAGE_CHANGED"):
        edit_product(product.product_id, TEN_SESSIONS, seen_version=1, by=SARA)


def test_a_withdrawn_package_is_not_sold_until_it_is_offered_again(cast):
    product = make_product(cast)
    withdraw_product(product.product_id, by=SARA)

    with pytest.raises(DomainError, match="NOT_ON_SALE"):
        sell(cast, product=product)

    offer_product(product.product_id, by=SARA)
    found = product_by_id(product.product_id)
    assert found is not None
    assert found.state is ProductState.ON_SALE
    assert sell(cast, product=found).remaining == 10


def test_the_seller_hears_of_a_new_price_before_he_sells(cast):
    product = make_product(cast)
    request = SaleRequest(cast.members["Mia"], product.product_id, seen_price_minor=1_100_000)

    with pytest.raises(DomainError, match="PRICE_CHANGED"):
        sell_package(request, by=SARA)


def test_wrong_terms_are_refused_by_field(cast):
    with pytest.raises(DomainError) as refused:
        create_product(cast.club, replace(TEN_SESSIONS, units=0, currency="EUR"), by=SARA)

    assert {one.field for one in refused.value.fields} == {"units", "price"}


def test_a_package_of_one_trainer_needs_him_at_the_sale(cast):
    product = make_product(cast, trainer_choice=TrainerChoice.CHOSEN)

    with pytest.raises(DomainError, match="INVALID_INPUT"):
        sell(cast, product=product)

    assert sell(cast, product=product, trainer="Tara").trainer_id == cast.users["Tara"]


def test_units_travel_with_what_was_paid_for_them(cast):
    """Mia holds two of three units (100.00: 33.34 used) and gives one to Rina."""
    mia = sell(cast, units=3, price_minor=10_000)
    rina = make_member("Rina", club=cast.club)
    hold(mia, 1)

    moved = transfer_units(mia.lot_id, rina.id, 1, by=SARA, reason="Moves to her sister")

    assert (moved.person_id, moved.remaining, moved.price_minor) == (rina.id, 1, 3_333)
    assert moved.expires_on == mia.expires_on
    left = now_as(mia)
    assert (left.remaining, left.released_minor) == (1, 3_333)
    assert db.session.get_one(PackageSale, moved.lot_id).from_lot_id == mia.lot_id
    assert [unit_balances(), unit_sources(), released_values()] == [[], [], []]


def test_more_units_than_there_are_do_not_travel(cast):
    mia = sell(cast)
    rina = make_member("Rina", club=cast.club)

    with pytest.raises(DomainError) as refused:
        transfer_units(mia.lot_id, rina.id, 11, by=SARA, reason="All of them")

    assert (refused.value.code, refused.value.extra) == ("NO_UNITS", {"balance": 10})


@pytest.mark.fault
@pytest.mark.parametrize(
    ("units", "price", "used", "worth"),
    [(10, 1_200_000, 6, 480_000), (3, 10_000, 1, 6_666), (7, 100_001, 0, 100_001)],
)
def test_f71_unused_units_are_paid_back_to_the_cent(cast, units, price, used, worth):
    row = sell(cast, units=units, price_minor=price)
    hold(row, used)

    value = take_back_units(row.lot_id, by=SARA, reason="Moves to another town")

    assert value == Money(worth, "BDT")
    after = now_as(row)
    assert (after.remaining, after.released_minor, refund_value(after).amount_minor) == (
        0,
        worth,
        0,
    )
    lines = [(line.kind.value, line.delta) for line in ledger_of(row.lot_id)]
    assert lines == [("correct", used - units), *[("use", -1)] * used, ("buy", units)]
    with pytest.raises(DomainError, match="NO_UNITS"):
        take_back_units(row.lot_id, by=SARA, reason="Once more")


def test_a_returned_unit_after_a_refund_is_worth_what_it_cost(cast):
    """The value left follows the balance, so that no path pays a unit back twice."""
    row = sell(cast, units=3, price_minor=10_000)
    hold(row, 1)
    take_back_units(row.lot_id, by=SARA, reason="Moves away")

    correct_lot(row.lot_id, 1, source_id="c1", by=SARA, reason="Was counted wrongly")

    value = take_back_units(row.lot_id, by=SARA, reason="Paid back as well")
    assert value == Money(3_333, "BDT")
    assert released_values() == []


def test_freezing_the_membership_moves_the_packages_that_say_so(cast):
    contract = make_contract(cast, starts_on=date(2026, 11, 22))
    moving = sell(cast)
    staying = sell(cast, moves_with_freeze=False)

    freeze_contract(
        FreezeRequest(contract.id, date(2026, 11, 23), date(2026, 12, 2), "Abroad"), by=SARA
    )
    assert now_as(moving).expires_on == date(2027, 3, 1)
    assert now_as(staying).expires_on == date(2027, 2, 19)

    end_freeze(cast.members["Mia"], date(2026, 11, 28), SARA)
    assert now_as(moving).expires_on == date(2027, 2, 24)


def test_a_sale_is_invoiced_and_a_refund_credited(cast):
    """Nothing was paid yet: what is open shrinks to the used units, and no more is owed."""
    row = sell(cast)
    hold(row, 6)
    assert account_of(cast.members["Mia"], cast.club).owed_minor == 1_200_000

    take_back_units(row.lot_id, by=SARA, reason="Moves away")

    assert account_of(cast.members["Mia"], cast.club).owed_minor == 720_000
    assert invoices_add_up() == []


def test_every_act_stands_in_the_audit_chain(cast):
    row = sell(cast)
    take_back_units(row.lot_id, by=SARA, reason="Moves away")

    actions = [
        line.action for line in db.session.query(audit.AuditLine).order_by(audit.AuditLine.id)
    ]
    assert actions == [
        "package.created",
        "invoice.issued",
        "package.sold",
        "credit_note.issued",
        "package.taken_back",
    ]


def test_products_of_another_club_are_not_listed(cast):
    make_product(cast)

    assert products_of(Scope((cast.other_club,))) == []
    assert package_by_lot(4711) is None
