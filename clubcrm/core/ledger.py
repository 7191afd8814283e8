"""Ledgers only grow: the mix-in refuses change in Python, triggers refuse it in the store."""

from sqlalchemy import Connection, event
from sqlalchemy.orm import Mapper


class LedgerError(RuntimeError):
    """Somebody tried to change or delete a ledger line."""


class AppendOnly:
    """Marks a table whose rows are never changed or deleted through the session."""


@event.listens_for(AppendOnly, "before_update", propagate=True)
def _refuse_update(_: Mapper[object], __: Connection, row: object) -> None:
    raise LedgerError(f"{type(row).__name__} lines are never changed: add a reversing line")


@event.listens_for(AppendOnly, "before_delete", propagate=True)
def _refuse_delete(_: Mapper[object], __: Connection, row: object) -> None:
    raise LedgerError(f"{type(row).__name__} lines are never deleted: add a reversing line")


def trigger_statements(table: str, dialect: str) -> list[str]:
    """Return the statements that make the store itself refuse UPDATE and DELETE on a table."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ]
