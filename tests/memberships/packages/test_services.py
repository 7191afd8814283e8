"""The units ledger: drawing, returning, correcting, expiring."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from clubcrm.core.ledger import LedgerError
from memberships.contracts.invariants import unit_balances, unit_sources
from memberships.packages.models import EntryKind, PackageEntry, PackageLot
from memberships.packages.queries import open_lots, statement
from memberships.packages.rules import LotFact
from memberships.packages.services import (
    correct_lot,
    expire_lot,
    return_visit,
    use_visit,
)
from tests.memberships.conftest import SARA, TEN_VISITS, TRIAL, make_contract

AT = datetime(2026, 11, 22, 6, tzinfo=UTC)
GATE = "device:gate"
pytestmark = pytest.mark.usefixtures("unit", "noon")


@pytest.fixture
def noon():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def lot(cast) -> int:
    make_contract(cast, TRIAL, starts_on=date(2026, 11, 22))
    return db.session.query(PackageLot).one().id


def balance(lot_id: int) -> int:
    db.session.expire_all()
    found = db.session.get(PackageLot, lot_id)
    assert found is not None
    return found.remaining


def test_a_visit_uses_one_unit_with_its_line(lot):
    assert use_visit(lot, "visit", "41", AT, GATE)

    assert balance(lot) == 2
    line = db.session.query(PackageEntry).filter_by(kind=EntryKind.USE).one()
    assert (line.delta, line.source_kind, line.source_id) == (-1, "visit", "41")
    assert (line.at, line.by) == (AT, GATE)


def test_the_same_source_draws_once(lot):
    assert use_visit(lot, "visit", "41", AT, GATE)
    assert use_visit(lot, "visit", "41", AT, GATE)

    assert balance(lot) == 2
    assert db.session.query(PackageEntry).filter_by(kind=EntryKind.USE).count() == 1


def test_nothing_is_drawn_from_an_empty_lot(lot):
    drawn = [use_visit(lot, "visit", str(number), AT, GATE) for number in range(5)]

    assert drawn == [True, True, True, False, False]
    assert balance(lot) == 0
    assert use_visit(lot, "visit", "0", AT, GATE), "the first visit keeps its unit"


def test_the_member_is_told_at_two_left_only(cast):
    make_contract(cast, TEN_VISITS, starts_on=date(2026, 11, 22))
    ten = db.session.query(PackageLot).one().id

    for number in range(10):
        use_visit(ten, "visit", str(number), AT, GATE)

    (fact,) = db.session.query(Event).filter_by(kind="PackageLow").all()
    assert (fact.payload["lot_id"], fact.payload["remaining"]) == (ten, 2)


def test_a_returned_visit_mirrors_its_line(lot):
    use_visit(lot, "visit", "41", AT, GATE)

    assert return_visit("visit", "41", AT, SARA, "Wrong member")
    assert return_visit("visit", "41", AT, SARA, "Wrong member")

    assert balance(lot) == 3
    used, back = db.session.query(PackageEntry).order_by(PackageEntry.id).all()[1:]
    assert (back.kind, back.delta, back.reverses_id) == (EntryKind.RETURN, 1, used.id)
    assert back.reason == "Wrong member"


def test_what_was_never_drawn_cannot_return(lot):
    assert not return_visit("visit", "41", AT, SARA, "Wrong member")

    assert balance(lot) == 3


def test_a_correction_needs_a_reason_and_units(lot):
    assert correct_lot(lot, 2, source_id="c1", by=SARA, reason="Gate was open") == 5

    with pytest.raises(DomainError) as too_many:
        correct_lot(lot, -6, source_id="c2", by=SARA, reason="Counted again")
    with pytest.raises(DomainError) as silent:
        correct_lot(lot, 1, source_id="c3", by=SARA, reason=" ")

    assert (too_many.value.code, silent.value.code) == ("NO_UNITS", "INVALID_INPUT")
    assert balance(lot) == 5


def test_expiry_takes_the_rest_once(lot):
    use_visit(lot, "visit", "41", AT, GATE)

    assert expire_lot(lot, by="system") == 2
    assert expire_lot(lot, by="system") == 0

    assert balance(lot) == 0
    assert [line.delta for line in db.session.query(PackageEntry).order_by(PackageEntry.id)] == [
        3,
        -1,
        -2,
    ]


def test_open_lots_are_those_still_valid(cast, lot):
    mia = cast.members["Mia"]
    last_day = date(2026, 11, 28)

    assert open_lots(mia, "visit", last_day) == [LotFact(lot, 3, last_day)]
    assert open_lots(mia, "visit", date(2026, 11, 29)) == []
    assert open_lots(mia, "massage", last_day) == []


def test_the_statement_shows_running_balances(cast, lot):
    use_visit(lot, "visit", "41", AT, GATE)
    use_visit(lot, "visit", "42", AT, GATE)
    return_visit("visit", "41", AT, SARA, "Wrong member")

    lines = statement(cast.members["Mia"])

    assert [(line.kind.value, line.delta, line.balance) for line in lines] == [
        ("return", 1, 2),
        ("use", -1, 1),
        ("use", -1, 2),
        ("buy", 3, 3),
    ]


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_store_refuses_to_change_a_line(lot, verb):
    change = update(PackageEntry).values(delta=5) if verb == "update" else delete(PackageEntry)

    with pytest.raises(DatabaseError, match="append-only"):
        db.session.connection().execute(change)


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_session_refuses_to_change_a_line(lot, verb):
    line = db.session.query(PackageEntry).first()
    if verb == "update":
        line.delta = 5
    else:
        db.session.delete(line)

    with pytest.raises(LedgerError):
        db.session.flush()


def test_a_balance_below_zero_is_refused_by_the_store(lot):
    with pytest.raises(DatabaseError, match="remaining"):
        db.session.execute(text("UPDATE package_lot SET remaining = -1"))


def test_the_balance_check_finds_a_planted_fault(lot):
    assert unit_balances() == []

    db.session.query(PackageLot).one().remaining = 7
    db.session.flush()

    assert unit_balances() == [f"lot {lot}: balance 7, sum of lines 3"]


def test_the_source_check_finds_planted_faults(lot):
    use_visit(lot, "visit", "41", AT, GATE)
    assert unit_sources() == []
    used = db.session.query(PackageEntry).filter_by(kind=EntryKind.USE).one()

    db.session.add_all(
        [
            PackageEntry(
                lot_id=lot, kind=EntryKind.USE, delta=-2, source_kind="visit", source_id="42",
                at=AT, by=GATE,
            ),
            PackageEntry(
                lot_id=lot, kind=EntryKind.RETURN, delta=1, source_kind="visit", source_id="43",
                reverses_id=used.id, at=AT, by=GATE,
            ),
        ]
    )  # fmt: skip
    db.session.flush()

    assert [fault.partition(": ")[2] for fault in unit_sources()] == [
        "a used unit must be one unit of one source",
        "does not mirror the line it reverses",
    ]
