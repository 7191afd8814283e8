"""Jobs of people: likely doubles are looked for each night, merges are settled after their time."""

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.people.doubles import find_doubles
from clubcrm.people.merge_tables import PersonMerge
from clubcrm.people.merging import follow_merge, seal_merge
from clubcrm.people.queries.merges import standing_merges, unsealed_merges


def find_new_doubles(context: JobContext) -> Outcome:
    """The list of likely doubles of the club is up to date."""
    assert context.club_id is not None  # noqa: S101 - a daily job has a club
    with context.unit():
        return Outcome(done=find_doubles(context.club_id))


def settle_merges(context: JobContext) -> Outcome:
    """Late rows have followed their merge; what an undo would need is let go in time."""
    with unit_of_work(write=False):
        ids = [made.id for made in standing_merges()]
        over = [made.id for made in unsealed_merges(clock.now())]
    done = 0
    for merge_id in ids:
        with context.unit() as session:
            done += follow_merge(session.get_one(PersonMerge, merge_id))
    for merge_id in over:
        with context.unit() as session:
            seal_merge(session.get_one(PersonMerge, merge_id))
        done += 1
    return Outcome(done=done)
