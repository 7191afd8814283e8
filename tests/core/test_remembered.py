"""What a unit of work has read once, and when it forgets it."""

import pytest
from sqlalchemy import event, text, update

from clubcrm.core import audit
from clubcrm.core.clubs import Club, ClubSetting, club_setting, set_club_setting
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.remembered import keep, recall, remembered
from clubcrm.people.models import Person
from clubcrm.people.queries.locks import held_person, lock_person


@pytest.fixture
def told(app):
    """Return what the store is told from now on."""
    heard: list[str] = []
    with app.app_context():
        engine = db.engine

    def hear(_connection, _cursor, statement, _values, _context, _many):
        heard.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    yield heard
    event.remove(engine, "before_cursor_execute", hear)


def test_a_unit_reads_once_and_the_next_one_anew(app):
    answers = iter((1, 2))

    with app.app_context():
        with unit_of_work(write=False):
            first = [remembered(("n",), lambda: next(answers)) for _ in range(2)]
        with unit_of_work(write=False):
            second = remembered(("n",), lambda: next(answers))

    assert (first, second) == ([1, 1], 2)


def test_settings_of_a_club_are_read_once_until_one_changes(app, cast, told):
    with app.app_context(), unit_of_work():
        seen = [club_setting(cast.club, name, 0) for name in ("a", "b", "a")]
        reads = sum("FROM club_setting" in one for one in told)
        set_club_setting(cast.club, "a", {"deep": [1]})
        given = club_setting(cast.club, "a", 0)
        given["deep"].append(2)
        again = club_setting(cast.club, "a", 0)
        db.session.execute(
            update(ClubSetting)
            .where(ClubSetting.club_id == cast.club)
            .values(value=7)
            .execution_options(synchronize_session=False)
        )

    assert (seen, reads) == ([0, 0, 0], 1)
    assert again == {"deep": [1]}
    with app.app_context(), unit_of_work(write=False):
        assert club_setting(cast.club, "a", 0) == 7


def test_a_person_is_locked_once_and_stays_the_same(app, cast, told):
    with app.app_context(), unit_of_work():
        assert held_person(cast.members["Mia"]) is None
        first = lock_person(cast.members["Mia"])
        locks = len(told)
        assert lock_person(cast.members["Mia"]) is first
        assert held_person(cast.members["Mia"]) is first
        assert len(told) == locks
        assert lock_person(10**6) is None


def test_a_club_stays_at_hand(app, cast, told):
    with app.app_context(), unit_of_work(write=False):
        names = [db.session.get_one(Club, cast.club).name for _ in range(3)]

    assert len(set(names)) == 1
    assert sum("FROM club" in one for one in told) == 1


def test_the_end_of_a_savepoint_forgets_what_may_be_undone(app, cast):
    with app.app_context():
        with unit_of_work() as session:
            audit.note("one", "thing", 1)
            within = session.begin_nested()
            keep(("within",), 1)
            audit.note("undone", "thing", 2)
            lock_person(cast.members["Mia"])
            within.rollback()
            assert recall(("within",)) is None
            assert held_person(cast.members["Mia"]) is None
            audit.note("two", "thing", 3)
            audit.note_many("many", "thing", [(4, {}), (5, {})], by="system")
            audit.note("three", "thing", 6)
        with unit_of_work(write=False):
            assert list(audit.verify()) == []
            assert db.session.execute(text("SELECT count(*) FROM audit_line")).scalar() >= 5


def test_a_persons_row_that_is_held_shows_its_own_changes(app, cast):
    with app.app_context(), unit_of_work():
        person = lock_person(cast.members["Mia"])
        assert person is not None
        person.desk_note = "Left her towel"
        db.session.flush()
        db.session.expire_all()
        again = lock_person(cast.members["Mia"])
        assert isinstance(again, Person)
        assert again.desk_note == "Left her towel"


def test_a_statement_on_a_watched_table_forgets_at_once(app, cast):
    with app.app_context(), unit_of_work():
        set_club_setting(cast.club, "a", 1)
        assert club_setting(cast.club, "a", 0) == 1
        db.session.execute(
            update(ClubSetting).where(ClubSetting.club_id == cast.club).values(value=7)
        )
        assert club_setting(cast.club, "a", 0) == 7


def test_what_was_changed_and_not_written_yet_counts(app, cast):
    with app.app_context(), unit_of_work() as session:
        set_club_setting(cast.club, "a", 1)
        assert club_setting(cast.club, "a", 0) == 1
        session.query(ClubSetting).filter_by(club_id=cast.club, name="a").one().value = 9
        assert club_setting(cast.club, "a", 0) == 9
