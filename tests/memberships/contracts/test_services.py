"""Signing, completing, voiding and ending contracts."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from clubcrm.core.audit import AuditLine
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.contracts.history import changes_of, contracts_of
from memberships.contracts.models import Contract
from memberships.contracts.plans import withdraw_plan
from memberships.contracts.rules import ContractState
from memberships.contracts.services import (
    SignRequest,
    complete,
    end_contract,
    preview,
    sell_day_pass,
    sign,
    void_contract,
)
from memberships.packages.models import PackageEntry, PackageLot
from tests.memberships.conftest import (
    DAY_PASS,
    MONTHLY,
    SARA,
    TEN_VISITS,
    TRIAL,
    YEAR,
    make_contract,
    make_plan,
)

TODAY = date(2026, 11, 22)
pytestmark = [pytest.mark.usefixtures("unit", "noon")]


@pytest.fixture
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False):
        yield


@pytest.mark.parametrize(
    ("terms", "ends_on", "units"),
    [
        (YEAR, date(2027, 11, 21), None),
        (MONTHLY, None, None),
        (TEN_VISITS, date(2027, 2, 21), 10),
        (TRIAL, date(2026, 11, 28), 3),
        (DAY_PASS, TODAY, None),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_each_kind_gives_its_end_and_units(cast, terms, ends_on, units):
    contract = make_contract(cast, terms, starts_on=TODAY)

    (row,) = contracts_of(cast.members["Mia"])
    assert (row.state, row.ends_on, row.term_ends_on) == (ContractState.SIGNED, ends_on, ends_on)
    assert (row.units_bought, row.units_left) == (units, units)
    assert (row.price_minor, row.currency) == (terms.price_minor, "BDT")
    assert contract.signed_at == datetime(2026, 11, 22, 6, tzinfo=UTC)


def test_units_open_with_their_buying_line(cast):
    contract = make_contract(cast, TEN_VISITS, starts_on=TODAY)

    lot = db.session.query(PackageLot).one()
    line = db.session.query(PackageEntry).one()

    assert (lot.contract_id, lot.bought, lot.remaining) == (contract.id, 10, 10)
    assert lot.expires_on == contract.ends_on
    assert (line.kind.value, line.delta, line.source_id) == ("buy", 10, str(contract.id))


def test_the_result_is_known_before_signing(cast):
    plan = make_plan(cast)

    offer = preview(cast.members["Mia"], plan.plan_id, date(2026, 12, 1))

    assert (offer.ends_on, offer.overlaps) == (date(2027, 11, 30), None)
    assert offer.plan.terms.price_minor == 2_400_000
    assert db.session.query(Contract).count() == 0


def test_numbers_count_up_per_club_and_year(cast):
    plan = make_plan(cast)
    first = make_contract(cast, plan=plan, starts_on=date(2025, 11, 22))
    second = make_contract(cast, plan=plan, starts_on=date(2026, 11, 22))
    third = make_contract(cast, DAY_PASS, starts_on=date(2026, 11, 23))

    tails = [one.number.removeprefix(f"{cast.club}-") for one in (first, second, third)]

    assert tails == ["2025-00001", "2026-00001", "2026-00002"]


def test_two_contracts_on_one_plan_may_touch_not_overlap(cast):
    plan = make_plan(cast)
    first = make_contract(cast, plan=plan, starts_on=TODAY)
    last_day = SignRequest(cast.members["Mia"], plan.plan_id, first.ends_on)

    with pytest.raises(DomainError) as refusal:
        sign(last_day, by=SARA)

    assert refusal.value.code == "CONTRACT_OVERLAPS"
    assert first.number in refusal.value.text
    next_year = make_contract(cast, plan=plan, starts_on=date(2027, 11, 22))
    assert next_year.state is ContractState.SIGNED


def test_days_of_an_ended_contract_are_not_sold_again(cast):
    plan = make_plan(cast, TRIAL)
    ended = make_contract(cast, plan=plan, starts_on=date(2026, 11, 1))
    end_contract(ended.id, by="system")

    with pytest.raises(DomainError) as refusal:
        make_contract(cast, plan=plan, starts_on=date(2026, 11, 7))

    assert refusal.value.code == "CONTRACT_OVERLAPS"


def test_another_plan_may_run_beside_it(cast):
    make_contract(cast, YEAR, starts_on=TODAY)

    beside = make_contract(cast, DAY_PASS, starts_on=TODAY)

    assert beside.state is ContractState.SIGNED


def test_used_up_visits_do_not_bar_new_ones(cast):
    plan = make_plan(cast, TRIAL, visits=1)
    make_contract(cast, plan=plan, starts_on=TODAY)
    db.session.query(PackageLot).one().remaining = 0
    db.session.flush()

    again = make_contract(cast, plan=plan, starts_on=TODAY)

    assert again.state is ContractState.SIGNED


@pytest.mark.parametrize("starts_on", [date(2020, 1, 1), date(2029, 1, 1), date(9999, 12, 31)])
def test_a_far_away_start_is_refused(cast, starts_on):
    plan = make_plan(cast)

    with pytest.raises(DomainError) as refusal:
        sign(SignRequest(cast.members["Mia"], plan.plan_id, starts_on), by=SARA)

    assert [one.field for one in refusal.value.fields] == ["starts_on"]


def test_a_withdrawn_plan_is_not_sold(cast):
    plan = make_plan(cast)
    withdraw_plan(plan.plan_id, by=SARA)

    with pytest.raises(DomainError) as refusal:
        sign(SignRequest(cast.members["Mia"], plan.plan_id, TODAY), by=SARA)

    assert refusal.value.code == "NOT_ON_SALE"


@pytest.mark.parametrize(("person", "plan"), [(True, False), (False, True)])
def test_signing_needs_a_member_and_a_plan(cast, person, plan):
    plan_id = make_plan(cast).plan_id if plan else 999
    person_id = cast.members["Mia"] if person else 999

    with pytest.raises(DomainError) as refusal:
        sign(SignRequest(person_id, plan_id, TODAY), by=SARA)

    assert refusal.value.code == "NOT_FOUND"


def test_signing_tells_the_floors_above(cast):
    contract = make_contract(cast, YEAR, starts_on=TODAY)

    fact = db.session.query(Event).filter_by(kind="ContractSigned").one()

    assert fact.payload["contract_id"] == contract.id
    assert fact.payload["person_id"] == cast.members["Mia"]
    assert (fact.payload["starts_on"], fact.payload["ends_on"]) == ("2026-11-22", "2027-11-21")


def test_an_incomplete_contract_is_signed_later(cast):
    contract = make_contract(cast, YEAR, starts_on=TODAY, is_complete=False)
    assert (contract.state, contract.signed_at) == (ContractState.INCOMPLETE, None)
    assert db.session.query(Event).filter_by(kind="ContractSigned").count() == 0

    complete(contract, by=SARA, kind=YEAR.kind)

    assert (contract.state, contract.signed_by) == (ContractState.SIGNED, SARA)
    assert db.session.query(Event).filter_by(kind="ContractSigned").count() == 1


def test_a_void_contract_loses_its_units(cast):
    contract = make_contract(cast, TEN_VISITS, starts_on=TODAY)

    void_contract(contract.id, by=SARA, why="Wrong member")

    db.session.expire_all()
    assert contract.state is ContractState.VOID
    assert db.session.query(PackageLot).one().remaining == 0
    assert [line.delta for line in db.session.query(PackageEntry).order_by(PackageEntry.id)] == [
        10,
        -10,
    ]


def test_voiding_needs_a_reason(cast):
    contract = make_contract(cast, YEAR, starts_on=TODAY)

    with pytest.raises(DomainError) as refusal:
        void_contract(contract.id, by=SARA, why=" ")

    assert [one.field for one in refusal.value.fields] == ["why"]
    assert contract.state is ContractState.SIGNED


def test_ending_twice_tells_once(cast):
    contract = make_contract(cast, TRIAL, starts_on=date(2026, 11, 1))

    end_contract(contract.id, by="system")
    end_contract(contract.id, by="system")

    assert contract.state is ContractState.ENDED
    (fact,) = db.session.query(Event).filter_by(kind="ContractEnded").all()
    assert fact.payload["ended_on"] == "2026-11-07"


def test_a_day_pass_is_the_cheapest_on_sale(cast):
    make_plan(cast, DAY_PASS, name="Weekend pass", price_minor=90_000)
    make_plan(cast, DAY_PASS)

    sold = sell_day_pass(cast.members["Mia"], cast.club, by=SARA)

    assert (sold.price_minor, sold.starts_on, sold.ends_on) == (60_000, TODAY, TODAY)
    with pytest.raises(DomainError) as refusal:
        sell_day_pass(cast.members["Mia"], cast.club, by=SARA)
    assert refusal.value.code == "CONTRACT_OVERLAPS"


def test_a_club_without_day_pass_sells_none(cast):
    with pytest.raises(DomainError) as refusal:
        sell_day_pass(cast.members["Mia"], cast.club, by=SARA)

    assert refusal.value.code == "NO_DAY_PASS"


def test_the_day_pass_is_for_the_clubs_own_day(cast):
    make_plan(cast, DAY_PASS)

    with time_machine.travel("2026-11-22T18:30Z", tick=False):
        sold = sell_day_pass(cast.members["Mia"], cast.club, by=SARA)

    assert sold.starts_on == date(2026, 11, 23)


def test_every_change_stands_in_both_histories(cast):
    contract = make_contract(cast, YEAR, starts_on=TODAY)
    void_contract(contract.id, by=SARA, why="Wrong member")

    own = [(change.what, change.after["state"]) for change in changes_of(contract.id)]
    chain = [
        line.action
        for line in db.session.query(AuditLine).order_by(AuditLine.id)
        if line.subject_kind == "contract"
    ]

    assert own == [("signed", "signed"), ("void", "void")]
    assert chain == ["contract.drawn_up", "contract.signed", "contract.void"]
