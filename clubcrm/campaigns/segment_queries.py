"""Queries room: segments of a club, the people of one, how many there are and were."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from clubcrm.campaigns.compiling import count_of, people_of
from clubcrm.campaigns.models import Segment, SegmentCount
from clubcrm.campaigns.rules.tree import Group, conditions_of, from_values
from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person
from clubcrm.people.traits import Ground, Trait, known_traits


def ground_of(club: Club) -> Ground:
    """Return where and when people of the club are chosen: here and today."""
    return Ground(club.id, clock.today(club.zone), club.zone, club.currency)


def count_people(tree: Group, ground: Ground) -> int:
    """Return how many people of the club the rule holds for now."""
    return int(db.session.execute(count_of(tree, ground, _traits_of(tree))).scalar_one())


def page_of_people(
    tree: Group, ground: Ground, after: tuple[str, int] | None, limit: int
) -> list[int]:
    """Return the ids of one page of the people by name, those behind the key `after`."""
    chosen = people_of(tree, ground, _traits_of(tree))
    if after is not None:
        chosen = chosen.where(tuple_(Person.sort_name, Person.id) > after)
    return list(db.session.scalars(chosen.order_by(Person.sort_name, Person.id).limit(limit)))


def all_people(session: Session, tree: Group, ground: Ground) -> Sequence[int]:
    """Return the ids of everybody the rule holds for, in their order of joining us."""
    return session.scalars(people_of(tree, ground, _traits_of(tree)).order_by(Person.id)).all()


def _traits_of(tree: Group) -> Mapping[str, Trait]:
    return known_traits({one.trait for one in conditions_of(tree)})


def tree_of(segment: Segment) -> Group:
    """Return the rule of a segment as a tree."""
    return from_values(segment.rule)


def segment_for(scope: Scope, public_id: str, me: str) -> Segment | None:
    """Return a segment of the scope that this person may see."""
    if not (public_id.isascii() and public_id.isalnum()):
        return None
    return db.session.scalars(
        select(Segment).where(
            Segment.public_id == public_id,
            Segment.club_id.in_(scope.club_ids),
            _seen_by(me),
        )
    ).first()


def segments_of(club_id: int, me: str) -> Sequence[Segment]:
    """Return the segments of a club in use that this person may see, by name."""
    return db.session.scalars(
        select(Segment)
        .where(Segment.club_id == club_id, Segment.active, _seen_by(me))
        .order_by(Segment.name)
    ).all()


def _seen_by(me: str) -> ColumnElement[bool]:
    return or_(Segment.shared, Segment.made_by == me)


def newest_counts(segment_ids: Sequence[int]) -> Mapping[int, SegmentCount]:
    """Return the last count of each segment that was ever counted."""
    rows = db.session.scalars(
        select(SegmentCount)
        .where(SegmentCount.segment_id.in_(segment_ids))
        .order_by(SegmentCount.day)
    )
    return {one.segment_id: one for one in rows}


def counts_since(segment_id: int, first: date) -> Sequence[tuple[date, int]]:
    """Return day and number of each count of a segment since the day, in order."""
    rows = db.session.execute(
        select(SegmentCount.day, SegmentCount.people)
        .where(SegmentCount.segment_id == segment_id, SegmentCount.day >= first)
        .order_by(SegmentCount.day)
    )
    return [(row[0], row[1]) for row in rows]


def segment_ids_of(session: Session, club_id: int) -> Sequence[int]:
    """Return the segments of a club that are counted each night."""
    return session.scalars(
        select(Segment.id).where(Segment.club_id == club_id, Segment.active).order_by(Segment.id)
    ).all()
