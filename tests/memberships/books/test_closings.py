"""Closing days and months: counted, sealed, and rewritten by nothing (D5)."""

import json
from datetime import date

import pytest
import time_machine

from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.books.calendar import books_of, closings_of
from memberships.books.cash_book import open_account
from memberships.books.closings import DayCount, close_day, close_month
from memberships.books.counting import differences, seal
from memberships.books.figures import figures_now
from memberships.books.invariants import closings_hold
from memberships.books.kinds import Account, ClosingKind
from memberships.books.lines import LineFilter, lines_of
from memberships.books.reversals import reverse_line
from tests.guards import unlock
from tests.memberships.books.desk import ANNA, write

TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False) as clock:
        yield clock


def test_counted_drawer_is_sealed_and_the_difference_is_booked(unit, cast):
    open_account(cast.club, Account.CASH, 150_000, TODAY, by=ANNA)
    write(cast, "Paper", 20_000, TODAY)

    done = close_day(DayCount(cast.club, TODAY, {100_000: 1, 5_000: 5, 100: 3}), by=ANNA)

    told = json.loads(done.figures)
    assert told["count"] == {
        "counted": 125_300,
        "expected": 130_000,
        "over_short": -4_700,
        "pieces": {"100000": 1, "5000": 5, "100": 3},
    }
    assert told["accounts"]["cash"] == {
        "opening": 0, "in": 150_000, "out": -24_700, "closing": 125_300
    }  # fmt: skip
    assert told["book"]["cash_short"] == -4_700
    assert (done.sha256, done.by) == (seal(done.figures), ANNA)
    assert closings_hold() == []


def test_line_dated_into_a_closed_day_lands_on_the_next_open_one_and_says_so(unit, cast):
    close_day(DayCount(cast.club, TODAY), by=ANNA)

    line = write(cast, "Found in a pocket", 10, date(2026, 11, 20))

    assert (line.wanted_on, line.booked_on) == (date(2026, 11, 20), date(2026, 11, 23))


def test_closing_covers_every_day_since_the_last_one(unit, cast, noon):
    close_day(DayCount(cast.club, date(2026, 11, 10)), by=ANNA)
    done = close_day(DayCount(cast.club, date(2026, 11, 13), counted_minor=0), by=ANNA)

    assert (done.first_on, done.last_on, done.opens_on) == (
        date(2026, 11, 11), date(2026, 11, 13), date(2026, 11, 14)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "code"), [(date(2026, 11, 23), "INVALID_INPUT"), (date(2026, 11, 9), "STATE")]
)
def test_neither_tomorrow_nor_a_closed_day_is_closed(unit, cast, day, code):
    close_day(DayCount(cast.club, date(2026, 11, 10)), by=ANNA)

    with pytest.raises(DomainError) as refused:
        close_day(DayCount(cast.club, day), by=ANNA)

    assert refused.value.code == code
    assert len(closings_of(cast.club, ClosingKind.DAY)) == 1


def test_months_close_in_order_and_only_when_they_are_over(unit, cast):
    with pytest.raises(DomainError):
        close_month(cast.club, date(2026, 11, 1), by=ANNA)
    close_month(cast.club, date(2026, 9, 1), by=ANNA)
    for month in (date(2026, 9, 1), date(2026, 8, 1), date(2026, 11, 1)):
        with pytest.raises(DomainError):
            close_month(cast.club, month, by=ANNA)

    close_month(cast.club, date(2026, 10, 1), by=ANNA)

    books = books_of(cast.club)
    assert (books.open_day, books.open_month) == (date(2026, 11, 1), date(2026, 11, 1))
    assert books_of(cast.other_club).open_day is None
    assert closings_hold() == []


def test_closed_month_stays_byte_for_byte_whatever_comes_later(unit, cast):
    bill = write(cast, "Paper", 400, date(2026, 10, 9))
    month = close_month(cast.club, date(2026, 10, 1), by=ANNA)
    before = month.figures.encode()

    reverse_line(bill, "returned", by=ANNA)
    write(cast, "Late bill", 77, date(2026, 10, 30))
    set_club_setting(cast.club, "money", {"standard_bp": 1_900})
    db.session.expire_all()

    assert month.figures.encode() == before
    assert seal(month.figures) == month.sha256
    assert [str(one.line.booked_on) for one in lines_of(cast.club, LineFilter())] == [
        "2026-11-22", "2026-11-01", "2026-10-09"
    ]  # fmt: skip
    assert closings_hold() == []


def test_what_changed_since_is_told_beside_the_closed_figures(unit, cast):
    done = close_day(DayCount(cast.club, TODAY), by=ANNA)

    assert differences(json.loads(done.figures), figures_now(done)) == {}


def test_broken_seal_and_missing_day_are_found(unit, cast):
    from sqlalchemy import text  # noqa: PLC0415 - only to spoil the store

    close_day(DayCount(cast.club, date(2026, 11, 10)), by=ANNA)
    close_day(DayCount(cast.club, date(2026, 11, 12)), by=ANNA)
    unlock("closing")
    db.session.execute(
        text("UPDATE closing SET first_on = '2026-11-12', figures = replace(figures, '0', '1')"
             " WHERE last_on = '2026-11-12'")
    )  # fmt: skip

    found = closings_hold()

    assert any("seal is broken" in line for line in found)
    assert any("does not begin where the one before ends" in line for line in found)
