"""Services room: which cycle each member of a club stands in, written as one statement."""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from clubcrm.journeys.models import MemberFacts
from clubcrm.journeys.queries import MEMBERSHIPS, Slice
from clubcrm.journeys.sql import FAR, days_between
from clubcrm.people.models import Person
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState, PlanKind

# A member who returns after this many days without a contract starts anew, with onboarding.
BREAK_DAYS = 90
RELATIONSHIP_YEAR = 365
CYCLE = (
    *("club_id", "contract_id", "cycle_no", "starts_on", "ends_on", "joined_on"),
    *("is_onboarding", "renewals", "is_frozen"),
)
# A new member stands so until his visits are counted, later in the same night.
UNCOUNTED = {
    **dict.fromkeys(("visits", "cycle_visits", "silent_days", "v7", "v14", "v28"), 0),
    **dict.fromkeys(("baseline_visits", "gap_span", "gap_count", "tenure"), 0),
    "d_star": 7,
}


def refresh_cycles(session: Session, part: Slice, day: date) -> None:
    """Each member of the slice has a row of facts with the cycle of the day; others have none.

    Only cycles that are not as they were the night before are written.
    """
    dialect = session.get_bind().dialect.name
    make: Any = sqlite_insert if dialect == "sqlite" else pg_insert
    source = _changed_cycles(part, day)
    statement = make(MemberFacts).from_select(
        [column.name for column in source.selected_columns], source, include_defaults=False
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[MemberFacts.person_id],
            set_={name: statement.excluded[name] for name in CYCLE},
        )
    )
    session.execute(
        delete(MemberFacts).where(
            part.holds(MemberFacts.person_id, MemberFacts.club_id),
            ~_memberships(part, day).where(Contract.person_id == MemberFacts.person_id).exists(),
        )
    )


def _changed_cycles(part: Slice, day: date) -> Select[Any]:
    found = _current_cycles(part, day).subquery("found")
    fresh: list[ColumnElement[Any]] = [literal(day, Date()).label("as_of")]
    fresh += [literal(value, Integer()).label(name) for name, value in UNCOUNTED.items()]
    return (
        select(*found.c, *fresh)
        .outerjoin(MemberFacts, MemberFacts.person_id == found.c.person_id)
        .where(
            or_(
                MemberFacts.person_id.is_(None),
                *(getattr(MemberFacts, name).is_distinct_from(found.c[name]) for name in CYCLE),
            )
        )
    )


def _memberships(part: Slice, day: date) -> Select[Any]:
    """Return the contracts of people at home here that make or made them members."""
    return (
        select(Contract.id)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .join(Person, Person.id == Contract.person_id)
        .where(
            part.holds(Person.id, Person.club_id),
            Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
            Plan.kind.in_(MEMBERSHIPS),
            Contract.starts_on <= day,
        )
    )


def _contracts(part: Slice, day: date) -> Any:
    """Number each membership of each person and mark those that begin after a long break."""
    mine: dict[str, Any] = {"partition_by": Contract.person_id}
    in_order: dict[str, Any] = {**mine, "order_by": (Contract.starts_on, Contract.id)}
    end = func.coalesce(Contract.ends_on, literal(FAR, Date()), type_=Date())
    covered = func.max(end, type_=Date()).over(**in_order, rows=(None, -1))
    last_day = case(
        (or_(Contract.ends_on.is_(None), Contract.ends_on > day), literal(day, Date())),
        else_=Contract.ends_on,
    )
    rolling = case(
        (
            Plan.kind == PlanKind.RECURRING,
            days_between(last_day, Contract.starts_on) / literal(RELATIONSHIP_YEAR),
        ),
        else_=0,
    )
    return (
        _memberships(part, day)
        .with_only_columns(
            Contract.id,
            Contract.person_id,
            Contract.starts_on,
            end.label("end_on"),
            cast(rolling, Integer).label("years"),
            func.row_number().over(**in_order).label("number"),
            func.row_number()
            .over(**mine, order_by=(Contract.starts_on.desc(), Contract.id.desc()))
            .label("from_last"),
            case(
                (covered.is_(None), 1),
                (days_between(Contract.starts_on, covered) > BREAK_DAYS, 1),
                else_=0,
            ).label("begins_chain"),
        )
        .subquery("signed")
    )


def _current_cycles(part: Slice, day: date) -> Select[Any]:
    signed = _contracts(part, day)
    running = func.sum(signed.c.begins_chain).over(
        partition_by=signed.c.person_id, order_by=(signed.c.starts_on, signed.c.id)
    )
    years_so_far = func.sum(signed.c.years).over(
        partition_by=signed.c.person_id, order_by=(signed.c.starts_on, signed.c.id)
    )
    numbered = select(signed, running.label("chain"), years_so_far.label("years_so_far")).subquery(
        "numbered"
    )
    chain: dict[str, Any] = {"partition_by": (numbered.c.person_id, numbered.c.chain)}
    in_chain = func.count().over(**chain) - 1 + func.sum(numbered.c.years).over(**chain)
    spans = select(
        numbered,
        func.min(numbered.c.starts_on).over(**chain).label("joined_on"),
        func.max(numbered.c.end_on, type_=Date()).over(**chain).label("chain_end"),
        in_chain.label("renewals"),
    ).subquery("spans")
    frozen = exists().where(
        Block.person_id == spans.c.person_id,
        Block.owner == BlockOwner.FREEZE,
        Block.lifted_at.is_(None),
        Block.from_on <= day,
        or_(Block.until_on.is_(None), Block.until_on >= day),
    )
    return select(
        spans.c.person_id.label("person_id"),
        literal(part.club_id, Integer()).label("club_id"),
        spans.c.id.label("contract_id"),
        _whole(spans.c.number + spans.c.years_so_far).label("cycle_no"),
        spans.c.starts_on.label("starts_on"),
        case((spans.c.chain_end == FAR, null()), else_=spans.c.chain_end).label("ends_on"),
        spans.c.joined_on.label("joined_on"),
        case((spans.c.renewals == 0, literal(True)), else_=literal(False)).label("is_onboarding"),
        _whole(spans.c.renewals).label("renewals"),
        frozen.label("is_frozen"),
    ).where(spans.c.from_last == 1)


def _whole(expression: ColumnElement[Any]) -> ColumnElement[int]:
    # PostgreSQL sums integers to numeric.
    return cast(expression, Integer)
