"""Promotions lower renewals where they are meant to; a quote keeps the price by the list."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the choice of a promotion, and what the list said on the day of a quote."""
    op.add_column(
        "promotion",
        sa.Column("renewals", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("quote_choice", sa.Column("list_minor", sa.BigInteger(), nullable=True))
    op.add_column("quote_choice", sa.Column("promotion", sa.String(length=120), nullable=True))
