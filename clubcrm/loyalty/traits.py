"""Queries room: what people may be chosen by: points, and whom they brought or were brought by."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, case, func, literal, select

from clubcrm.loyalty.models import PointEntry, Referral
from clubcrm.loyalty.rules.points import PointKind
from clubcrm.loyalty.rules.referrals import ReferralState
from clubcrm.people.models import Person
from clubcrm.people.rules.trait_kinds import TraitKind
from clubcrm.people.traits import Ground, Trait

GROUP = "loyalty"
Rows = Select[*tuple[Any, ...]]


def _balance(ground: Ground) -> Rows:
    return (
        select(PointEntry.person_id, func.sum(PointEntry.delta))
        .join(Person, Person.id == PointEntry.person_id)
        .where(Person.club_id == ground.club_id)
        .group_by(PointEntry.person_id)
    )


def _earned(ground: Ground) -> Rows:
    return (
        select(PointEntry.person_id, func.sum(PointEntry.delta))
        .join(Person, Person.id == PointEntry.person_id)
        .where(
            Person.club_id == ground.club_id,
            PointEntry.kind.in_([PointKind.EARN, PointKind.REVERSE]),
            PointEntry.day >= ground.since,
        )
        .group_by(PointEntry.person_id)
    )


def _lapsing(ground: Ground) -> Rows:
    return (
        select(PointEntry.person_id, func.min(PointEntry.expires_on))
        .join(Person, Person.id == PointEntry.person_id)
        .where(
            Person.club_id == ground.club_id,
            PointEntry.kind == PointKind.EARN,
            PointEntry.expires_on >= ground.today,
        )
        .group_by(PointEntry.person_id)
    )


def _brought(ground: Ground) -> Rows:
    return (
        select(Referral.host_id.label("person_id"), func.count())
        .where(Referral.club_id == ground.club_id, Referral.came_at >= ground.since_at)
        .group_by(Referral.host_id)
    )


def _stayed(ground: Ground) -> Rows:
    thanked = case((Referral.state == ReferralState.REWARDED, 1), else_=0)
    return (
        select(Referral.host_id.label("person_id"), func.sum(thanked))
        .where(Referral.club_id == ground.club_id)
        .group_by(Referral.host_id)
    )


def _was_brought(ground: Ground) -> Rows:
    return select(Referral.friend_id.label("person_id"), literal(1)).where(
        Referral.club_id == ground.club_id
    )


TRAITS: tuple[Trait, ...] = (
    Trait("points", GROUP, _l("Points held"), TraitKind.NUMBER, _balance),
    Trait("points_earned", GROUP, _l("Points earned"), TraitKind.NUMBER, _earned, window=365),
    Trait("points_lapse", GROUP, _l("Next points lapse"), TraitKind.DAY, _lapsing, zero=False),
    Trait("friends_brought", GROUP, _l("Friends brought"), TraitKind.NUMBER, _brought, window=365),
    Trait("friends_stayed", GROUP, _l("Friends brought who stayed"), TraitKind.NUMBER, _stayed),
    Trait("was_brought", GROUP, _l("Was brought by a friend"), TraitKind.YES, _was_brought),
)
