"""Sales in one step: prices, tenders, goods, shift; what is refused leaves nothing behind."""

import pytest
from sqlalchemy import func, select

from bar_inventory.sales.models import Sale, SaleLine, SaleTender
from bar_inventory.sales.selling import TenderOrder
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.approvals.rules import LimitKind
from memberships.approvals.services import set_limits
from memberships.billing.models import Invoice, InvoiceLine, Payment, VoucherKind
from memberships.billing.orders import PaymentOrder, Tender
from memberships.billing.payments import take_payment
from memberships.billing.queries import account_of
from memberships.billing.settings import MoneySettings, save_money_settings
from memberships.billing.totals import TaxTable
from memberships.billing.vouchers import VoucherOrder, find_voucher, issue_voucher
from memberships.counter.drawer import close_shift
from memberships.tills.queries import moved_in
from memberships.tills.rules import Counted, expected_by_tender
from memberships.tills.settings import set_account_limit
from tests.bar_inventory.counter import BORIS, MAX, level
from tests.bar_inventory.sales.conftest import faults, set_price

CARD, CASH, ACCOUNT, VOUCHER = (
    Tender.CARD_TERMINAL,
    Tender.CASH,
    Tender.ACCOUNT,
    Tender.VOUCHER,
)


def refused(act, *given, **more) -> str:
    with pytest.raises(DomainError) as error, db.session.begin_nested():
        act(*given, **more)
    return error.value.code


