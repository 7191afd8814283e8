"""The checks of units, sessions, packages, classes, shifts and visits find what somebody plants
with the database in hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import text, update

from access_control.models import Visit, VisitDay
from access_control.queries.invariants import inside_counts
from access_control.services.scanning import handle_scan
from clubcrm.core.db import db
from memberships.counter.drawer import close_shift
from memberships.packages.invariants import released_values
from memberships.packages.models import PackageLot
from memberships.schedule.invariants import places_and_waiting
from memberships.schedule.models import ClassSession, SessionState
from memberships.tills.invariants import shifts_balance
from memberships.tills.models import ReportKind, Shift, ShiftReport
from memberships.tills.rules import Counted
from memberships.trainers.invariants import units_of_sessions
from memberships.trainers.models import TrainerSession
from memberships.trainers.rules import SessionState as Outcome
from memberships.trainers.services import Appointment, log_session
from tests.access_control.gate.floor import give_card, make_door, scan, the_door
from tests.guards import unlock
from tests.memberships.conftest import YEAR, make_contract
from tests.memberships.packages.shop import sell
from tests.memberships.schedule.studio import MONDAY_NOON, open_studio
from tests.memberships.tills.conftest import BORIS, NOON, opened, paid

Check = Callable[[], list[str]]
pytestmark = pytest.mark.usefixtures("unit", "noon")


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def found(check: Check) -> list[str]:
    """Return what the check says of the store as it is now."""
    db.session.flush()
    db.session.expire_all()
    return check()


def planted(check: Check, table: type, **values: object) -> list[str]:
    """Return what the check says of rows that somebody gave these values, and put them back."""
    assert found(check) == []
    with db.session.begin_nested() as savepoint:
        db.session.execute(update(table).values(**values))
        said = found(check)
        savepoint.rollback()
    assert found(check) == []
    return said


def test_sessions_whose_unit_is_not_in_the_ledger_are_found(cast):
    sell(cast)
    asked = Appointment(
        cast.club, cast.members["Mia"], cast.users["Tara"], NOON - timedelta(hours=1)
    )
    session = log_session(asked, Outcome.COMPLETE, by="user:5")
    key = session.id

    unsaid = planted(units_of_sessions, TrainerSession, used_unit=False)
    kept = planted(units_of_sessions, TrainerSession, state=Outcome.REVERSED)
    lost = planted(units_of_sessions, TrainerSession, public_id="nobody")

    assert unsaid == [f"session {key} (complete): its unit does not fit"]
    assert kept == [f"session {key}: taken back, but its unit is not"]
    assert lost[0] == f"session {key} (complete): its unit does not fit"
    assert lost[1].endswith(": its session is not there")


def test_a_package_that_claims_more_units_than_were_bought_is_found(cast):
    lot = sell(cast).lot_id

    said = planted(released_values, PackageLot, bought=12)

    assert said == [f"lot {lot}: its buying line does not fit"]


def test_a_shift_that_does_not_add_up_is_found(cast):
    shift = opened(cast)
    paid(cast, 20_000)
    close_shift(shift.id, Counted(cash_minor=119_000), by=BORIS)
    key = shift.id
    unlock("till_shift")

    wrong = {
        name: planted(shifts_balance, Shift, **{name: value})
        for name, value in (
            ("expected_minor", 119_000),
            ("counted_minor", 120_000),
            ("float_minor", 90_000),
            ("lines", 7),
        )
    }

    told = f"shift {key}: lines come to 119000 with -1000 of difference, "
    assert wrong["expected_minor"] == [f"{told}expected 119000, counted 119000"]
    assert wrong["counted_minor"] == [f"{told}expected 120000, counted 120000"]
    assert wrong["float_minor"] == wrong["lines"] == [f"{told}expected 120000, counted 119000"]


def test_reports_of_shifts_that_were_altered_or_are_missing_are_found(cast):
    shift = opened(cast)
    close_shift(shift.id, Counted(cash_minor=100_000), by=BORIS)
    key, till = shift.id, shift.till_id
    unlock("shift_report")

    altered = planted(shifts_balance, ShiftReport, figures='{"cash": 0}')
    renumbered = planted(shifts_balance, ShiftReport, number=4)
    turned = planted(shifts_balance, ShiftReport, kind=ReportKind.X)
    db.session.execute(text("DELETE FROM shift_report"))
    gone = found(shifts_balance)

    assert len(altered) == 1
    assert altered[0].endswith(": its seal is broken")
    assert renumbered == [f"till {till}: 1 z reports, last number 4"]
    assert turned == gone == [f"shift {key}: not exactly one Z report when closed"]


def test_classes_whose_places_or_numbers_do_not_add_up_are_found(cast):
    with time_machine.travel(MONDAY_NOON, tick=False):
        studio = open_studio(cast, places=1)
        booked, waits = studio.book("Mia"), studio.book("Amit")
    one, first, second = studio.session().id, booked.id, waits.id

    empty = planted(places_and_waiting, ClassSession, taken=0)
    numbered = planted(places_and_waiting, ClassSession, last_waiting=3)
    off = planted(places_and_waiting, ClassSession, state=SessionState.CANCELLED)
    settled = planted(places_and_waiting, ClassSession, state=SessionState.SETTLED)

    assert f"class {one}: 0 places taken, 1 bookings hold one of 1" in empty
    assert f"class {one}: last waiting number 3, 1 given, highest 1" in numbered
    assert off == [f"booking {key}: open in a class that is cancelled" for key in (first, second)]
    assert settled == [f"booking {key}: open in a class that is settled" for key in (first, second)]


def test_visit_days_and_visits_that_differ_are_found(cast):
    make_door(cast.club)
    give_card(cast.members["Mia"])
    make_contract(cast, YEAR, starts_on=NOON.date())
    handle_scan(the_door(), scan(NOON, "e1", "4711"), NOON)
    mia = cast.members["Mia"]

    counted = planted(inside_counts, VisitDay, visits=2)
    moved = planted(inside_counts, Visit, day=NOON.date() - timedelta(days=1))

    assert counted == [f"person {mia}, {NOON.date()}: visit-day and visits differ"]
    assert len(moved) == 2
