"""A plan says whether its units come once or anew with each paid period."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was sold brings its units once, as it was promised."""
    op.add_column(
        "plan_package",
        sa.Column("each_period", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
