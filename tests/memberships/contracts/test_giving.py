"""Days the club gives: to one member, to everyone, and taken back as if nothing had been."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext
from memberships.approvals.services import decide
from memberships.blocks.models import Block
from memberships.contracts.asking import ask_free_days
from memberships.contracts.cancelling import CancelRequest, cancel_contract
from memberships.contracts.conditions import EarlyEnd, LeavingTerms
from memberships.contracts.everyone import MassOrder, left_out, progress_of
from memberships.contracts.freezes import FreezeRequest, freeze_contract
from memberships.contracts.gift_tables import ItemState, MassChange, MassKind, MassState
from memberships.contracts.giving import GiftOrder, gift_preview, give_days, take_days_back
from memberships.contracts.invariants import contract_periods, freezes
from memberships.contracts.leaving import CancelReason
from memberships.contracts.mass import mass_preview, start_mass_change, undo_mass_change
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.contracts.services import SignRequest, end_contract, sign
from memberships.contracts.stays import given_days
from memberships.dunning.models import RecurringCharge
from memberships.jobs import run_mass_changes
from memberships.packages.models import PackageLot
from tests.cast import Cast, make_member
from tests.memberships.conftest import (
    DAY_PASS,
    MONTHLY,
    SARA,
    TEN_VISITS,
    YEAR,
    make_contract,
    make_plan,
)

MAX = "user:2"
OLGA = "user:1"
JUNE = "2026-06-01T06:00Z"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(JUNE, tick=False) as traveller:
        yield traveller


def gift(contract: Contract, days: int = 5, source: str = "heating") -> GiftOrder:
    return GiftOrder(contract.id, days, "Heating failed", source)


def books() -> list[str]:
    return [*contract_periods(), *freezes()]


@pytest.mark.usefixtures("unit")
def test_given_days_move_the_end_once_and_come_back(cast):
    contract = make_contract(cast, TEN_VISITS, starts_on=date(2026, 6, 1))

    assert gift_preview(contract.id, 5).new_ends_on == date(2026, 9, 5)
    line = give_days(gift(contract), by=MAX)
    assert give_days(gift(contract), by=MAX) is line
    assert (contract.ends_on, given_days(contract.id)) == (date(2026, 9, 5), 5)
    assert db.session.query(PackageLot).one().expires_on == date(2026, 9, 5)
    assert books() == []

    back = take_days_back(line, by=MAX)
    assert take_days_back(line, by=MAX) is back
    assert (contract.ends_on, given_days(contract.id)) == (date(2026, 8, 31), 0)
    assert books() == []


@pytest.mark.usefixtures("unit")
def test_a_gift_wakes_a_contract_that_ended_last_night(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2025, 6, 1))
    end_contract(contract.id, by="system")

    give_days(gift(contract), by=MAX)

    assert (contract.state, contract.ends_on) == (ContractState.SIGNED, date(2026, 6, 5))


@pytest.mark.usefixtures("unit")
@pytest.mark.parametrize(
    ("terms", "rule"),
    [(replace(MONTHLY, price_minor=0), "rolls_on"), (YEAR, "next_contract")],
)
def test_a_gift_that_cannot_be_given_names_its_rule(cast, terms, rule):
    plan = make_plan(cast, terms)
    contract = make_contract(cast, plan=plan, starts_on=date(2026, 1, 1))
    if contract.ends_on:
        make_contract(cast, plan=plan, starts_on=date(2027, 1, 3))

    with pytest.raises(DomainError) as refusal:
        give_days(gift(contract), by=MAX)

    assert refusal.value.extra == {"rule": rule}
    assert books() == []


@pytest.mark.usefixtures("unit")
def test_given_days_do_not_come_back_where_a_cancellation_left_fewer(cast):
    soon = replace(YEAR, leaving=LeavingTerms(early=EarlyEnd.FREE, notice_days=2))
    contract = make_contract(cast, soon, starts_on=date(2026, 6, 1))
    line = give_days(gift(contract, days=9), by=SARA)
    cancel_contract(CancelRequest(contract.id, CancelReason.TIME), by=SARA)

    with pytest.raises(DomainError) as refusal:
        take_days_back(line, by=SARA)

    assert (refusal.value.code, refusal.value.extra["rule"]) == ("GIFT_REFUSED", "cancelled_since")
    assert books() == []


@pytest.mark.usefixtures("unit")
def test_a_renewal_that_waits_moves_along_and_back(cast):
    plan = make_plan(cast, replace(YEAR, term_months=1))
    first = make_contract(cast, plan=plan, starts_on=date(2026, 5, 31))
    following = sign(SignRequest(cast.members["Mia"], plan.plan_id, date(2026, 6, 30)), by=SARA)
    following.previous_id = first.id
    assert (first.ends_on, following.ends_on) == (date(2026, 6, 29), date(2026, 7, 29))

    line = give_days(gift(first, days=31), by=MAX)
    assert first.ends_on == date(2026, 7, 30)
    assert (following.starts_on, following.ends_on) == (date(2026, 7, 31), date(2026, 8, 30))
    assert books() == []
    take_days_back(line, by=MAX)

    assert (following.starts_on, following.ends_on) == (date(2026, 6, 30), date(2026, 7, 29))
    assert books() == []


@pytest.mark.usefixtures("unit")
def test_days_that_something_was_built_on_are_kept(cast):
    free = replace(YEAR, leaving=LeavingTerms(early=EarlyEnd.FREE))
    frozen = make_contract(cast, YEAR, starts_on=date(2025, 6, 10))
    left = make_contract(cast, free, starts_on=date(2026, 1, 1))
    lines = [give_days(gift(one, source=str(one.id)), by=MAX) for one in (frozen, left)]
    freeze_contract(
        FreezeRequest(frozen.id, date(2026, 6, 12), date(2026, 6, 20), "Travel"), by=SARA
    )
    freeze_contract(
        FreezeRequest(frozen.id, date(2026, 6, 22), date(2026, 6, 22), "Travel"), by=SARA
    )
    with time_machine.travel("2026-06-02T06:00Z", tick=False):
        cancel_contract(CancelRequest(left.id, CancelReason.TIME), by=SARA)

    rules = []
    for line in lines:
        with pytest.raises(DomainError) as refusal:
            take_days_back(line, by=MAX)
        rules.append(refusal.value.extra["rule"])

    assert rules == ["frozen_since", "cancelled_since"]
    assert books() == []


@pytest.mark.usefixtures("unit")
def test_who_may_not_give_days_alone_asks(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))

    wish = ask_free_days(contract.id, 7, "Cold showers", by="user:4")
    assert contract.ends_on == date(2026, 12, 31)
    decide(wish.id, True, "", by=MAX)

    assert contract.ends_on == date(2027, 1, 7)


def everyone(cast: Cast) -> dict[str, int]:
    """A club of several lives exists; returns the contracts by name."""
    plan, ids = make_plan(cast, YEAR), {}
    with_lot = make_plan(cast, TEN_VISITS)
    for number, (name, start, chosen) in enumerate(
        (
            ("running", date(2026, 1, 31), plan),
            ("frozen", date(2026, 2, 1), plan),
            ("visits", date(2026, 5, 1), with_lot),
            ("rolling", date(2026, 3, 1), make_plan(cast, MONTHLY)),
            ("pass", date(2026, 6, 1), make_plan(cast, DAY_PASS)),
            ("coming", date(2026, 7, 1), plan),
            ("renewed", date(2025, 6, 10), plan),
        )
    ):
        person = make_member(name.title(), club=cast.club, phone=f"+88017110001{number:02d}")
        ids[name] = sign(SignRequest(person.id, chosen.plan_id, start), by=SARA).id
        if name == "renewed":
            second = sign(SignRequest(person.id, chosen.plan_id, date(2026, 6, 10)), by=SARA)
            second.previous_id, ids["renewal"] = ids[name], second.id
    span = date(2026, 6, 10), date(2026, 6, 23)
    freeze_contract(FreezeRequest(ids["frozen"], *span, "Travel"), by=SARA)
    return ids


def picture() -> dict[str, object]:
    """Return everything that a change for everyone may touch."""
    with unit_of_work(write=False) as session:
        session.expire_all()
        rows = session.scalars(select(Contract).order_by(Contract.id))
        contracts = [
            (one.id, one.state, one.starts_on, one.ends_on, one.cut_ends_on, one.term_ends_on)
            for one in rows
        ]
        lots = [(lot.id, lot.remaining, lot.expires_on) for lot in session.query(PackageLot)]
        blocks = [
            (one.contract_id, one.from_on, one.until_on)
            for one in session.query(Block)
            if one.lifted_at is None
        ]
        fees = [
            (one.contract_id, one.period, one.due_on, one.covers_until)
            for one in session.query(RecurringCharge)
        ]
        return {"all": [contracts, lots, blocks, fees], "books": books()}


def work() -> None:
    """The scheduler comes by until nothing waits."""
    for number in range(4):
        run_mass_changes(JobContext("mass-changes", str(number), now()))


GIFT = {"kind": MassKind.GIFT, "days": 5}
FREEZE = {
    "kind": MassKind.FREEZE,
    "days": 14,
    "from_on": date(2026, 6, 2),
    "until_on": date(2026, 6, 15),
}


@pytest.mark.parametrize(
    ("what", "met", "kept_out"),
    [(GIFT, 5, []), (FREEZE, 4, [("overlap", 1)])],
    ids=["five days", "two weeks shut"],
)
def test_everyone_gets_it_and_undo_restores_exactly(app, cast, clock, what, met, kept_out):
    with app.app_context():
        with unit_of_work():
            ids = everyone(cast)
            order = MassOrder(cast.club, reason="Pool closed", **what)
            shown = mass_preview(order)
            assert (shown.met, list(shown.left_out), len(shown.sample)) == (met, kept_out, met)
        before = picture()
        with unit_of_work():
            change_id = start_mass_change(order, by=OLGA).id
        assert picture() == before
        work()
        with unit_of_work(write=False) as session:
            progress = progress_of(change_id)
            assert (progress.of(ItemState.DONE), progress.total) == (met, met + len(kept_out))
            assert left_out(change_id) == kept_out
            running = session.get_one(Contract, ids["running"])
            assert running.ends_on == (date(2027, 2, 4) if what is GIFT else date(2027, 2, 13))
            renewal = session.get_one(Contract, ids["renewal"])
            assert renewal.starts_on == (date(2026, 6, 15) if what is GIFT else date(2026, 6, 24))
            (fee,) = session.query(RecurringCharge).filter_by(contract_id=ids["rolling"]).all()
            # Given days move every coming fee, a freeze of June none that comes before June.
            assert fee.due_on == (date(2026, 4, 6) if what is GIFT else date(2026, 4, 1))
            assert session.get_one(MassChange, change_id).state is MassState.DONE
        assert books_of(app) == []

        clock.move_to("2026-06-02T05:59Z")
        with unit_of_work():
            undo_mass_change(change_id, by=OLGA)
        work()

        assert picture() == before
        with unit_of_work(write=False) as session:
            assert session.get_one(MassChange, change_id).state is MassState.UNDONE


def books_of(app) -> list[str]:
    with app.app_context(), unit_of_work(write=False):
        return books()


def test_undo_is_too_late_after_a_day_and_never_twice(app, cast, clock):
    with app.app_context():
        with unit_of_work():
            everyone(cast)
            change_id = start_mass_change(MassOrder(cast.club, reason="Shut", **GIFT), by=OLGA).id
        work()

        clock.move_to("2026-06-02T06:00:01Z")
        with pytest.raises(DomainError) as late, unit_of_work():
            undo_mass_change(change_id, by=OLGA)
        clock.move_to("2026-06-02T06:00Z")
        with unit_of_work():
            undo_mass_change(change_id, by=OLGA)
        with pytest.raises(DomainError) as twice, unit_of_work():
            undo_mass_change(change_id, by=OLGA)

        assert (late.value.code, twice.value.code) == ("TOO_LATE", "STATE")


def test_undo_on_the_way_stops_what_still_waits(app, cast):
    with app.app_context():
        with unit_of_work():
            everyone(cast)
        before = picture()
        with unit_of_work():
            change_id = start_mass_change(MassOrder(cast.club, reason="Shut", **GIFT), by=OLGA).id
            undo_mass_change(change_id, by=OLGA)
        work()

        assert picture() == before


@pytest.mark.usefixtures("unit")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({**GIFT, "days": 0}, "days"),
        ({**GIFT, "days": 367}, "days"),
        ({**FREEZE, "from_on": None}, "from_on"),
        ({**FREEZE, "from_on": date(2026, 5, 31), "days": 16}, "from_on"),
        ({**FREEZE, "until_on": date(2026, 6, 1), "days": 0}, "until_on"),
        ({**FREEZE, "until_on": date(2026, 10, 1), "days": 122}, "until_on"),
    ],
)
def test_a_wrong_change_for_everyone_names_its_field(cast, changed, field):
    with pytest.raises(DomainError) as refusal:
        mass_preview(MassOrder(cast.club, reason="Shut", **changed))

    assert [one.field for one in refusal.value.fields] == [field]
