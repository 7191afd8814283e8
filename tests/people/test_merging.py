"""Mia stands in the books twice: the two records become one, and apart again if that was wrong."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DatabaseError

from access_control.models import VisitDay
from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.ledger_guards import CLOSED, guarded_tables
from clubcrm.people.consents import Answer, answer
from clubcrm.people.doubles import find_doubles, keep_apart
from clubcrm.people.merge_tables import DoublePair, PersonMerge
from clubcrm.people.merging import follow_merge, merge
from clubcrm.people.models import Channel, Consent, ContactPoint, Note, Person, Purpose
from clubcrm.people.queries.doubles import open_doubles
from clubcrm.people.queries.merges import moved_counts
from clubcrm.people.queries.persons import person_in
from clubcrm.people.queries.search import search
from clubcrm.people.queries.ties import ties
from clubcrm.people.remarks import add_note
from clubcrm.people.rules.drafts import PersonDraft
from clubcrm.people.services import register
from clubcrm.people.unmerging import undo_merge
from clubcrm.tables import METADATA
from tests.cast import Cast, make_member

pytestmark = pytest.mark.usefixtures("unit")
MAX = "user:2"
# What tells of the merge itself; everything else must be as it was.
TELLS = {"person_merge", "person_merge_part", "audit_line", "event", "delivery"}


def whole_store() -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table but those that tell of merges."""
    db.session.flush()
    return {
        name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
        for name, table in METADATA.tables.items()
        if name not in TELLS
    }


def second_mia(cast: Cast) -> Person:
    """Mia again, as the evening shift wrote her down: with a note, a consent and two visits."""
    mia = make_member(
        "Mia", "Rahmann", club=cast.club, phone="+8801711000001", email="mia@x.example"
    )
    mia.desk_note = "Has a sore knee"
    add_note(mia, "Wants a morning class", author_id=None)
    answer(mia, Answer(Channel.EMAIL, Purpose.MARKETING, True), by=MAX)
    for days in (3, 9):
        day = (clock.now() - timedelta(days=days)).date()
        db.session.add(VisitDay(person_id=mia.id, day=day, club_id=cast.club, visits=1))
    db.session.flush()
    return mia


def rows(model: type, person_id: int) -> int:
    """Return how many rows of the kind belong to the person."""
    owner = model.__table__.columns["person_id"]  # type: ignore[attr-defined]
    return len(db.session.execute(select(owner).where(owner == person_id)).all())


def test_everything_follows_the_record_that_stays(cast: Cast) -> None:
    mia, other = db.session.get_one(Person, cast.members["Mia"]), second_mia(cast)
    gone_id, gone_public = other.id, other.public_id

    merge(mia, other, {}, by=MAX)

    assert (rows(Note, mia.id), rows(Consent, mia.id), rows(VisitDay, mia.id)) == (1, 1, 2)
    assert moved_counts(gone_id) == {}
    assert (mia.full_name, mia.desk_note, mia.version) == ("Mia Rahman", "Has a sore knee", 2)
    values = select(ContactPoint.value).where(ContactPoint.person_id == mia.id)
    assert sorted(db.session.scalars(values)) == ["+8801711000001", "mia@x.example"]
    # Whoever still holds the old address of the card is led to the record that stays.
    assert person_in(Scope((cast.club,)), gone_public).id == mia.id
    assert [hit.id for hit in search(Scope((cast.club,)), "rahmann", 5)] == [mia.id]


def test_undo_gives_identical_records(cast: Cast) -> None:
    mia, other = db.session.get_one(Person, cast.members["Mia"]), second_mia(cast)
    both = clock.now() - timedelta(days=3)
    db.session.add(VisitDay(person_id=mia.id, day=both.date(), club_id=cast.club, visits=2))
    find_doubles(cast.club)
    before = whole_store()

    made = merge(mia, other, {"name": "gone"}, by=MAX)
    assert mia.family_name == "Rahmann"
    assert whole_store() != before
    undo_merge(made, by=MAX)

    assert whole_store() == before


def test_what_came_after_the_merge_stays_and_an_edit_is_not_lost(cast: Cast) -> None:
    mia, other = db.session.get_one(Person, cast.members["Mia"]), second_mia(cast)
    made = merge(mia, other, {}, by=MAX)
    add_note(mia, "Said so after the merge", author_id=None)
    mia.desk_note = "Knee is fine again"
    mia.version += 1
    db.session.flush()

    undo_merge(made, by=MAX)

    assert (mia.desk_note, other.desk_note) == ("Knee is fine again", "Has a sore knee")
    assert (rows(Note, mia.id), rows(Note, other.id), rows(VisitDay, other.id)) == (1, 1, 2)


def test_three_records_come_apart_in_any_order(cast: Cast) -> None:
    mia, second = db.session.get_one(Person, cast.members["Mia"]), second_mia(cast)
    third = make_member("Mia", "R.", club=cast.club)
    add_note(third, "The third one", author_id=None)
    before = whole_store()

    inner = merge(second, third, {}, by=MAX)
    outer = merge(mia, second, {}, by=MAX)
    assert (inner.kept_id, rows(Note, mia.id)) == (mia.id, 2)
    undo_merge(outer, by=MAX)
    assert (inner.kept_id, rows(Note, second.id), rows(Note, mia.id)) == (second.id, 2, 0)
    undo_merge(inner, by=MAX)

    assert whole_store() == before


