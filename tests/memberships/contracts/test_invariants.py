"""The checks of contracts find what is planted, and nothing else."""

from datetime import date

import pytest
import time_machine

from clubcrm.core.db import db
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.freezes import FreezeRequest, end_freeze, freeze_contract
from memberships.contracts.invariants import contract_periods, freezes
from memberships.contracts.models import Contract
from tests.memberships.conftest import (
    DAY_PASS,
    MONTHLY,
    SARA,
    TEN_VISITS,
    TRIAL,
    YEAR,
    make_contract,
)

pytestmark = pytest.mark.usefixtures("unit", "june")


@pytest.fixture
def june():
    with time_machine.travel("2026-06-01T06:00Z", tick=False):
        yield


@pytest.fixture
def frozen_year(cast) -> Contract:
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    for first, last in (
        (date(2026, 6, 1), date(2026, 6, 14)),
        (date(2026, 8, 1), date(2026, 8, 9)),
    ):
        freeze_contract(FreezeRequest(contract.id, first, last, "Travel"), by=SARA)
    return contract


def test_an_honest_club_breaks_nothing(cast, frozen_year):
    for terms in (MONTHLY, TEN_VISITS, TRIAL, DAY_PASS):
        make_contract(cast, terms, starts_on=date(2026, 6, 1))
    end_freeze(cast.members["Mia"], date(2026, 6, 5), SARA)

    assert frozen_year.ends_on == date(2027, 1, 13)
    assert contract_periods() == []
    assert freezes() == []


def test_an_end_moved_by_hand_is_found(frozen_year):
    frozen_year.ends_on = date(2027, 3, 1)
    db.session.flush()

    assert contract_periods() == [
        f"contract {frozen_year.id}: ends 2027-03-01, expected 2027-01-23"
    ]


def test_overlapping_contracts_are_found(cast, frozen_year):
    second = Contract(
        number="by hand",
        club_id=cast.club,
        person_id=cast.members["Mia"],
        payer_id=cast.members["Mia"],
        plan_version_id=frozen_year.plan_version_id,
        state=frozen_year.state,
        starts_on=date(2027, 1, 23),
        ends_on=date(2028, 1, 22),
        term_ends_on=date(2028, 1, 22),
        price_minor=0,
        currency="BDT",
    )
    db.session.add(second)
    db.session.flush()

    assert contract_periods() == [f"contract {frozen_year.id}: overlaps contract {second.id}"]


@pytest.mark.parametrize(
    ("from_on", "until_on", "ending"),
    [
        (date(2026, 6, 14), date(2026, 6, 20), "overlaps freeze"),
        (date(2025, 12, 31), date(2026, 1, 5), "starts outside contract"),
        (date(2027, 1, 24), date(2027, 1, 30), "starts outside contract"),
    ],
)
def test_a_misplaced_freeze_is_found(cast, frozen_year, from_on, until_on, ending):
    db.session.add(
        Block(
            club_id=cast.club,
            person_id=cast.members["Mia"],
            contract_id=frozen_year.id,
            owner=BlockOwner.FREEZE,
            from_on=from_on,
            until_on=until_on,
            placed_by=SARA,
        )
    )
    db.session.flush()

    (fault,) = freezes()
    assert ending in fault
