"""Waivers that were declared void."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the lines by which a waiver counts no more."""
    op.create_table(
        "waiver_void",
        sa.Column("waiver_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["waiver_id"], ["waiver.id"], name=op.f("fk_waiver_void_waiver_id")
        ),
        sa.PrimaryKeyConstraint("waiver_id", name=op.f("pk_waiver_void")),
    )
    for statement in trigger_statements("waiver_void", op.get_bind().dialect.name):
        op.execute(statement)
