"""The cash book: entries, recurring items, transfers and taking a line back."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import func, select

from clubcrm.core import audit
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext
from memberships.api import spend_by_channel
from memberships.books.cash_book import TransferRequest, add_entry, open_account, transfer
from memberships.books.categories import add_category
from memberships.books.invariants import closings_hold
from memberships.books.kinds import Account, Direction, PayeeKind
from memberships.books.lines import LineFilter, balance_of_lines, lines_of, recurring_of
from memberships.books.models import BookCategory, BookLine, Payee
from memberships.books.newcomers import client_costs, new_clients
from memberships.books.recurring import (
    RecurringRequest,
    add_recurring,
    book_due,
    resume_recurring,
    stop_recurring,
)
from memberships.books.reversals import reverse_line
from memberships.books.schedule import Every
from memberships.contracts.rules import PlanKind
from memberships.jobs import book_recurring
from tests.access_control.gate.floor import give_contract
from tests.cast import Cast, make_member
from tests.memberships.books.desk import ANNA, entry, write
from tests.memberships.races import all_at_once

TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False) as clock:
        yield clock


def shown(cast: Cast) -> list[tuple[str, int, str]]:
    """Return text, amount and day of every line, oldest first."""
    found = reversed(lines_of(cast.club, LineFilter()))
    return [(o.line.text, o.line.amount_minor, str(o.line.booked_on)) for o in found]


def test_expense_lowers_its_account_and_income_raises_it(unit, cast):
    write(cast, "Paper", 45_000, TODAY)
    write(cast, "Hall let", 90_000, TODAY, category="sublet", account=Account.BANK)

    assert balance_of_lines(cast.club, TODAY) == {Account.CASH: -45_000, Account.BANK: 90_000}
    assert db.session.scalar(select(func.count(audit.AuditLine.id))) == 2


def test_category_and_payee_come_to_be_once(unit, cast):
    for name in ("City Works", "CITY  works", "Ćity Works"):
        write(cast, "Power", 100, TODAY, category="utilities", payee=name)

    assert db.session.scalar(select(func.count(BookCategory.id))) == 1
    assert db.session.scalars(select(Payee.name)).all() == ["City Works"]


def test_same_source_is_one_line(unit, cast):
    request = entry(cast, "Paper", 100, TODAY, source_id="slip-7")

    assert add_entry(request, by=ANNA).id == add_entry(request, by=ANNA).id


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 10**15}, "amount"),
        ({"tax_minor": 101}, "tax"),
        ({"on": date(2026, 11, 23)}, "on"),
        ({"on": date(1999, 12, 31)}, "on"),
        ({"months": 61}, "months"),
        ({"text": " "}, "text"),
        ({"category": "nonsense"}, "category"),
        ({"category": "cash_over"}, "category"),
        ({"category": "marketing"}, "channel"),
    ],
)
def test_wrong_entry_names_its_field_and_writes_nothing(unit, cast, changed, field):
    values = {"text": "Paper", "amount": 100, "on": TODAY, **changed}

    with pytest.raises(DomainError) as refused:
        write(cast, values.pop("text"), values.pop("amount"), values.pop("on"), **values)

    assert [one.field for one in refused.value.fields] == [field]
    assert shown(cast) == []


def test_transfer_is_two_lines_that_come_to_nothing(unit, cast):
    request = TransferRequest(cast.club, Account.CASH, Account.BANK, 500, TODAY, "Takings")

    transfer(request, by=ANNA)

    assert shown(cast) == [("Takings", -500, "2026-11-22"), ("Takings", 500, "2026-11-22")]
    with pytest.raises(DomainError):
        transfer(TransferRequest(cast.club, Account.CASH, Account.CASH, 5, TODAY), by=ANNA)


def test_reversed_line_stays_and_its_opposite_names_it(unit, cast, noon):
    line = write(cast, "Paper", 100, date(2026, 11, 2))

    back = reverse_line(line, "typed twice", by=ANNA)

    assert (back.amount_minor, back.booked_on, back.first_month) == (100, TODAY, line.first_month)
    assert lines_of(cast.club, LineFilter())[-1].reversal == back.public_id
    for again in (line, back):
        with pytest.raises(DomainError) as refused:
            reverse_line(again, "once more", by=ANNA)
        assert refused.value.code == "STATE"
    with pytest.raises(DomainError):
        reverse_line(write(cast, "Ink", 5, TODAY), "  ", by=ANNA)


def test_both_sides_of_a_transfer_are_taken_back(unit, cast):
    gone, come = transfer(TransferRequest(cast.club, Account.CASH, Account.BANK, 5, TODAY), by=ANNA)

    back = reverse_line(come, "stayed in the drawer", by=ANNA)

    assert back.reverses_id == come.id
    assert balance_of_lines(cast.club, TODAY) == {Account.CASH: 0, Account.BANK: 0}
    assert closings_hold() == []
    assert gone.id != come.id


def test_account_is_opened_once_and_again_after_a_reversal(unit, cast):
    open_account(cast.club, Account.BANK, 700, TODAY, by=ANNA)
    with pytest.raises(DomainError):
        open_account(cast.club, Account.BANK, 800, TODAY, by=ANNA)

    reverse_line(lines_of(cast.club, LineFilter())[0].line, "wrong statement", by=ANNA)
    open_account(cast.club, Account.BANK, 800, TODAY, by=ANNA)

    assert balance_of_lines(cast.club, TODAY) == {Account.BANK: 800}


def test_own_category_stands_beside_the_usual_ones(unit, cast):
    mine = add_category(cast.club, "Judges and referees", Direction.EXPENSE, by=ANNA)

    line = write(cast, "Tournament", 300, TODAY, category=mine.code)

    assert line.amount_minor == -300
    with pytest.raises(DomainError):
        add_category(cast.club, "judges AND referees", Direction.EXPENSE, by=ANNA)


def test_recurring_item_books_each_due_day_once(unit, cast):
    request = RecurringRequest(
        entry(cast, "Wage", 9_000, date(2026, 8, 31), category="payroll", payee="Frank",
              payee_kind=PayeeKind.STAFF, account=Account.BANK),
        Every.MONTH,
    )  # fmt: skip

    item = add_recurring(request, by=ANNA)

    assert [day for _t, _a, day in shown(cast)] == ["2026-08-31", "2026-09-30", "2026-10-31"]
    assert book_due(item.id, date(2026, 11, 30), by="system") == 1
    assert book_due(item.id, date(2026, 11, 30), by="system") == 0


def test_stopped_item_books_nothing_and_leaves_out_the_time_it_stood(unit, cast):
    weekly = entry(cast, "Flowers", 50, date(2026, 11, 1))
    item = add_recurring(RecurringRequest(weekly, Every.WEEK), by=ANNA)
    assert [day for _t, _a, day in shown(cast)] == ["2026-11-01", "2026-11-08", "2026-11-15",
                                                    "2026-11-22"]  # fmt: skip

    stop_recurring(item, by=ANNA)
    assert book_due(item.id, date(2026, 12, 7), by="system") == 0
    with time_machine.travel("2026-12-10T06:00Z", tick=False):
        resume_recurring(item, by=ANNA)

    assert book_due(item.id, date(2026, 12, 14), by="system") == 1
    assert shown(cast)[-1] == ("Flowers", -50, "2026-12-13")


def test_night_job_catches_up_day_by_day(app, cast, noon):
    with app.app_context():
        with unit_of_work():
            rent = entry(cast, "Rent", 100, date(2026, 11, 25), category="rent")
            add_recurring(RecurringRequest(rent, Every.MONTH, date(2026, 12, 31)), by=ANNA)
        noon.move_to("2027-02-01T01:00Z")

        done = [
            book_recurring(JobContext("book", str(day), noon, cast.club, day)).done  # type: ignore[arg-type]
            for day in (date(2026, 11, 25), date(2026, 11, 26), date(2027, 2, 1))
        ]

        assert done == [1, 1, 1]
        with unit_of_work(write=False):
            assert [day for _t, _a, day in shown(cast)] == ["2026-11-25", "2026-12-25"]
            assert recurring_of(cast.club)[0].item.booked_until == date(2026, 12, 31)


def test_sixteen_schedulers_book_a_due_day_once(app, cast):
    with app.app_context(), unit_of_work():
        weekly = entry(cast, "Flowers", 50, TODAY)
        item = add_recurring(RecurringRequest(weekly, Every.WEEK), by=ANNA).id

    def step(number: int, _person: int) -> int:
        with unit_of_work():
            return book_due(item, date.fromordinal(TODAY.toordinal() + 7 * number), by="system")

    rounds = all_at_once(app, 12, step)

    assert [sum(written) for written in rounds] == [0] + [1] * 11
    with app.app_context(), unit_of_work(write=False):
        assert db.session.scalar(select(func.count(BookLine.id))) == 12


def test_marketing_spend_is_told_by_channel_and_spread_over_its_months(unit, cast):
    spend = {"category": "marketing", "account": Account.BANK}
    write(cast, "Adverts", 600, date(2026, 10, 5), channel="google", **spend)
    write(cast, "Boards", 1_000, date(2026, 10, 9), channel="outdoor", months=3, **spend)
    undone = write(cast, "Adverts", 70, TODAY, channel="google", **spend)
    write(cast, "Paper", 999, TODAY)
    reverse_line(undone, "not ours", by=ANNA)
    here, there = Scope((cast.club,)), Scope((cast.other_club,))

    assert spend_by_channel(here, date(2026, 10, 1), date(2026, 10, 31)) == {
        ("google", "BDT"): 600,
        ("outdoor", "BDT"): 334,
    }
    assert spend_by_channel(here, date(2026, 11, 1), date(2026, 12, 31)) == {
        ("outdoor", "BDT"): 666
    } | {("google", "BDT"): 0}
    assert spend_by_channel(there, date(2026, 10, 1), date(2026, 10, 31)) == {}


def test_a_new_client_costs_the_spend_of_his_first_month(unit, cast):
    october, november = date(2026, 10, 1), date(2026, 11, 1)
    mia, leo = cast.members["Mia"], make_member("Leo", "Khan", club=cast.club).id
    eva = make_member("Eva", "Roy", club=cast.club).id
    give_contract(mia, cast.club, starts_on=date(2026, 10, 3), ends_on=date(2026, 10, 30))
    give_contract(mia, cast.club, starts_on=date(2026, 11, 3), ends_on=date(2027, 10, 30))
    give_contract(leo, cast.club, starts_on=date(2026, 10, 31), ends_on=date(2027, 10, 30))
    give_contract(
        eva, cast.club, kind=PlanKind.TRIAL, starts_on=november, ends_on=date(2026, 11, 7)
    )

    told = client_costs(cast.club, [october, november], {october: 1_001, november: 50})

    assert [(one.clients, one.each_minor) for one in told] == [(2, 501), (0, None)]
    first = new_clients(cast.club, october, after_id=None, limit=1)
    rest = new_clients(cast.club, october, after_id=first[0].person_id, limit=5)
    assert [(one.person_id, one.first_on.day) for one in first + rest] == [(mia, 3), (leo, 31)]
    assert new_clients(cast.other_club, october, after_id=None, limit=5) == []


def test_store_refuses_to_change_a_line(unit, cast):
    line = write(cast, "Paper", 100, TODAY)
    line.amount_minor = -1

    with pytest.raises(RuntimeError, match="never changed"):
        db.session.flush()
