"""Jobs of people: doubles are looked for, merges settled, and the forgotten are let go in time."""

from contextlib import suppress

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.jobs import JobContext, Outcome
from clubcrm.people.documents import document_file, forget_removed
from clubcrm.people.doubles import find_doubles
from clubcrm.people.erasing import erase_person, forget_papers
from clubcrm.people.looking import forget_looks
from clubcrm.people.merge_tables import PersonMerge
from clubcrm.people.merging import follow_merge, seal_merge
from clubcrm.people.privacy_tables import Erasure
from clubcrm.people.queries.merges import standing_merges, unsealed_merges
from clubcrm.people.queries.privacy import forgettable, keep_times, papers_over

MOST_A_NIGHT = 50


def find_new_doubles(context: JobContext) -> Outcome:
    """The list of likely doubles of the club is up to date."""
    assert context.club_id is not None  # noqa: S101 - a daily job has a club
    with context.unit():
        return Outcome(done=find_doubles(context.club_id))


def keep_privacy(context: JobContext) -> Outcome:
    """Whom the club has not heard of for the set years is erased, old papers have lost the name.

    Documents taken off long ago are gone, and so is who looked at whom in earlier years.
    """
    assert context.club_id is not None and context.day is not None  # noqa: S101, PT018 - daily
    with unit_of_work(write=False):
        people = forgettable(context.club_id, context.day, MOST_A_NIGHT)
        papers = papers_over(context.club_id, context.day)
    done = 0
    for person_id in people:
        # Whoever still owes or has a contract is asked about again tomorrow: that is no failure.
        with suppress(DomainError):
            erase_person(person_id, "retention", by="system")
            done += 1
    with context.unit():
        files = forget_removed()
        done += len(files) + forget_looks(
            context.club_id, round(365.25 * keep_times(context.club_id).look_years)
        )
    for path in files:
        document_file(path).unlink(missing_ok=True)
    for erasure_id in papers:
        with context.unit() as session:
            done += forget_papers(session.get_one(Erasure, erasure_id))
    return Outcome(done=done)


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
