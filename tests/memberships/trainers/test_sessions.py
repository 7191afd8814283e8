"""A trainer plans, logs, confirms and takes back sessions; units follow by lines of the ledger."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.contracts.invariants import unit_balances, unit_sources
from memberships.events import PackageLow
from memberships.packages.models import AttendedDay, EntryKind
from memberships.packages.queries import ledger_of
from memberships.packages.terms import MissedRule, Service
from memberships.trainers.handlers import on_arrival
from memberships.trainers.invariants import units_of_sessions
from memberships.trainers.models import SessionSignature, TrainerSession
from memberships.trainers.rules import Confirmation, SessionState
from memberships.trainers.services import (
    Appointment,
    Proof,
    cancel_planned,
    code_today,
    confirm_session,
    log_session,
    plan_session,
    reverse_session,
    settle_session,
)
from tests.memberships.packages.shop import now_as, sell

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
TARA = "user:5"
pytestmark = pytest.mark.usefixtures("unit", "noon")


@pytest.fixture
def noon():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def asked(cast) -> Appointment:
    """Tara met Mia an hour ago."""
    return Appointment(cast.club, cast.members["Mia"], cast.users["Tara"], AT - HOUR)


def complete(asked: Appointment, proof: Proof = Proof()) -> TrainerSession:  # noqa: B008 - a value
    return log_session(asked, SessionState.COMPLETE, by=TARA, proof=proof)


def all_is_well() -> bool:
    return not [*unit_balances(), *unit_sources(), *units_of_sessions()]


def test_a_logged_session_uses_one_unit_at_its_price(cast, asked):
    package = sell(cast)

    session = complete(asked)

    assert now_as(package).remaining == 9
    assert (session.state, session.used_unit, session.value_minor) == (
        SessionState.COMPLETE,
        True,
        120_000,
    )
    line = ledger_of(package.lot_id)[0]
    assert (line.kind, line.source_kind, line.source_id) == (
        EntryKind.USE,
        "session",
        session.public_id,
    )
    assert all_is_well()


def test_the_package_that_ends_first_is_used_first(cast, asked):
    late, early, endless = (
        sell(cast, valid_days=90),
        sell(cast, valid_days=30),
        sell(cast, valid_days=None),
    )

    complete(asked)

    left = [now_as(row).remaining for row in (late, early, endless)]
    assert left == [10, 9, 10]


def test_units_of_another_service_or_trainer_are_not_used(cast, asked):
    sell(cast, service=Service.MASSAGE)

    with pytest.raises(DomainError) as refused:
        log_session(
            Appointment(
                asked.club_id, asked.person_id, asked.trainer_id, asked.held_at, Service.PERSONAL
            ),
            SessionState.COMPLETE,
            by=TARA,
        )

    assert (refused.value.code, refused.value.extra) == ("NO_UNITS", {"balance": 0})


def test_ended_units_are_not_used(cast, asked):
    sell(cast, valid_days=30)

    with time_machine.travel(AT + timedelta(days=30), tick=False), pytest.raises(DomainError):
        complete(Appointment(asked.club_id, asked.person_id, asked.trainer_id, AT + 30 * 24 * HOUR))


@pytest.mark.parametrize(
    ("rule", "outcome", "left"),
    [
        (MissedRule.UNIT, SessionState.NO_SHOW, 9),
        (MissedRule.NOTHING, SessionState.NO_SHOW, 10),
        (MissedRule.UNIT, SessionState.LATE_CANCEL, 9),
        (MissedRule.NOTHING, SessionState.LATE_CANCEL, 10),
    ],
)
def test_missed_sessions_follow_the_terms_of_the_package(cast, asked, rule, outcome, left):
    package = sell(cast, no_show=rule, late_cancel=rule)

    session = log_session(asked, outcome, by=TARA)

    assert now_as(package).remaining == left
    assert session.used_unit is (left == 9)
    assert session.confirmation is Confirmation.UNCONFIRMED
    assert all_is_well()


def test_undo_gives_the_unit_back_by_a_line_that_names_the_old(cast, asked):
    package = sell(cast)
    session = complete(asked)

    reverse_session(session, "Wrong client", by=TARA)

    assert now_as(package).remaining == 10
    back, used = ledger_of(package.lot_id)[:2]
    assert (back.kind, back.reverses_id, back.reason) == (
        EntryKind.RETURN,
        used.entry_id,
        "Wrong client",
    )
    with pytest.raises(DomainError, match="STATE"):
        reverse_session(session, "Again", by=TARA)
    assert all_is_well()


def test_undo_needs_a_reason(cast, asked):
    sell(cast)
    session = complete(asked)

    with pytest.raises(DomainError, match="INVALID_INPUT"):
        reverse_session(session, " ", by=TARA)


@pytest.mark.parametrize("wait", [timedelta(hours=1), timedelta(days=-63)])
def test_sessions_of_the_future_and_of_long_ago_are_not_logged(cast, asked, wait):
    sell(cast)

    with pytest.raises(DomainError, match="INVALID_INPUT"):
        complete(Appointment(asked.club_id, asked.person_id, asked.trainer_id, AT + wait))


def test_a_scan_of_the_same_day_confirms(cast, asked):
    sell(cast)
    db.session.add(
        AttendedDay(
            person_id=asked.person_id, day=date(2026, 11, 22), club_id=cast.club, first_at=AT
        )
    )
    db.session.flush()

    assert complete(asked).confirmation is Confirmation.SCAN


def test_a_scan_told_later_confirms_what_nobody_had_confirmed(cast, asked):
    sell(cast)
    session = complete(asked)
    assert session.confirmation is Confirmation.UNCONFIRMED

    class Came:
        club_id, happened_at, person_id = cast.club, AT - 2 * HOUR, asked.person_id

    on_arrival(Came())
    on_arrival(Came())

    assert session.confirmation is Confirmation.SCAN
    assert db.session.query(AttendedDay).count() == 1


def test_the_client_says_his_code(cast, asked):
    sell(cast)
    code = code_today(cast.public["Mia"], "Asia/Dhaka")

    assert complete(asked, Proof(code)).confirmation is Confirmation.CODE


def test_wrong_codes_are_counted_and_five_are_enough(cast, asked):
    sell(cast)
    code = code_today(cast.public["Mia"], "Asia/Dhaka")
    wrong = "0000" if code != "0000" else "0001"
    session = complete(asked, Proof(wrong))

    for _again in range(4):
        confirm_session(session, Proof(wrong), by=TARA)

    assert (session.confirmation, session.code_tries) == (Confirmation.UNCONFIRMED, 5)
    assert confirm_session(session, Proof(code), by=TARA) is Confirmation.UNCONFIRMED


def test_bengali_digits_are_digits(cast, asked):
    sell(cast)
    code = code_today(cast.public["Mia"], "Asia/Dhaka")
    bengali = code.translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))

    assert complete(asked, Proof(bengali)).confirmation is Confirmation.CODE


def test_a_signature_confirms_and_is_kept(cast, asked):
    sell(cast)

    session = complete(asked, Proof(signature="M1 1L20 30"))

    assert session.confirmation is Confirmation.SIGNATURE
    assert db.session.get_one(SessionSignature, session.id).strokes == "M1 1L20 30"


def test_a_planned_session_uses_its_unit_when_it_is_held(cast, asked):
    package = sell(cast)
    planned = plan_session(
        Appointment(asked.club_id, asked.person_id, asked.trainer_id, AT + 3 * HOUR), by=TARA
    )
    assert now_as(package).remaining == 10

    with time_machine.travel(AT + 4 * HOUR, tick=False):
        settle_session(planned, SessionState.COMPLETE, by=TARA)

    assert now_as(package).remaining == 9


@pytest.mark.parametrize(
    ("ahead", "state", "left"),
    [(30, SessionState.CANCELLED, 10), (3, SessionState.LATE_CANCEL, 9)],
)
def test_a_planned_session_is_cancelled_by_the_hours_of_the_plan(cast, asked, ahead, state, left):
    package = sell(cast)
    planned = plan_session(
        Appointment(asked.club_id, asked.person_id, asked.trainer_id, AT + ahead * HOUR), by=TARA
    )

    cancel_planned(planned, by=TARA, why="Ill")

    assert (planned.state, now_as(package).remaining) == (state, left)


def test_the_floors_above_are_told_once_when_two_units_are_left(cast, asked):
    """Back to three and down to two again: the client has been told already."""
    sell(cast, units=4)
    complete(asked)
    second = complete(asked)
    reverse_session(second, "Wrong day", by=TARA)
    complete(asked)
    complete(asked)

    told = db.session.query(Event).filter_by(kind=PackageLow.__name__).all()
    assert [fact.payload["remaining"] for fact in told] == [2]


def test_each_step_stands_in_the_audit_chain(cast, asked):
    sell(cast)
    reverse_session(complete(asked), "Wrong client", by=TARA)

    actions = [
        line.action for line in db.session.query(audit.AuditLine).order_by(audit.AuditLine.id)
    ]
    assert actions[-3:] == ["session.planned", "session.logged", "session.reversed"]
    assert {line.actor for line in db.session.query(audit.AuditLine)} == {"user:3", TARA}
