"""How a buyer is named on invoices, line by line from an instant on."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and let the store itself keep it append-only."""
    op.create_table(
        "buyer_detail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tax_id", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_buyer_detail_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buyer_detail")),
    )
    op.create_index(op.f("ix_buyer_detail_person_id_at"), "buyer_detail", ["person_id", "at"])
    for statement in trigger_statements("buyer_detail", op.get_bind().dialect.name):
        op.execute(statement)
