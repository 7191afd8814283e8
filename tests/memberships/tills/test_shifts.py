"""Shifts: opened with change, movements in one of them, counted, closed for good (A8.2, I5)."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.billing.orders import RefundOrder, Tender
from memberships.billing.refunds import refund
from memberships.books.calendar import books_of
from memberships.books.closings import cash_expected
from memberships.books.models import BookLine
from memberships.counter.drawer import close_shift, put_cash
from memberships.tills.counting import seal
from memberships.tills.models import Purpose, Shift, ShiftLine, ShiftMove, ShiftState
from memberships.tills.queries import last_count, moved_in
from memberships.tills.rules import Counted, expected_by_tender
from memberships.tills.services import CashMove, look, open_shift
from memberships.tills.settings import TillSettings, save_till_settings, set_account_limit
from tests.memberships.tills.conftest import BORIS, FRANK, MAX, faults, opened, paid, told

pytestmark = pytest.mark.usefixtures("unit", "noon")


def lines(shift: Shift) -> list[tuple[str, str, int]]:
    rows = db.session.scalars(
        select(ShiftLine).where(ShiftLine.shift_id == shift.id).order_by(ShiftLine.id)
    )
    return [(one.kind.value, one.tender.value, one.amount_minor) for one in rows]


def refused(act, *given, **more) -> str:
    with pytest.raises(DomainError) as error:
        act(*given, **more)
    return error.value.code


def test_a_day_at_the_till_adds_up_to_the_last_coin(cast):
    shift = opened(cast, 100_000)

    payment = paid(cast, 45_000)
    paid(cast, 60_000, Tender.CARD_TERMINAL)
    refund(RefundOrder(payment.id, 5_000, "One too many"), by=MAX)
    put_cash(CashMove(shift.id, -20_000, Purpose.EXPENSE, "Milk from the corner"), by=BORIS)
    put_cash(CashMove(shift.id, 10_000, Purpose.BANK, "Change"), by=BORIS)
    report = close_shift(
        shift.id,
        Counted({100_000: 1, 10_000: 2, 5_000: 1, 2_000: 2, 200: 1}, card_minor=60_000),
        by=BORIS,
    )

    figures = told(report)
    assert figures["expected"] == {"card_terminal": 60_000, "cash": 130_000}
    assert figures["count"] == {
        "cash": {"counted": 129_200, "expected": 130_000, "difference": -800},
        "card_terminal": {"counted": 60_000, "expected": 60_000, "difference": 0},
    }
    assert figures["purposes"] == {"pay_in.bank": 10_000, "pay_out.expense": -20_000}
    assert lines(shift) == [
        ("float", "cash", 100_000),
        ("payment", "cash", 45_000),
        ("payment", "card_terminal", 60_000),
        ("refund", "cash", -5_000),
        ("pay_out", "cash", -20_000),
        ("pay_in", "cash", 10_000),
        ("difference", "cash", -800),
    ]
    assert (report.number, report.sha256) == (1, seal(report.figures))
    assert (shift.state, shift.counted_minor, shift.lines) == (ShiftState.CLOSED, 129_200, 7)
    assert faults() == []


def test_what_happens_to_cash_stands_in_the_cash_book_too(cast):
    shift = opened(cast, 0)
    paid(cast, 50_000)
    put_cash(CashMove(shift.id, -30_000, Purpose.BANK, "To the bank"), by=BORIS)
    put_cash(CashMove(shift.id, -4_000, Purpose.TIPS, "Tips of the day"), by=BORIS)

    close_shift(shift.id, Counted(cash_minor=15_900), by=BORIS)

    books = books_of(cast.club)
    assert cash_expected(books, books.today) == 15_900
    columns = (BookLine.kind, BookLine.account, BookLine.amount_minor)
    booked = db.session.execute(select(*columns).order_by(BookLine.id))
    assert [(kind.value, account.value, amount) for kind, account, amount in booked] == [
        ("transfer", "cash", -30_000),
        ("transfer", "bank", 30_000),
        ("entry", "cash", -4_000),
        ("entry", "cash", -100),
    ]
    assert faults() == []


def test_a_till_has_one_shift_at_a_time_and_a_person_one_till(cast):
    shift = opened(cast)

    assert refused(open_shift, shift.till_id, 0, by=FRANK) == "SHIFT_OPEN"
    assert refused(opened, cast, name="Terrace") == "SHIFT_OPEN"
    assert opened(cast, name="Desk", by=FRANK).state is ShiftState.OPEN


def test_each_takes_into_his_own_shift_and_a_helper_into_the_only_one(cast):
    bar = opened(cast, 0)
    paid(cast, 100, by=FRANK)
    desk = opened(cast, 0, name="Desk", by=FRANK)
    paid(cast, 200, by=FRANK)
    paid(cast, 300, by=BORIS)
    paid(cast, 400, by=MAX)
    paid(cast, 500, by=MAX, shift_id=bar.id)

    assert lines(bar) == [
        ("payment", "cash", 100),
        ("payment", "cash", 300),
        ("payment", "cash", 500),
    ]
    assert lines(desk) == [("payment", "cash", 200)]
    assert faults() == []


def test_where_the_club_wants_it_cash_needs_an_open_shift(cast):
    paid(cast, 100)
    save_till_settings(cast.club, TillSettings(cash_needs_shift=True), by=MAX)

    assert refused(paid, cast, 200) == "NO_SHIFT"

    paid(cast, 300, Tender.CARD_TERMINAL)
    shift = opened(cast, 0)
    paid(cast, 400)
    assert lines(shift) == [("payment", "cash", 400)]


def test_x_looks_and_z_closes_each_with_numbers_of_its_own(cast):
    first = opened(cast, 500)
    looks = [look(first.id, by=BORIS).number for _ in range(2)]
    close_shift(first.id, Counted(cash_minor=500), by=BORIS)
    second = open_shift(first.till_id, 500, by=BORIS)

    numbers = (look(second.id, by=BORIS).number, close_shift(second.id, Counted(), by=MAX).number)

    assert (looks, numbers) == ([1, 2], (3, 2))
    assert last_count(first.till_id) == 0
    assert faults() == []


def test_a_closed_shift_takes_nothing_more(cast):
    shift = opened(cast, 0)
    close_shift(shift.id, Counted(), by=BORIS)

    move = CashMove(shift.id, 100, Purpose.OTHER, "Found")
    assert refused(put_cash, move, by=BORIS) == "SHIFT_CLOSED"
    assert refused(close_shift, shift.id, Counted(), by=BORIS) == "SHIFT_CLOSED"
    assert refused(look, shift.id, by=BORIS) == "SHIFT_CLOSED"
    assert refused(paid, cast, 100, shift_id=shift.id) == "SHIFT_CLOSED"
    paid(cast, 100)
    assert lines(shift) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE till_shift SET counted_minor = 7",
        "UPDATE till_shift SET state = 'open'",
        "DELETE FROM till_shift",
        "UPDATE shift_line SET amount_minor = 7",
        "UPDATE shift_report SET number = 7",
        "INSERT INTO shift_line (shift_id, kind, tender, amount_minor, reason, at, by) "
        "SELECT id, 'pay_in', 'cash', 5, '', closed_at, 'user:1' FROM till_shift",
    ],
)
def test_the_store_itself_keeps_a_closed_shift_as_it_is(cast, statement):
    close_shift(opened(cast, 500).id, Counted(cash_minor=400), by=BORIS)

    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(text(statement))

    assert faults() == []


def test_nobody_takes_out_more_than_there_is_or_without_a_reason(cast):
    shift = opened(cast, 500)

    for amount, reason in ((-501, "Too much"), (-100, " "), (0, "Nothing")):
        move = CashMove(shift.id, amount, Purpose.OTHER, reason)
        with pytest.raises(DomainError) as error, db.session.begin_nested():
            put_cash(move, by=BORIS)
        assert error.value.code == "INVALID_INPUT"

    assert expected_by_tender(moved_in(shift.id)) == {"cash": 500}


@pytest.mark.parametrize(
    "counted", [Counted({100: -1}), Counted(cash_minor=-5), Counted(card_minor=-1)]
)
def test_a_wild_count_is_refused(cast, counted):
    shift = opened(cast, 500)

    assert refused(close_shift, shift.id, counted, by=BORIS) == "INVALID_INPUT"


def test_the_invariant_sees_a_line_that_bypasses_the_counter(cast):
    shift = opened(cast, 500)
    db.session.add(
        ShiftLine(
            shift_id=shift.id, kind=ShiftMove.PAY_IN, tender=Tender.CASH, amount_minor=1, by=MAX
        )
    )

    assert len(faults()) == 1


def test_a_member_may_have_a_limit_of_his_own(cast):
    set_account_limit(cast.members["Mia"], cast.club, 50_000, by=MAX)
    assert refused(set_account_limit, cast.members["Mia"], cast.club, -1, by=MAX) == "INVALID_INPUT"