def counted(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_shake_lowers_its_ingredients_and_the_drawer_gets_the_price(till):
    sale = till.sell(till.line("shake", 2), till.line("water"), cash=60_000)

    assert (sale.total_minor, sale.cost_micro) == (53_000, 18_000 * 1_000_000)
    assert (level(till.bar, till.bar.milk)[0], level(till.bar, till.bar.powder)[0]) == (2_400, 240)
    tender = db.session.query(SaleTender).one()
    assert (tender.amount_minor, tender.given_minor) == (53_000, 60_000)
    assert expected_by_tender(moved_in(till.shift.id)) == {"cash": 153_000}
    invoice = db.session.get_one(Invoice, sale.invoice_id)
    assert (invoice.total_minor, invoice.number) == (53_000, sale.number)
    assert faults() == []


def test_a_wish_costs_more_and_takes_the_other_milk(till):
    sale = till.sell(till.line("shake", 1, till.oat_wish), cash=27_000)

    line = db.session.query(SaleLine).one()
    assert (sale.total_minor, line.wishes, line.wish_ids) == (27_000, "Oat milk", [till.oat_wish])
    assert (level(till.bar, till.bar.milk)[0], level(till.bar, till.bar.oats)[0]) == (3_000, 300)


def test_members_and_happy_hour_have_prices_of_their_own(till, happy, monkeypatch):
    assert till.sell(till.line("shake"), cash=25_000, person=till.mia).total_minor == 25_000
    monkeypatch.setattr("bar_inventory.sales.pricing.is_member", lambda *_: True)
    assert till.sell(till.line("shake"), cash=22_000, person=till.mia).total_minor == 22_000
    happy(set_price(till.bar, till.bar.shake, 25_000, 22_000), 19_000)
    assert till.sell(till.line("shake"), cash=19_000).total_minor == 19_000


def test_a_sum_is_split_over_tenders_and_a_tip_goes_on_top(till):
    code = issue_voucher(VoucherOrder(till.bar.club, VoucherKind.VOUCHER, 10_000), by=MAX).code
    sale = till.sell(
        till.line("shake"),
        tip=1_000,
        tenders=(
            TenderOrder(VOUCHER, 10_000, code),
            TenderOrder(CARD, 11_000, "slip 7"),
            TenderOrder(CASH, 5_000),
        ),
    )

    assert (sale.total_minor, sale.tip_minor) == (26_000, 1_000)
    assert expected_by_tender(moved_in(till.shift.id)) == {
        "cash": 105_000,
        "card_terminal": 11_000,
        "voucher": 10_000,
    }
    voucher = find_voucher(till.bar.club, code)
    assert voucher is not None
    assert voucher.remaining_minor == 0
    assert faults() == []


def test_only_a_sum_in_cash_alone_is_rounded(till):
    save_money_settings(till.bar.club, MoneySettings(cash_step_minor=500), by=MAX)
    set_price(till.bar, till.bar.water, 3_240)

    in_cash = till.sell(till.line("water"), cash=5_000)
    by_card = till.sell(till.line("water"), tenders=(TenderOrder(CARD, 3_240),))

    assert [(one.total_minor, one.rounding_minor) for one in (in_cash, by_card)] == [
        (3_000, -240),
        (3_240, 0),
    ]
    assert faults() == []


def test_tax_on_top_is_added_and_kept_with_each_line(till):
    taxes = TaxTable(prices_include_tax=False, standard_bp=1_500)
    save_money_settings(till.bar.club, MoneySettings(taxes), by=MAX)

    sale = till.sell(till.line("water", 2), cash=6_900)

    assert (sale.gross_minor, sale.added_tax_minor, sale.total_minor) == (6_000, 900, 6_900)
    assert db.session.query(SaleLine).one().tax_minor == 900
    assert faults() == []


def test_the_account_goes_as_far_as_its_limit(till):
    put = (TenderOrder(ACCOUNT, 25_000),)
    assert refused(till.sell, till.line("shake"), tenders=put) == "INVALID_INPUT"
    assert refused(till.sell, till.line("shake"), tenders=put, person=till.mia) == "CREDIT_LIMIT"
    set_account_limit(till.mia, till.bar.club, 50_000, by=MAX)

    till.sell(till.line("shake"), tenders=put, person=till.mia)
    till.sell(till.line("shake"), tenders=put, person=till.mia)

    assert refused(till.sell, till.line("shake"), tenders=put, person=till.mia) == "CREDIT_LIMIT"
    account = account_of(till.mia, till.bar.club)
    assert (account.owed_minor, account.overdue_minor) == (50_000, 0)
    assert faults() == []


def test_credit_that_is_there_pays_first_on_the_account(till):
    order = PaymentOrder(till.bar.club, till.mia, 10_000, CASH, "test", "credit")
    take_payment(order, by=BORIS)
    set_account_limit(till.mia, till.bar.club, 15_000, by=MAX)

    till.sell(till.line("shake"), tenders=(TenderOrder(ACCOUNT, 25_000),), person=till.mia)

    account = account_of(till.mia, till.bar.club)
    assert (account.owed_minor, account.credit_minor) == (15_000, 0)
    assert faults() == []


@pytest.mark.parametrize(
    ("tenders", "code"),
    [
        ((), "INVALID_INPUT"),
        ((TenderOrder(CASH, 2_999),), "INVALID_INPUT"),
        ((TenderOrder(CARD, 3_001),), "INVALID_INPUT"),
        ((TenderOrder(Tender.GATEWAY, 3_000),), "INVALID_INPUT"),
        ((TenderOrder(CASH, -1), TenderOrder(CARD, 3_001)), "INVALID_INPUT"),
        ((TenderOrder(VOUCHER, 3_000, "NOSUCH"),), "NO_VOUCHER"),
        ((TenderOrder(Tender.BONUS, 3_000),), "NO_BONUS"),
    ],
)
def test_tenders_that_do_not_make_the_sum_are_refused_and_nothing_happened(till, tenders, code):
    cart = till.line("water")
    with pytest.raises(DomainError) as error, db.session.begin_nested():
        till.sell(cart, tenders=tenders or (TenderOrder(CASH, 0),))

    assert error.value.code == code
    assert (counted(Sale), counted(Payment), counted(Invoice)) == (0, 0, 0)
    assert faults() == []


@pytest.mark.fault
def test_f72_a_price_changed_since_it_was_told_is_asked_about_and_old_sales_stay(till):
    old = till.sell(till.line("water"), cash=3_000, shown_minor=3_000)
    set_price(till.bar, till.bar.water, 3_500)

    with pytest.raises(DomainError) as error, db.session.begin_nested():
        till.sell(till.line("water"), cash=5_000, shown_minor=3_000)

    assert error.value.code == "PRICE_CHANGED"
    assert error.value.extra == {"price": {"amount_minor": 3_500, "currency": "BDT"}}
    assert till.sell(till.line("water"), cash=5_000, shown_minor=3_500).total_minor == 3_500
    db.session.refresh(old)
    assert (old.total_minor, counted(Sale)) == (3_000, 2)


def test_the_last_ingredient_is_sold_once_and_the_rest_is_out_of_stock(till):
    till.sell(till.line("shake", 10), cash=250_000)

    assert refused(till.sell, till.line("shake"), cash=25_000) == "OUT_OF_STOCK"
    assert (counted(Sale), counted(Payment)) == (1, 1)
    assert faults() == []


def test_what_may_go_below_zero_is_sold_all_the_same(till):
    till.sell(till.line("water", 2), cash=6_000)

    assert level(till.bar, till.bar.water)[0] == -2


def test_a_discount_above_the_role_s_limit_needs_another_person(till):
    set_limits(till.bar.club, {"barista": {LimitKind.DISCOUNT: 1_000}}, by=MAX)
    sells = {"cash": 50_000, "discount_bp": 1_000}

    assert refused(till.sell, till.line("shake"), **sells) == "INVALID_INPUT"
    sale = till.sell(till.line("shake"), note="Spilled the first", **sells)
    sells["discount_bp"] = 1_001
    assert refused(till.sell, till.line("shake"), note="Friend", **sells) == "DISCOUNT_LIMIT"
    till.sell(till.line("shake"), note="Friend", approved_bp=1_001, **sells)

    assert (sale.discount_minor, sale.total_minor) == (2_500, 22_500)
    assert faults() == []


def test_nothing_is_sold_without_an_open_shift(till):
    close_shift(till.shift.id, Counted(cash_minor=100_000), by=BORIS)

    assert refused(till.sell, till.line("water"), cash=3_000) == "NO_SHIFT"
    assert refused(till.sell, till.line("water"), cash=3_000, shift_id=till.shift.id) == (
        "SHIFT_CLOSED"
    )
    assert counted(Sale) == 0


def test_what_has_no_price_or_place_is_not_sold(till):
    assert refused(till.sell, till.line("milk"), cash=1) == "NOT_ON_SALE"
    assert refused(till.sell, till.line("water", 1_000), cash=1) == "INVALID_INPUT"
    assert refused(till.sell, cash=1) == "INVALID_INPUT"


def test_the_same_source_is_sold_once(till):
    sales = [till.sell(till.line("water"), cash=3_000, source="cart:1") for _ in range(2)]

    assert sales[0].id == sales[1].id
    assert (counted(Sale), counted(InvoiceLine)) == (1, 1)
