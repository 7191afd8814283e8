"""The schema's revision: what the code knows, what the store has, and the way from one to other."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine

from clubcrm.core.paths import migrations_folder


def latest_revision() -> str:
    """Return the revision this code was written for."""
    return (Path(migrations_folder()) / "LATEST").read_text(encoding="utf-8").strip()


def stored_revision(engine: Engine) -> str | None:
    """Return the revision of the store; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """The store has the schema of the revision."""
    settings = Config()
    settings.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    settings.attributes["engine"] = engine
    command.upgrade(settings, revision)
