"""Queries room: codes, who brought whom, what was given for it and what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.text import clean
from clubcrm.loyalty.models import Referral, ReferralCode, ReferralReward
from clubcrm.loyalty.rules.referrals import ReferralState, Side
from clubcrm.people.models import Person
from memberships.contracts.models import Contract


@dataclass(frozen=True, slots=True)
class Brought:
    """One recommendation with the rewards of both sides."""

    referral: Referral
    host: ReferralReward | None
    friend: ReferralReward | None


@dataclass(frozen=True, slots=True)
class HostTotal:
    """What somebody has brought within a time, and what it cost and brought in."""

    host_id: int
    came: int
    signed: int
    rewarded: int
    cost_minor: int
    sold_minor: int


def newest_code(person_id: int) -> str | None:
    """Return the code that a member tells his friends, if he has one."""
    return db.session.scalars(
        select(ReferralCode.code)
        .where(ReferralCode.person_id == person_id)
        .order_by(ReferralCode.id.desc())
        .limit(1)
    ).first()


def fold_code(typed: str) -> str:
    """Return a code as it is kept, however it was typed."""
    return clean(typed, "code", longest=40).replace(" ", "").replace("-", "").upper()


def host_of_code(typed: str) -> Person | None:
    """Return whose code it is, None for one that nobody has."""
    return db.session.scalars(
        select(Person)
        .join(ReferralCode, ReferralCode.person_id == Person.id)
        .where(ReferralCode.code == fold_code(typed))
    ).first()


def referral_of(friend_id: int) -> Referral | None:
    """Return by whom somebody was brought, if he was."""
    return db.session.scalars(select(Referral).where(Referral.friend_id == friend_id)).first()


def referral_for(scope: Scope, public_id: str) -> Referral | None:
    """Return a recommendation of these clubs."""
    return db.session.scalars(
        select(Referral).where(
            Referral.public_id == public_id, Referral.club_id.in_(scope.club_ids)
        )
    ).first()


def brought_by(host_id: int) -> list[Brought]:
    """Return whom somebody has brought, the newest first."""
    rows = db.session.scalars(
        select(Referral).where(Referral.host_id == host_id).order_by(Referral.id.desc()).limit(100)
    ).all()
    return _with_rewards(rows)


def brought_page(
    club_ids: Sequence[int], state: ReferralState | None, before_id: int | None, limit: int
) -> list[Brought]:
    """Return recommendations of some clubs, the newest first."""
    wanted = select(Referral).where(Referral.club_id.in_(club_ids))
    if state is not None:
        wanted = wanted.where(Referral.state == state)
    if before_id is not None:
        wanted = wanted.where(Referral.id < before_id)
    return _with_rewards(db.session.scalars(wanted.order_by(Referral.id.desc()).limit(limit)).all())


def _with_rewards(rows: Sequence[Referral]) -> list[Brought]:
    rewards = db.session.scalars(
        select(ReferralReward).where(ReferralReward.referral_id.in_([one.id for one in rows]))
    )
    given = {(one.referral_id, one.side): one for one in rewards}
    return [
        Brought(one, given.get((one.id, Side.HOST)), given.get((one.id, Side.FRIEND)))
        for one in rows
    ]


def counts_by_state(club_id: int, since: datetime) -> dict[ReferralState, int]:
    """Return how many recommendations that came since then stand where."""
    rows = db.session.execute(
        select(Referral.state, func.count())
        .where(Referral.club_id == club_id, Referral.came_at >= since)
        .group_by(Referral.state)
    )
    return {state: int(count) for state, count in rows}


def totals_by_host(club_id: int, since: datetime) -> list[HostTotal]:
    """Return who has brought people since then, how many, at what cost, for which sales."""
    cost = (
        select(ReferralReward.referral_id, func.sum(ReferralReward.cost_minor).label("minor"))
        .group_by(ReferralReward.referral_id)
        .subquery()
    )
    signed = func.count(Referral.contract_id)
    rewarded = func.count(cost.c.referral_id)
    rows = db.session.execute(
        select(
            Referral.host_id,
            func.count(),
            signed,
            rewarded,
            func.coalesce(func.sum(cost.c.minor), 0),
            func.coalesce(func.sum(Contract.price_minor), 0),
        )
        .outerjoin(cost, cost.c.referral_id == Referral.id)
        .outerjoin(Contract, Contract.id == Referral.contract_id)
        .where(Referral.club_id == club_id, Referral.came_at >= since)
        .group_by(Referral.host_id)
        .order_by(signed.desc(), func.count().desc(), Referral.host_id)
        .limit(200)
    )
    return [HostTotal(*(int(value) for value in row)) for row in rows]


def rewards_since(host_id: int, since: datetime) -> int:
    """Return how many rewards somebody has had for bringing people since then."""
    found = db.session.scalar(
        select(func.count()).where(
            ReferralReward.person_id == host_id,
            ReferralReward.side == Side.HOST,
            ReferralReward.at >= since,
        )
    )
    return int(found or 0)


def thanked_at(host_id: int) -> datetime | None:
    """Return when somebody was last thanked for bringing a friend."""
    return db.session.scalar(
        select(ReferralReward.at)
        .where(ReferralReward.person_id == host_id, ReferralReward.side == Side.HOST)
        .order_by(ReferralReward.id.desc())
        .limit(1)
    )


def waiting_hosts(club_id: int) -> Sequence[int]:
    """Return the recommendations of a club whose hosts are thanked after their next payment."""
    return db.session.scalars(
        select(Referral.id)
        .where(
            Referral.club_id == club_id,
            Referral.state == ReferralState.REWARDED,
            Referral.why == "host_pays",
        )
        .order_by(Referral.settled_at, Referral.id)
    ).all()


def waiting_referrals(club_id: int) -> Sequence[int]:
    """Return the recommendations of a club whose friends have signed and are not thanked yet."""
    return db.session.scalars(
        select(Referral.id)
        .where(Referral.club_id == club_id, Referral.state == ReferralState.SIGNED)
        .order_by(Referral.due_on, Referral.id)
    ).all()


def codeless_members(club_id: int, today: date, limit: int) -> Sequence[int]:
    """Return members of a club with a contract that runs and no code yet."""
    runs = (Contract.ends_on.is_(None)) | (Contract.ends_on >= today)
    return db.session.scalars(
        select(Contract.person_id)
        .outerjoin(ReferralCode, ReferralCode.person_id == Contract.person_id)
        .where(
            Contract.club_id == club_id,
            Contract.state == "signed",
            runs,
            ReferralCode.id.is_(None),
        )
        .distinct()
        .order_by(Contract.person_id)
        .limit(limit)
    ).all()


def broken_referrals() -> list[str]:
    """Return recommendations that were thanked twice, too soon, or without their contract."""
    early = select(Referral.public_id).where(
        Referral.state == ReferralState.REWARDED,
        (Referral.contract_id.is_(None)) | (Referral.settled_at.is_(None)),
    )
    strangers = (
        select(ReferralReward.id)
        .join(Referral, Referral.id == ReferralReward.referral_id)
        .where(Referral.state != ReferralState.REWARDED)
    )
    return [
        *(f"referral {one}: thanked without a contract" for one in db.session.scalars(early)),
        *(f"reward {one}: given before it was earned" for one in db.session.scalars(strangers)),
    ]


def thanked_as_friends(kept_id: int, gone_id: int) -> bool:
    """Return whether both were brought by somebody and rewards hang on it."""
    found = db.session.scalar(
        select(func.count())
        .select_from(Referral)
        .join(ReferralReward, ReferralReward.referral_id == Referral.id)
        .where(Referral.friend_id == gone_id)
    )
    return bool(found) and referral_of(kept_id) is not None
