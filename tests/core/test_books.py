"""The books: ledgers only grow, states move as allowed, the audit chain shows every cut."""

import threading

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from clubcrm.core import audit
from clubcrm.core.audit import AuditLine
from clubcrm.core.clock import now
from clubcrm.core.db import db, sorting_on_disk, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.ledger import LedgerError
from clubcrm.core.states import StateChange, move
from clubcrm.tasks.models import TASK_MOVES, Task, TaskState


@pytest.fixture
def chain(app, cast):
    """Six lines of the chain, written in three units of work."""
    with app.app_context():
        for number in range(3):
            with unit_of_work():
                audit.note("opened", "door", number, by="user:1")
                audit.note("shut", "door", number, before={"open": True}, after={"open": False})
        yield
        db.session.remove()


def faults():
    with unit_of_work(write=False):
        return [fault.why for fault in audit.verify()]


def tamper(*statements):
    """Do what somebody with the database file in hand could do."""
    with unit_of_work() as session:
        if db.engine.dialect.name == "sqlite":
            for verb in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS audit_line_no_{verb}"))
        else:
            session.execute(text("ALTER TABLE audit_line DISABLE TRIGGER ALL"))
        for statement in statements:
            session.execute(text(statement))


def test_untouched_chain_holds(chain):
    assert faults() == []


@pytest.mark.parametrize(
    "statements",
    [
        ("UPDATE audit_line SET actor = 'user:9' WHERE id = 3",),
        ("UPDATE audit_line SET after = NULL WHERE id = 4",),
        ("DELETE FROM audit_line WHERE id = 2",),
        ("DELETE FROM audit_line WHERE id = 1",),
        (
            "UPDATE audit_line SET id = 99 WHERE id = 2",
            "UPDATE audit_line SET id = 2 WHERE id = 3",
            "UPDATE audit_line SET id = 3 WHERE id = 99",
        ),
        ("UPDATE audit_line SET line_hash = 'f0f0' WHERE id = 5",),
    ],
    ids=["edited", "emptied", "cut out", "beheaded", "swapped", "forged"],
)
def test_tampered_chain_is_found(chain, statements):
    tamper(*statements)

    assert faults() != []


def note_and_fail():
    with unit_of_work():
        audit.note("opened", "door", 7)
        raise RuntimeError("power cut")


def test_lines_of_a_lost_unit_leave_no_gap(chain):
    with pytest.raises(RuntimeError, match="power cut"):
        note_and_fail()
    with unit_of_work():
        audit.note("opened", "door", 8)

    assert faults() == []


def test_chain_of_eight_writers_never_forks(chain, app):
    start = threading.Barrier(8)

    def write():
        with app.app_context():
            start.wait()
            for number in range(10):
                with unit_of_work():
                    audit.note("raced", "door", number)
            db.session.remove()

    threads = [threading.Thread(target=write) for _writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults() == []
    with unit_of_work(write=False) as session:
        assert len(session.scalars(select(AuditLine.id)).all()) == 86


def test_chain_without_its_lock_forks(chain):
    """The positive control: two lines that were written beside each other name one parent."""
    with unit_of_work() as session:
        last = session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
        for number in (1, 2):
            line = AuditLine(
                at=last.at, actor="x", action="x", subject_kind="x", subject_id=str(number),
                unit_id="", previous_hash=last.line_hash, line_hash="",
            )  # fmt: skip
            line.line_hash = audit._hash(line)
            session.add(line)

    assert faults() == ["the line before it is missing or was swapped"]


@pytest.mark.parametrize("statement", [update(AuditLine).values(actor="x"), delete(AuditLine)])
def test_store_itself_refuses_to_change_a_ledger(chain, statement):
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(statement)


def test_session_refuses_to_change_a_ledger_line(chain):
    with unit_of_work(write=False) as session:
        session.scalars(select(AuditLine)).first().actor = "x"
        with pytest.raises(LedgerError):
            session.flush()
    with unit_of_work(write=False) as session:
        session.delete(session.scalars(select(AuditLine)).first())
        with pytest.raises(LedgerError):
            session.flush()


def test_every_ledger_is_guarded_by_the_store(app, cast):
    with app.app_context(), unit_of_work(write=False) as session:
        if db.engine.dialect.name == "sqlite":
            query = "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        else:
            query = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        guarded = {row[0] for row in session.execute(text(query))}

    assert set(app.extensions["club_ledgers"]) <= guarded
    assert "audit_line" in guarded


@pytest.fixture
def task(unit, cast):
    """A task that lies open."""
    made = Task(club_id=cast.club, kind="call", title="Call Mia", source="test:1", due_at=now())
    db.session.add(made)
    db.session.flush()
    return made


def test_allowed_move_changes_state_and_history(task):
    move(task, TaskState.DONE, moves=TASK_MOVES, by="user:4", why="called her")

    change = db.session.scalars(select(StateChange)).one()
    assert (change.table_name, change.row_id) == ("task", task.id)
    assert (change.from_state, change.to_state) == ("open", "done")
    assert (change.by, change.why) == ("user:4", "called her")
    assert task.state is TaskState.DONE


def test_move_that_is_not_in_the_table_is_refused(task):
    move(task, TaskState.DONE, moves=TASK_MOVES, by="user:4")

    with pytest.raises(DomainError, match="From done this cannot become open"):
        move(task, TaskState.OPEN, moves=TASK_MOVES, by="user:4")

    assert len(db.session.scalars(select(StateChange)).all()) == 1


def test_row_moved_by_somebody_else_is_not_moved_again(task):
    db.session.execute(text("UPDATE task SET state = 'done'"))

    with pytest.raises(DomainError, match="Somebody else has just changed this"):
        move(task, TaskState.DONE, moves=TASK_MOVES, by="user:4")


def test_a_check_of_the_whole_store_sorts_on_disk_and_leaves_the_connection_as_it_was(app):
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL sorts on disk by itself")
        with unit_of_work(write=False) as session:
            asked = text("PRAGMA temp_store")
            before = session.scalar(asked)
            with sorting_on_disk():
                within = session.scalar(asked)
                largest_first = session.scalars(
                    text("SELECT value FROM json_each('[1, 3, 2]') ORDER BY value DESC")
                ).all()
            after = session.scalar(asked)

        memory, file = 2, 1
        assert (before, within, after) == (memory, file, memory)
        assert largest_first == [3, 2, 1]
