"""Moves of one kind are found among a million others."""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the index."""
    op.create_index(
        op.f("ix_stock_move_club_id_kind_id"),
        "stock_move",
        ["club_id", "kind", "id"],
        unique=False,
    )
