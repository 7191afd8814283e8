"""The chain of migrations: one head, the same schema as the models, on both databases."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from clubcrm.core import schema
from clubcrm.core.db import engine_options, prepare
from clubcrm.core.paths import migrations_folder
from clubcrm.tables import METADATA, append_only_tables
from tests.conftest import settings_for


def chain(folder: Path | None = None) -> ScriptDirectory:
    settings = Config()
    settings.set_main_option("script_location", str(folder or migrations_folder()))
    return ScriptDirectory.from_config(settings)


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """Return the engine of a database that the migrations have built from nothing."""
    engine = prepare(
        create_engine(database_url, **engine_options(settings_for(database_url, tmp_path)))
    )
    yield engine
    engine.dispose()


def differences(engine: Engine) -> list[object]:
    """Return what a database lacks or has beyond the models."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))


def check_texts(engine: Engine) -> dict[str, set[str]]:
    """Return the names of the check constraints of each table."""
    seen = inspect(engine)
    return {
        table: {str(check["name"]) for check in seen.get_check_constraints(table)}
        for table in METADATA.tables
    }


def test_chain_has_one_head_and_latest_names_it():
    named = (migrations_folder() / "LATEST").read_text(encoding="utf-8").strip()

    assert chain().get_heads() == [named]


def test_planted_second_head_is_found(tmp_path):
    copy = shutil.copytree(migrations_folder(), tmp_path / "migrations")
    (copy / "versions" / "0000_planted.py").write_text(
        '"""A second beginning."""\n\nrevision = "0000"\ndown_revision = None\n'
    )

    assert sorted(chain(copy).get_heads()) == ["0000", schema.latest_revision()]


def test_revisions_are_numbered_in_the_order_they_run():
    revisions = [script.revision for script in chain().walk_revisions()][::-1]
    names = sorted(path.name for path in (migrations_folder() / "versions").glob("[0-9]*.py"))

    assert revisions == sorted(revisions)
    assert [re.split("_", name)[0] for name in names] == revisions


def test_empty_database_upgraded_to_head_equals_the_models(engine):
    assert differences(engine) == []
    assert schema.stored_revision(engine) == schema.latest_revision()


def test_upgraded_database_has_the_checks_of_the_models(engine):
    wanted = {
        name: {str(c.name) for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        for name, table in METADATA.tables.items()
    }

    assert check_texts(engine) == wanted


def test_no_table_has_two_checks_of_one_name():
    """PostgreSQL refuses them; SQLite would not say so."""
    twice = [
        (table.name, name)
        for table in METADATA.tables.values()
        for name, times in Counter(
            str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)
        ).items()
        if times > 1
    ]

    assert twice == []


def test_no_table_of_the_store_has_a_check_twice(engine):
    """A batch of an embedded store keeps a check that it is also given."""
    seen = inspect(engine)
    twice = [
        (table, name)
        for table in METADATA.tables
        for name, times in Counter(
            check["name"] for check in seen.get_check_constraints(table)
        ).items()
        if times > 1
    ]

    assert twice == []


def test_second_upgrade_changes_nothing(engine):
    schema.upgrade(engine)

    assert differences(engine) == []


def test_planted_missing_column_is_found(engine):
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE person ADD COLUMN nobody_knows_me INTEGER"))

    assert [change[0] for change in differences(engine)] == ["remove_column"]


def test_every_ledger_is_guarded_by_a_trigger_in_the_store(engine):
    listing = {
        "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT event_object_table FROM information_schema.triggers",
    }
    with engine.connect() as connection:
        guarded = set(connection.execute(text(listing[engine.dialect.name])).scalars())

    assert append_only_tables() != []
    assert set(append_only_tables()) <= guarded


@pytest.mark.parametrize("statement", ["UPDATE event SET kind = 'x'", "DELETE FROM event"])
def test_store_refuses_to_change_a_ledger(engine, statement):
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO event (kind, happened_at, recorded_at, payload, unit_id)"
                " VALUES ('Told', '2026-11-22 10:00:00', '2026-11-22 10:00:00', '{}', 'u')"
            )
        )

    with pytest.raises(DatabaseError), engine.begin() as connection:
        connection.execute(text(statement))