def test_undo_ends_after_thirty_days_and_works_once(cast: Cast) -> None:
    mia, other = db.session.get_one(Person, cast.members["Mia"]), second_mia(cast)
    made = merge(mia, other, {}, by=MAX)

    later = clock.now() + timedelta(days=30, seconds=1)
    with time_machine.travel(later, tick=False), pytest.raises(DomainError, match="TOO_LATE"):
        undo_merge(made, by=MAX)
    undo_merge(made, by=MAX)

    with pytest.raises(DomainError, match="UNDONE"):
        undo_merge(made, by=MAX)


def test_f11_what_was_on_its_way_to_the_record_that_is_gone_lands_on_the_other(cast: Cast) -> None:
    mia, other = db.session.get_one(Person, cast.members["Mia"]), second_mia(cast)
    made = merge(mia, other, {}, by=MAX)
    # A terminal that decided before the merge tells of the visit afterwards.
    today = clock.now().date()
    db.session.add(VisitDay(person_id=made.gone_id, day=today, club_id=cast.club, visits=1))
    db.session.flush()

    assert follow_merge(made) == 1
    assert (rows(VisitDay, mia.id), rows(VisitDay, made.gone_id)) == (3, 0)
    undo_merge(made, by=MAX)
    assert (rows(VisitDay, mia.id), rows(VisitDay, made.gone_id)) == (0, 3)


def test_guest_and_host_are_never_one_person(cast: Cast) -> None:
    mia, other = db.session.get_one(Person, cast.members["Mia"]), second_mia(cast)
    other.guardian_id = mia.id
    db.session.flush()

    with pytest.raises(DomainError, match="act as different people"):
        merge(mia, other, {}, by=MAX)
    with pytest.raises(DomainError, match="one record already"):
        merge(mia, mia, {}, by=MAX)
    zia = db.session.get_one(Person, cast.members["Zia"])
    with pytest.raises(DomainError, match="different clubs"):
        merge(mia, zia, {}, by=MAX)


def test_a_wish_to_be_left_alone_survives_the_merge(cast: Cast) -> None:
    mia, other = db.session.get_one(Person, cast.members["Mia"]), second_mia(cast)
    other.do_not_contact = True
    db.session.flush()

    merge(mia, other, {}, by=MAX)

    assert mia.do_not_contact is True


def test_the_store_lets_ledgers_follow_a_merge_and_nothing_else(cast: Cast) -> None:
    mia, other = db.session.get_one(Person, cast.members["Mia"]), second_mia(cast)
    line = db.session.scalars(select(Consent).where(Consent.person_id == other.id)).one()
    stranger = make_member("Nadia", club=cast.club)
    db.session.flush()

    for change in (f"person_id = {stranger.id}", "given = false", "source = 'x'"):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE consent SET {change} WHERE id = {line.id}"))
    merge(mia, other, {}, by=MAX)

    assert rows(Consent, mia.id) == 1
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(text(f"DELETE FROM consent WHERE id = {line.id}"))


def test_every_ledger_about_people_follows_a_merge(cast: Cast) -> None:
    """A new ledger opens in its migration: `ledger_guards.open_for_people(op.get_bind())`."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        listing = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        listing = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    triggers = set(connection.execute(text(listing)).scalars())
    seen = inspect(connection)
    ledgers = guarded_tables(connection)
    about_people = {
        table
        for table in ledgers
        if any(key["referred_table"] == "person" for key in seen.get_foreign_keys(table))
    }

    assert "consent" in about_people
    assert CLOSED.isdisjoint(ledgers)
    assert {table for table in about_people if f"{table}_people" not in triggers} == set()


def test_finder_scores_pairs_with_reasons_and_leaves_families_alone(cast: Cast) -> None:
    club = cast.club
    nadia = register(PersonDraft("Nadia", "Sultana", "01711222333", "nadia@x.example"), club)
    again = register(PersonDraft("Sultana", "Nadya", "01711 222 333"), club)
    register(PersonDraft("Rafi", "Sultan", "01711222333"), club)  # her son, on her phone
    register(PersonDraft("Nadia", "Sultana", "01999888777"), club)  # a namesake

    assert find_doubles(club) == 1
    (found,) = open_doubles(Scope((club,)), 10)

    assert {found.one.id, found.other.id} == {nadia.id, again.id}
    assert (found.score, [each.value for each in found.reasons]) == (85, ["phone", "name"])
    assert find_doubles(club) == 0
    keep_apart(db.session.get_one(DoublePair, found.pair_id), by=MAX)
    assert open_doubles(Scope((club,)), 10) == []
    assert find_doubles(club) == 0


def test_a_pair_that_was_corrected_leaves_the_list(cast: Cast) -> None:
    register(PersonDraft("Nadia", "Sultana", "01711222333"), cast.club)
    again = register(PersonDraft("Nadia", "Sultana", "01711222333"), cast.club)
    find_doubles(cast.club)
    point = db.session.scalars(select(ContactPoint).where(ContactPoint.person_id == again.id)).one()
    db.session.delete(point)
    db.session.flush()

    find_doubles(cast.club)

    assert open_doubles(Scope((cast.club,)), 10) == []


def test_ties_name_every_column_that_points_to_a_person() -> None:
    names = {f"{table.name}.{column.name}" for table, column in ties()}

    assert {"visit.person_id", "invoice.payer_id", "guest_pass.host_id"} <= names
    assert "person_merge.gone_id" not in names
    assert PersonMerge.gone_id.foreign_keys
