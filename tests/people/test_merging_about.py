"""Two records of Mia that carry tags, own fields and ties become one, and come apart again."""

import pytest
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.people.about_tables import OwnValue, PersonTag, Tie
from clubcrm.people.merging import merge
from clubcrm.people.models import Person
from clubcrm.people.own_fields import FieldOrder, add_field, fill_in
from clubcrm.people.rules.own_fields import OwnKind
from clubcrm.people.rules.ties import TieKind
from clubcrm.people.tagging import put_tag, tie_people
from clubcrm.people.unmerging import undo_merge
from tests.cast import Cast, make_member

pytestmark = pytest.mark.usefixtures("unit")
MAX = "user:2"


def rows() -> list[list[tuple[object, ...]]]:
    """Return every tag, value and tie of people."""
    db.session.flush()
    return [
        sorted(map(tuple, db.session.execute(select(table.__table__))), key=repr)
        for table in (PersonTag, OwnValue, Tie)
    ]


def test_tags_fields_and_ties_follow_the_record_that_stays_and_come_back(cast: Cast) -> None:
    mia = db.session.get_one(Person, cast.members["Mia"])
    again = make_member("Mia", "Rahmann", club=cast.club)
    ben = make_member("Ben", club=cast.club)
    goal = add_field(FieldOrder("Goal", OwnKind.TEXT), by=MAX)
    put_tag(mia, "VIP", by=MAX)
    for tag in ("VIP", "Marathon"):
        put_tag(again, tag, by=MAX)
    fill_in(mia, {goal.public_id: "Strength"}, role="owner", by=MAX)
    fill_in(again, {goal.public_id: "Weight"}, role="owner", by=MAX)
    tie_people(again, ben, TieKind.FRIEND)
    tie_people(mia, again, TieKind.SIBLING)
    before = rows()

    made = merge(mia, again, {}, by=MAX)

    tags, values, ties = rows()
    assert sorted(row[0] for row in tags) == [mia.id, mia.id]
    assert [(row[0], row[2]) for row in values] == [(mia.id, "Strength")]
    assert {mia.id, ben.id} in [{row[1], row[2]} for row in ties]
    assert all(row[1] != row[2] for row in ties), "nobody is tied to himself"
    undo_merge(made, by=MAX)
    assert rows() == before
