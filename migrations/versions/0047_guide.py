"""What each member of staff has ticked of the first week."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "guide_tick",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_guide_tick_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "step", name=op.f("pk_guide_tick")),
    )
