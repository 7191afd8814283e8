"""Each letter about a debt is a kind of document of its own, with texts the owner may change."""

from alembic import op

from clubcrm.core.ledger import trigger_statements

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KINDS = (
    "contract",
    "waiver",
    "invoice",
    "credit_note",
    "receipt",
    "receipt_80mm",
    "card",
    "dunning_reminder",
    "dunning_letter",
    "dunning_last",
)
TABLES = ("document_text", "kept_document")


def upgrade() -> None:
    """Widen the check of kinds in both tables; their triggers are made anew where they went."""
    named = ", ".join(f"'{kind}'" for kind in KINDS)
    dialect = op.get_bind().dialect.name
    recreate = "always" if dialect == "sqlite" else "never"
    for table in TABLES:
        check = op.f(f"ck_{table}_documentkind")
        with op.batch_alter_table(table, recreate=recreate) as batch:
            batch.drop_constraint(check, type_="check")
            batch.create_check_constraint(check, f"kind IN ({named})")
        if dialect == "sqlite":
            for statement in trigger_statements(table, dialect):
                op.execute(statement)
