"""Blocks: who places them, who lifts them, how long they hold."""

from datetime import date

import pytest
import time_machine

from clubcrm.core.audit import AuditLine
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.blocks.queries import block_for, blocks_of
from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.blocks.services import BlockRequest, lift_block, place_block
from memberships.contracts.queries import rights_at
from tests.memberships.conftest import SARA

TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.usefixtures("unit", "noon")


@pytest.fixture
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False) as traveller:
        yield traveller


def test_a_debt_carries_amount_and_currency(cast):
    mia = cast.members["Mia"]

    block = place_block(
        BlockRequest(mia, BlockOwner.DEBT, "October unpaid", amount_minor=250_000), by=SARA
    )

    assert rights_at(mia, TODAY).blocks == (
        BlockFact(block.id, BlockOwner.DEBT, TODAY, None, 250_000, "BDT", "October unpaid"),
    )


@pytest.mark.parametrize(
    ("owner", "reason", "amount", "until_on", "field"),
    [
        (BlockOwner.DEBT, "October unpaid", None, None, "amount"),
        (BlockOwner.DEBT, "October unpaid", 0, None, "amount"),
        (BlockOwner.BAN, "Fight", 100, None, "amount"),
        (BlockOwner.BAN, " ", None, None, "reason"),
        (BlockOwner.BAN, "Fi\x00ght", None, None, "reason"),
        (BlockOwner.BAN, "F" * 301, None, None, "reason"),
        (BlockOwner.BAN, "Fight", None, date(2026, 11, 21), "until_on"),
    ],
)
def test_a_wrong_block_is_refused_by_field(cast, owner, reason, amount, until_on, field):
    request = BlockRequest(
        cast.members["Mia"], owner, reason, until_on=until_on, amount_minor=amount
    )

    with pytest.raises(DomainError) as refusal:
        place_block(request, by=SARA)

    assert [one.field for one in refusal.value.fields] == [field]
    assert blocks_of(cast.members["Mia"]) == []


def test_a_lifted_block_is_gone_at_the_next_scan(cast):
    mia = cast.members["Mia"]
    block = place_block(BlockRequest(mia, BlockOwner.BAN, "Fight"), by=SARA)

    lift_block(block.id, BlockOwner.BAN, by=SARA, why="Apologised")

    assert rights_at(mia, TODAY).blocks == ()
    (kept,) = blocks_of(mia)
    assert (kept.lifted_by, kept.lift_reason) == (SARA, "Apologised")


def test_lifting_twice_is_told_to_the_second(cast):
    block = place_block(BlockRequest(cast.members["Mia"], BlockOwner.BAN, "Fight"), by=SARA)
    lift_block(block.id, BlockOwner.BAN, by=SARA)

    with pytest.raises(DomainError) as refusal:
        lift_block(block.id, BlockOwner.BAN, by=SARA)

    assert refusal.value.code == "LIFTED"


def test_another_owner_cannot_lift_it(cast):
    mia = cast.members["Mia"]
    block = place_block(BlockRequest(mia, BlockOwner.BAN, "Fight"), by=SARA)

    with pytest.raises(DomainError) as refusal:
        lift_block(block.id, BlockOwner.DEBT, by=SARA)

    assert refusal.value.status == 403
    assert len(rights_at(mia, TODAY).blocks) == 1


def test_several_owners_block_side_by_side(cast):
    mia = cast.members["Mia"]
    ban = place_block(BlockRequest(mia, BlockOwner.BAN, "Fight"), by=SARA)
    place_block(BlockRequest(mia, BlockOwner.WAIVER, "Not signed"), by=SARA)

    lift_block(ban.id, BlockOwner.BAN, by=SARA)

    assert [block.owner for block in rights_at(mia, TODAY).blocks] == [BlockOwner.WAIVER]


def test_a_block_with_a_last_day_ends_by_itself(cast):
    mia = cast.members["Mia"]
    place_block(BlockRequest(mia, BlockOwner.BAN, "Fight", until_on=date(2026, 11, 25)), by=SARA)

    assert len(rights_at(mia, date(2026, 11, 25)).blocks) == 1
    assert rights_at(mia, date(2026, 11, 26)).blocks == ()


def test_placing_and_lifting_is_told_and_audited(cast):
    block = place_block(BlockRequest(cast.members["Mia"], BlockOwner.BAN, "Fight"), by=SARA)
    lift_block(block.id, BlockOwner.BAN, by=SARA)

    told = [(one.kind, one.payload["owner"]) for one in db.session.query(Event).order_by(Event.id)]
    audited = [line.action for line in db.session.query(AuditLine).order_by(AuditLine.id)]

    assert told == [("BlockPlaced", "ban"), ("BlockLifted", "ban")]
    assert audited == ["block.placed", "block.lifted"]


def test_a_block_of_another_club_is_not_found(cast):
    block = place_block(BlockRequest(cast.members["Mia"], BlockOwner.BAN, "Fight"), by=SARA)

    assert block_for(Scope((cast.other_club,)), block.id) is None
    assert block_for(Scope((cast.club,)), block.id) is block
