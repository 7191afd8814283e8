"""In a club where every table has rows, merges forget no table and an undo restores them all."""

import hashlib
from itertools import pairwise

from sqlalchemy import select

from clubcrm.core.db import Model, db, unit_of_work
from clubcrm.people.merging import merge
from clubcrm.people.models import Person
from clubcrm.people.queries.merges import merge_stops, moved_counts
from clubcrm.people.queries.ties import Tie, colliding_rows, ledgers, ties
from clubcrm.people.rules.drafts import PersonDraft
from clubcrm.people.services import register
from clubcrm.people.unmerging import undo_merge

TELLS = {"person_merge", "person_merge_part", "audit_line", "event", "delivery"}


def sums() -> dict[str, str]:
    """Return a sum of the rows of each table that does not tell of merges."""
    return {
        name: hashlib.sha256(
            repr(sorted(repr(tuple(row)) for row in db.session.execute(select(table)))).encode()
        ).hexdigest()
        for name, table in Model.metadata.tables.items()
        if name not in TELLS
    }


def people_of_every_table() -> list[int]:
    """Return people who together have rows in every column that points to a person."""
    chosen: list[int] = []
    for table, column in ties():
        if table.name in TELLS:
            continue
        rows = db.session.execute(
            select(column).where(column.is_not(None)).distinct().order_by(column)
        )
        ids = list(rows.scalars())
        if ids and not set(ids) & set(chosen):
            chosen.append(ids[0])
    return chosen


def test_no_table_is_forgotten_and_undo_restores_each(grown: dict[str, int]) -> None:
    with unit_of_work():
        people = people_of_every_table()
        for gone_id in people:
            gone = db.session.get_one(Person, gone_id)
            register(PersonDraft("Second", f"Record {gone_id}"), gone.club_id)
        before = sums()
        made = []
        for gone_id in people:
            gone = db.session.get_one(Person, gone_id)
            name = f"Record {gone_id}"
            kept = db.session.scalars(select(Person).where(Person.family_name == name)).one()
            # The nameless buyer of a counter is nobody's second record.
            if gone.sort_name:
                made.append(merge(kept, gone, {}, by="test"))
        left = {one.gone_id: moved_counts(one.gone_id) for one in made}
        for one in reversed(made):
            undo_merge(one, by="test")
        after = sums()

    assert len(made) > 5
    assert {gone: counts for gone, counts in left.items() if counts} == {}
    assert {name for name in before if before[name] != after[name]} == set()


def test_two_members_with_histories_become_one_and_come_apart(grown: dict[str, int]) -> None:
    """What collides, such as visits on the same day, is set aside or counted apart."""
    with unit_of_work():
        before, pairs = sums(), 0
        for kept, gone in members_side_by_side():
            if merge_stops(kept, gone):
                continue
            pairs += 1
            made = merge(kept, gone, {}, by="test")
            left = moved_counts(made.gone_id)
            undo_merge(made, by="test")
            assert set(left) <= {name for name in left if name in ledgers()}
            if pairs == 6:
                break
        after = sums()

    assert pairs == 6
    assert {name for name in before if before[name] != after[name]} == set()


def members_side_by_side() -> list[tuple[Person, Person]]:
    """Return pairs of people of one club who collide in some table."""
    people = list(
        db.session.scalars(select(Person).where(Person.sort_name > "").order_by(Person.id))
    )
    pairs = [(one, other) for one, other in pairwise(people) if one.club_id == other.club_id]
    return [pair for pair in pairs if any(_collide(tie, pair) for tie in ties())][:40]


def _collide(tie: Tie, pair: tuple[Person, Person]) -> bool:
    return bool(colliding_rows(tie, pair[0].id, pair[1].id))
