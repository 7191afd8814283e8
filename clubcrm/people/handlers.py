"""Reactions of people to facts: what was on its way to a record that is gone follows it."""

from clubcrm.core.db import db
from clubcrm.people.events import PeopleMerged
from clubcrm.people.merge_tables import PersonMerge
from clubcrm.people.merging import follow_merge


def on_people_merged(fact: PeopleMerged) -> None:
    """Whatever was written for the record that is gone while the two were joined follows it."""
    made = db.session.get(PersonMerge, fact.merge_id)
    if made is not None and made.undone_at is None:
        follow_merge(made)
