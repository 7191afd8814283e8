"""Mia in good standing before the door at noon, to be changed by each case."""

from datetime import UTC, date, datetime, time
from typing import Any

from access_control.rules.facts import EntryFacts, PersonFact
from memberships.blocks.rules import BlockFact, BlockOwner
from memberships.contracts.rules import ContractRight, MemberRights, PlanKind, Window

NOON = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)  # Wednesday, 12:00 in Dhaka
DAY = date(2026, 11, 18)
MORNINGS = tuple(Window(day, time(6), time(11)) for day in range(7))


def right(**changed: Any) -> ContractRight:
    """Return a year's contract from 1 January, every club, all hours."""
    values: dict[str, Any] = {
        "contract_id": 1,
        "plan_kind": PlanKind.TERM,
        "plan_name": "Year",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31),
        "state": "signed",
        "windows": (),
        "club_ids": None,
        "zones": None,
        "daily_limit": None,
        "reentry_minutes": 180,
        "units_left": None,
        "lot_id": None,
        "freeze_on_scan": "refuse",
    }
    return ContractRight(**{**values, **changed})


def ten_visits(left: int, **changed: Any) -> ContractRight:
    """Return a contract for visits with some left in lot 44."""
    values = {"plan_kind": PlanKind.VISITS, "plan_name": "Ten", "units_left": left, "lot_id": 44}
    return right(**{**values, **changed})


def block(owner: BlockOwner, **changed: Any) -> BlockFact:
    """Return a block of the owner in force since the day before, open-ended."""
    values: dict[str, Any] = {
        "block_id": 5,
        "owner": owner,
        "from_on": date(2026, 11, 17),
        "until_on": None,
        "amount_minor": None,
        "currency": None,
        "reason": "",
    }
    return BlockFact(**{**values, **changed})


def at_the_door(
    *contracts: ContractRight, blocks: tuple[BlockFact, ...] = (), **changed: Any
) -> EntryFacts:
    """Return the facts of Mia with these contracts (a year's one by default) at noon."""
    values: dict[str, Any] = {
        "at": NOON,
        "day": DAY,
        "tz": "Asia/Dhaka",
        "club_id": 1,
        "person": PersonFact(person_id=7, age=30),
        "rights": MemberRights(contracts or (right(),), blocks),
    }
    return EntryFacts(**{**values, **changed})
