"""Queries room: the situation of a few members at once, as the rules want to see it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import Date, and_, func, or_, select
from sqlalchemy.orm import Session

from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchState
from clubcrm.journeys.queries import MEMBERSHIPS
from clubcrm.journeys.rules.touchpoints import (
    FIRST_CALL,
    FIRST_CALL_DAY,
    FIRST_NUDGE_DAY,
    SILENCE_VALID_DAYS,
    Code,
    CycleFacts,
    Said,
    Why,
)
from clubcrm.journeys.rules.verdicts import Situation
from clubcrm.journeys.sql import FAR
from clubcrm.messaging.queries import OFFERED, reach_of
from clubcrm.messaging.rules.channels import NoWay, PersonReach, pick_channel
from clubcrm.people.models import Purpose
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract, Plan, PlanVersion
from memberships.contracts.rules import ContractState

# After this many days past its last useful day a missed touchpoint is not even mentioned.
MENTION_DAYS = 7
CONTACT_DAYS = 365
# The last day of somebody whose contracts were all made void.
OVER = date.min
SPOKEN = (TouchState.PLANNED, TouchState.QUEUED, TouchState.DELIVERED)
SILENCING = (BlockOwner.BAN, BlockOwner.STAFF_STOP, BlockOwner.MEDICAL)


def candidates(session: Session, club_id: int, day: date) -> Sequence[int]:
    """Return the members whose facts may call for a touchpoint, out of all of the club."""
    never_seen = and_(
        MemberFacts.is_onboarding,
        MemberFacts.visits == 0,
        MemberFacts.silent_days >= FIRST_NUDGE_DAY,
        MemberFacts.silent_days <= FIRST_CALL_DAY + FIRST_CALL.valid_days + MENTION_DAYS,
    )
    silent = and_(
        MemberFacts.visits > 0,
        MemberFacts.silence_alarm_on.is_not(None),
        MemberFacts.silent_days <= MemberFacts.d_star + SILENCE_VALID_DAYS + MENTION_DAYS,
    )
    return session.scalars(
        select(MemberFacts.person_id)
        .where(
            MemberFacts.club_id == club_id,
            MemberFacts.as_of == day,
            or_(MemberFacts.ends_on.is_(None), MemberFacts.ends_on >= day),
            or_(never_seen, silent),
        )
        .order_by(MemberFacts.person_id)
    ).all()


def situations(session: Session, people: Iterable[int], day: date) -> dict[int, Situation]:
    """Return what is known of each of the people who is a member, in a fixed number of selects."""
    ids = list(people)
    rows = session.scalars(
        select(MemberFacts)
        .where(MemberFacts.person_id.in_(ids))
        .order_by(MemberFacts.person_id)
        .execution_options(populate_existing=True)
    ).all()
    touches = _touches(session, ids)
    reaches = reach_of(ids, Purpose.MARKETING)
    blocks = _blocks(session, ids, day)
    ends = _ends(session, ids, day)
    return {
        row.person_id: Situation(
            facts=_facts(
                row, ends.get(row.person_id, OVER), blocks[row.person_id], reaches[row.person_id]
            ),
            said=_said(row, touches[row.person_id]),
            contacts=_contacts(touches[row.person_id], day),
            no_way=_no_way(reaches[row.person_id]),
        )
        for row in rows
    }


def _facts(
    row: MemberFacts, ends_on: date, blocks: set[BlockOwner], reach: PersonReach
) -> CycleFacts:
    if row.starts_on is None:
        raise ValueError(f"member {row.person_id} has facts without a cycle")
    return CycleFacts(
        person_id=row.person_id,
        cycle_no=row.cycle_no,
        starts_on=row.starts_on,
        ends_on=None if ends_on == FAR else ends_on,
        onboarding=row.is_onboarding,
        visits=row.visits,
        silent_days=row.silent_days,
        d_star=row.d_star,
        last_visit_on=row.last_visit_on,
        frozen=BlockOwner.FREEZE in blocks,
        blocked=not blocks.isdisjoint(SILENCING),
        do_not_contact=reach.do_not_contact,
    )


def _said(row: MemberFacts, touches: Sequence[Touchpoint]) -> tuple[Said, ...]:
    return tuple(
        Said(Code(one.code), one.occurrence, one.planned_on, spoken=one.state in SPOKEN)
        for one in touches
        if one.cycle_no == row.cycle_no
    )


def _contacts(touches: Sequence[Touchpoint], day: date) -> list[date]:
    since = day - timedelta(days=CONTACT_DAYS)
    return [
        one.planned_on for one in touches if one.state in SPOKEN and since < one.planned_on <= day
    ]


def _no_way(reach: PersonReach) -> Why | None:
    way = pick_channel(reach, OFFERED)
    return Why(way.value) if isinstance(way, NoWay) else None


def _touches(session: Session, people: Sequence[int]) -> dict[int, list[Touchpoint]]:
    found: dict[int, list[Touchpoint]] = defaultdict(list)
    for one in session.scalars(
        select(Touchpoint).where(Touchpoint.person_id.in_(people)).order_by(Touchpoint.id)
    ):
        found[one.person_id].append(one)
    return found


def _ends(session: Session, people: Sequence[int], day: date) -> dict[int, date]:
    """Return the last day of each person's memberships as they stand now, not as of last night."""
    last = func.max(func.coalesce(Contract.ends_on, FAR), type_=Date())
    rows = session.execute(
        select(Contract.person_id, last)
        .join(PlanVersion, PlanVersion.id == Contract.plan_version_id)
        .join(Plan, Plan.id == PlanVersion.plan_id)
        .where(
            Contract.person_id.in_(people),
            Contract.state.in_((ContractState.SIGNED, ContractState.ENDED)),
            Plan.kind.in_(MEMBERSHIPS),
            Contract.starts_on <= day,
        )
        .group_by(Contract.person_id)
    )
    return {row[0]: row[1] for row in rows}


def _blocks(session: Session, people: Sequence[int], day: date) -> dict[int, set[BlockOwner]]:
    found: dict[int, set[BlockOwner]] = defaultdict(set)
    for person, owner in session.execute(
        select(Block.person_id, Block.owner).where(
            Block.person_id.in_(people),
            Block.owner.in_((BlockOwner.FREEZE, *SILENCING)),
            Block.lifted_at.is_(None),
            Block.from_on <= day,
            or_(Block.until_on.is_(None), Block.until_on >= day),
        )
    ):
        found[person].add(owner)
    return found


def open_touchpoints(session: Session, person_id: int) -> Sequence[Touchpoint]:
    """Return the person's touchpoints that have not come to rest."""
    return session.scalars(
        select(Touchpoint)
        .where(
            Touchpoint.person_id == person_id,
            Touchpoint.state.in_((TouchState.PLANNED, TouchState.QUEUED)),
        )
        .order_by(Touchpoint.id)
    ).all()
