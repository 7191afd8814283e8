"""How often a member has come in the running cycle."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count; the next night fills it."""
    op.add_column(
        "member_facts",
        sa.Column("cycle_visits", sa.Integer(), nullable=False, server_default="0"),
    )
