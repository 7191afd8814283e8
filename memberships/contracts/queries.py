"""Reads of contracts for the gate: the rights and blocks of a person in two selects."""

from collections.abc import Sequence
from datetime import date, time
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Exists,
    Select,
    String,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.expression import SQLColumnExpression

from clubcrm.core.db import live_connection
from clubcrm.core.prepared import Prepared
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockFact
from memberships.contracts.handover_tables import Family, FamilyMember
from memberships.contracts.models import Contract, Plan, PlanClub, PlanVersion, PlanWindow
from memberships.contracts.renewal_tables import PlanCondition
from memberships.contracts.rules import (
    ContractRight,
    ContractState,
    MemberRights,
    Window,
    without_idle_freezes,
)
from memberships.packages.models import VISIT_SERVICE, PackageLot


def _listed_in_text() -> tuple[Any, Any]:
    # The hours and clubs of a version come as one text each: one row per contract and lot, and no
    # third trip to the store while somebody stands at the turnstile.
    # Constants are written out: bound ones would be handled again at every scan.
    separator = literal_column("'/'", String)
    comma: Any = literal_column("','", String)
    hours = (
        select(
            func.aggregate_strings(
                cast(PlanWindow.weekday, String)
                + separator
                + cast(PlanWindow.opens, String)
                + separator
                + cast(PlanWindow.closes, String),
                comma,
            )
        )
        .where(PlanWindow.version_id == PlanVersion.id)
        .correlate(PlanVersion)
        .scalar_subquery()
    )
    clubs = (
        select(func.aggregate_strings(cast(PlanClub.club_id, String), comma))
        .where(PlanClub.version_id == PlanVersion.id)
        .correlate(PlanVersion)
        .scalar_subquery()
    )
    return hours, clubs


