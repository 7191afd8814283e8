"""Services room: a segment is counted: read first, then written, so that no turnstile waits."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from clubcrm.campaigns.models import Segment
from clubcrm.campaigns.segment_queries import count_people, ground_of, tree_of
from clubcrm.campaigns.segment_services import keep_count, places_at_fault
from clubcrm.core.clubs import Club
from clubcrm.core.db import unit_of_work

Unit = Callable[[], AbstractContextManager[Session]]


def count_now(segment_id: int, unit: Unit = unit_of_work) -> int | None:
    """Today's number of the segment stands in the store; None for a rule that fits no more."""
    with unit_of_work(write=False) as session:
        segment = session.get_one(Segment, segment_id)
        tree = tree_of(segment)
        if places_at_fault(tree, segment.club_id):
            return None
        ground = ground_of(session.get_one(Club, segment.club_id))
        people = count_people(tree, ground)
    with unit():
        keep_count(segment_id, ground.today, people)
    return people
