"""Freezes: the end moves, the gate is shut, a return gives days back."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.blocks.queries import blocks_of
from memberships.blocks.rules import BlockOwner
from memberships.blocks.services import BlockRequest, lift_block, place_block
from memberships.contracts.freezes import (
    FreezeRequest,
    cancel_freeze,
    end_freeze,
    freeze_contract,
    freeze_preview,
)
from memberships.contracts.history import standing_on
from memberships.contracts.invariants import contract_periods
from memberships.contracts.models import Contract
from memberships.contracts.queries import rights_at
from memberships.contracts.standing import Status
from memberships.packages.models import PackageLot
from tests.memberships.conftest import (
    DAY_PASS,
    MONTHLY,
    SARA,
    TEN_VISITS,
    YEAR,
    make_contract,
    make_plan,
)

pytestmark = pytest.mark.usefixtures("unit", "first_of_june")


@pytest.fixture
def first_of_june():
    with time_machine.travel("2026-06-01T06:00Z", tick=False) as traveller:
        yield traveller


def freeze(contract: Contract, from_on: date, until_on: date) -> FreezeRequest:
    return FreezeRequest(contract.id, from_on, until_on, "Travel")


@pytest.mark.fault
@pytest.mark.parametrize(
    ("starts_on", "from_on", "until_on", "ends_on"),
    [
        (date(2026, 1, 1), date(2026, 10, 20), date(2026, 11, 2), date(2027, 1, 14)),
        (date(2026, 4, 1), date(2027, 3, 20), date(2027, 4, 2), date(2027, 4, 14)),
        (date(2027, 3, 1), date(2028, 2, 20), date(2028, 3, 4), date(2028, 3, 14)),
    ],
    ids=["autumn change", "spring change", "29 February"],
)
def test_f41_the_end_moves_by_fourteen_days(cast, starts_on, from_on, until_on, ends_on):
    contract = make_contract(cast, YEAR, starts_on=starts_on)

    preview = freeze_preview(freeze(contract, from_on, until_on))
    freeze_contract(freeze(contract, from_on, until_on), by=SARA)

    assert preview.days == 14
    assert (contract.ends_on, preview.new_ends_on) == (ends_on, ends_on)


def test_the_gate_sees_the_freeze_through_its_last_day(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    freeze_contract(freeze(contract, date(2026, 6, 10), date(2026, 6, 23)), by=SARA)

    def frozen(day: date) -> bool:
        rights = rights_at(cast.members["Mia"], day)
        return any(block.holds_on(day) for block in rights.blocks)

    assert not frozen(date(2026, 6, 9))
    assert frozen(date(2026, 6, 10))
    assert frozen(date(2026, 6, 23))
    assert not frozen(date(2026, 6, 24))


def test_units_of_a_frozen_contract_last_longer(cast):
    contract = make_contract(cast, TEN_VISITS, starts_on=date(2026, 6, 1))

    freeze_contract(freeze(contract, date(2026, 6, 10), date(2026, 6, 23)), by=SARA)

    assert contract.ends_on == date(2026, 9, 14)
    assert db.session.query(PackageLot).one().expires_on == date(2026, 9, 14)


def test_a_rolling_contract_freezes_without_an_end(cast):
    contract = make_contract(cast, MONTHLY, starts_on=date(2026, 6, 1))

    freeze_contract(freeze(contract, date(2026, 6, 10), date(2026, 6, 23)), by=SARA)

    assert contract.ends_on is None
    assert standing_on(cast.members["Mia"], date(2026, 6, 23)).status is Status.FROZEN


@pytest.mark.parametrize(
    ("from_on", "until_on", "rule"),
    [
        (date(2026, 6, 20), date(2026, 6, 19), "order"),
        (date(2026, 5, 31), date(2026, 6, 5), "past"),
        (date(2027, 1, 15), date(2027, 1, 20), "outside_contract"),
        (date(2026, 7, 14), date(2026, 7, 20), "overlap"),
        (date(2026, 8, 1), date(2027, 8, 2), "longest_days"),
    ],
)
def test_a_breach_names_its_rule_and_changes_nothing(cast, from_on, until_on, rule):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    freeze_contract(freeze(contract, date(2026, 7, 1), date(2026, 7, 14)), by=SARA)

    with pytest.raises(DomainError) as refusal:
        freeze_contract(freeze(contract, from_on, until_on), by=SARA)

    assert refusal.value.code == "FREEZE_REFUSED"
    assert refusal.value.extra == {"rule": rule}
    assert contract.ends_on == date(2027, 1, 14)
    assert len(blocks_of(cast.members["Mia"])) == 1


def test_a_freeze_needs_a_reason(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))

    with pytest.raises(DomainError) as refusal:
        freeze_contract(
            FreezeRequest(contract.id, date(2026, 7, 1), date(2026, 7, 14), "\t"), by=SARA
        )

    assert [one.field for one in refusal.value.fields] == ["reason"]


def test_an_unsigned_contract_cannot_freeze(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1), is_complete=False)

    with pytest.raises(DomainError) as refusal:
        freeze_contract(freeze(contract, date(2026, 7, 1), date(2026, 7, 14)), by=SARA)

    assert refusal.value.code == "NOT_SIGNED"


def test_coming_back_gives_unused_days_back(cast, first_of_june):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    freeze_contract(freeze(contract, date(2026, 6, 10), date(2026, 6, 23)), by=SARA)

    first_of_june.move_to("2026-06-14T06:00Z")
    returned = end_freeze(cast.members["Mia"], date(2026, 6, 14), "device:gate")
    again = end_freeze(cast.members["Mia"], date(2026, 6, 14), "device:gate")

    assert (returned, again) == (10, 0)
    assert contract.ends_on == date(2027, 1, 4)
    (block,) = blocks_of(cast.members["Mia"])
    assert (block.until_on, block.lifted_at) == (date(2026, 6, 13), None)
    assert rights_at(cast.members["Mia"], date(2026, 6, 14)).blocks == ()
    (fact,) = db.session.query(Event).filter_by(kind="FreezeEnded").all()
    assert (fact.payload["returned_days"], fact.payload["ended_on"]) == (10, "2026-06-14")


def test_coming_back_on_the_first_day_undoes_the_freeze(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    freeze_contract(freeze(contract, date(2026, 6, 1), date(2026, 6, 14)), by=SARA)

    assert end_freeze(cast.members["Mia"], date(2026, 6, 1), "device:gate") == 14

    assert contract.ends_on == date(2026, 12, 31)
    (block,) = blocks_of(cast.members["Mia"])
    assert block.lifted_at == datetime(2026, 6, 1, 6, tzinfo=UTC)


def test_a_coming_freeze_can_be_called_off(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    block = freeze_contract(freeze(contract, date(2026, 6, 10), date(2026, 6, 23)), by=SARA)

    assert cancel_freeze(block, by=SARA) == 14

    assert contract.ends_on == date(2026, 12, 31)
    with pytest.raises(DomainError) as refusal:
        cancel_freeze(block, by=SARA)
    assert refusal.value.code == "NOT_FROZEN"


def test_a_day_pass_opens_while_the_year_is_frozen(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    freeze_contract(freeze(contract, date(2026, 6, 1), date(2026, 6, 14)), by=SARA)
    day_pass = make_contract(cast, DAY_PASS, starts_on=date(2026, 6, 1))

    today = rights_at(cast.members["Mia"], date(2026, 6, 1))
    tomorrow = rights_at(cast.members["Mia"], date(2026, 6, 2))

    assert [right.contract_id for right in today.contracts] == [day_pass.id]
    assert today.blocks == ()
    assert {right.contract_id for right in tomorrow.contracts} == {contract.id, day_pass.id}
    assert [block.owner for block in tomorrow.blocks] == [BlockOwner.FREEZE]


def test_a_freeze_is_not_lifted_like_a_ban(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    block = freeze_contract(freeze(contract, date(2026, 6, 10), date(2026, 6, 23)), by=SARA)

    with pytest.raises(DomainError) as lifting:
        lift_block(block.id, BlockOwner.FREEZE, by=SARA)
    with pytest.raises(DomainError) as placing:
        place_block(BlockRequest(cast.members["Mia"], BlockOwner.FREEZE, "Travel"), by=SARA)

    assert [one.field for one in lifting.value.fields] == ["owner"]
    assert [one.field for one in placing.value.fields] == ["owner"]


def test_a_freeze_never_runs_into_the_next_contract(cast):
    plan = make_plan(cast, YEAR)
    first = make_contract(cast, plan=plan, starts_on=date(2026, 1, 1))
    make_contract(cast, plan=plan, starts_on=date(2027, 1, 6))

    freeze_contract(freeze(first, date(2026, 7, 1), date(2026, 7, 5)), by=SARA)
    with pytest.raises(DomainError) as refusal:
        freeze_contract(freeze(first, date(2026, 8, 1), date(2026, 8, 1)), by=SARA)

    assert refusal.value.extra == {"rule": "next_contract"}
    assert first.ends_on == date(2027, 1, 5)
    assert contract_periods() == []