def rights_select(whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the select of what contracts allow: one row for each contract and lot."""
    hours, clubs = _listed_in_text()
    lot = (PackageLot.contract_id == Contract.id) & (PackageLot.service == VISIT_SERVICE)
    return (
        select(
            Contract.id,
            Plan.kind,
            PlanVersion.name,
            Contract.starts_on,
            Contract.ends_on,
            case((Contract.state == ContractState.INCOMPLETE, "incomplete"), else_="signed").label(
                "state"
            ),
            hours.label("hours"),
            PlanVersion.all_clubs,
            Plan.club_id,
            clubs.label("clubs"),
            PlanVersion.zones,
            PlanVersion.daily_limit,
            PlanVersion.reentry_minutes,
            PlanVersion.visits,
            PlanVersion.freeze_on_scan,
            PackageLot.id.label("lot_id"),
            PackageLot.remaining,
            PackageLot.expires_on,
            Contract.person_id,
        )
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .outerjoin(PackageLot, lot)
        .where(
            whose,
            Contract.state != ContractState.VOID,
            ~_left_alone(),
        )
        .order_by(Contract.starts_on, Contract.id, PackageLot.expires_on, PackageLot.id)
    )


def _left_alone() -> Exists:
    """Tell whether the contract belongs to a family whose holder has nothing that carries it."""
    held = Contract.__table__.alias("held")
    carries = (
        exists()
        .where(
            held.c.person_id == Family.holder_id,
            held.c.state != ContractState.VOID,
            held.c.state != ContractState.INCOMPLETE,
            held.c.ends_on.is_(None) | (held.c.ends_on >= bindparam("on")),
            PlanCondition.version_id == held.c.plan_version_id,
            PlanCondition.extra_member_minor.is_not(None),
        )
        .correlate(Family)
    )
    return (
        exists()
        .where(
            FamilyMember.contract_id == Contract.id,
            FamilyMember.family_id == Family.id,
            FamilyMember.left_on.is_(None) | (FamilyMember.left_on > bindparam("on")),
            ~carries,
        )
        .correlate(Contract)
    )


def recent(
    statement: Select[*tuple[Any, ...]], person: SQLColumnExpression[int]
) -> Select[*tuple[Any, ...]]:
    """Narrow to contracts that run or come, and the one of the person that ended last."""
    other = Contract.__table__.alias("last_contract")
    last_ended = (
        select(other.c.id)
        .where(
            other.c.person_id == person,
            other.c.state != ContractState.VOID,
            other.c.ends_on < bindparam("on"),
        )
        .order_by(other.c.ends_on.desc(), other.c.id.desc())
        # A written 1: a bound limit would be looked at again at every scan.
        .limit(literal_column("1"))
        .correlate(Contract)
        .scalar_subquery()
    )
    return statement.where(
        Contract.ends_on.is_(None)
        | (Contract.ends_on >= bindparam("on"))
        | (Contract.id == last_ended)
    )


def blocks_select(whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the select of what blocks people on a day or later."""
    return (
        select(
            Block.id,
            Block.owner,
            Block.from_on,
            Block.until_on,
            Block.amount_minor,
            Block.currency,
            Block.reason,
            Block.contract_id,
            Block.person_id,
        )
        .where(
            whose,
            Block.lifted_at.is_(None),
            Block.until_on.is_(None) | (Block.until_on >= bindparam("on")),
        )
        .order_by(Block.id)
    )


_PERSON: ColumnElement[int] = bindparam("person_id")
_ALL_RIGHTS = Prepared(rights_select(Contract.person_id == _PERSON))
_RIGHTS = Prepared(recent(rights_select(Contract.person_id == _PERSON), _PERSON))
_BLOCKS = Prepared(blocks_select(Block.person_id == _PERSON))


def rights_at(person_id: int, on: date) -> MemberRights:
    """Return what a person's contracts allow and what blocks them around a membership day.

    Two selects, no objects of the ORM: this is asked at every turn of the turnstile.
    """
    connection = live_connection()
    asked = {"person_id": person_id, "on": on}
    contracts = rights_from(_RIGHTS.all(connection, asked), on)
    blocks = blocks_from(_BLOCKS.all(connection, asked))
    return without_idle_freezes(MemberRights(contracts, blocks), on)


def all_rights(person_id: int, on: date) -> tuple[ContractRight, ...]:
    """Return what every contract of a person allows, ended ones too; units as of today."""
    connection = live_connection()
    return rights_from(_ALL_RIGHTS.all(connection, {"person_id": person_id, "on": on}), on)


def blocks_from(rows: Sequence[Any]) -> tuple[BlockFact, ...]:
    """Return the blocks of one person's rows."""
    return tuple(BlockFact(*row[:-1]) for row in rows)


def rights_from(rows: Sequence[Any], on: date) -> tuple[ContractRight, ...]:
    """Return what the contracts of one person's rows allow around a day."""
    found: dict[int, ContractRight] = {}
    for row in rows:
        units, lot_id = _units(row, found.get(row.id), on)
        found[row.id] = ContractRight(
            contract_id=row.id,
            plan_kind=row.kind,
            plan_name=row.name,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            state=row.state,
            windows=windows_from(row.hours or ""),
            club_ids=None if row.all_clubs else _club_ids(row.club_id, row.clubs or ""),
            zones=None if row.zones is None else frozenset(row.zones),
            daily_limit=row.daily_limit,
            reentry_minutes=row.reentry_minutes,
            units_left=units,
            lot_id=lot_id,
            freeze_on_scan=row.freeze_on_scan.value,
        )
    return tuple(found.values())


def _units(row: Any, before: ContractRight | None, on: date) -> tuple[int | None, int | None]:
    """Add up the lots of a contract; rows come with the lot that ends first in front."""
    if row.visits is None:
        return None, None
    units, lot_id = (before.units_left or 0, before.lot_id) if before else (0, None)
    valid = row.lot_id is not None and (row.expires_on is None or row.expires_on >= on)
    if not valid:
        return units, lot_id
    if units == 0:
        lot_id = row.lot_id
    return units + row.remaining, lot_id


@lru_cache(maxsize=2048)
def windows_from(hours: str) -> tuple[Window, ...]:
    """Return the windows of a text such as 0/06:00:00/22:00:00,1/06:00:00/22:00:00."""
    if not hours:
        return ()
    parts = (line.split("/") for line in hours.split(","))
    return tuple(
        sorted(
            Window(int(weekday), time.fromisoformat(opens), time.fromisoformat(closes))
            for weekday, opens, closes in parts
        )
    )


@lru_cache(maxsize=2048)
def _club_ids(own: int, others: str) -> frozenset[int]:
    return frozenset({own, *(int(club) for club in others.split(",") if club)})
