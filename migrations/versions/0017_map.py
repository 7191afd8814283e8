"""Indexes for the map: changes of stage by day, refusals by club and day."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the indexes."""
    op.create_index(op.f("ix_stage_change_day"), "stage_change", ["day"], unique=False)
    op.create_index(
        op.f("ix_touch_refusal_club_id_last_on"),
        "touch_refusal",
        ["club_id", "last_on"],
        unique=False,
    )
