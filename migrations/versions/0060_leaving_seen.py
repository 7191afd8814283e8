"""The members behind each number of who leaves are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the table; the model of the month is made anew in the next night, so that it fills."""
    op.create_table(
        "leaving_seen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tenth", sa.Integer(), nullable=True),
        sa.Column("said", sa.Float(), nullable=True),
        sa.Column("is_lost", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_leaving_seen_club_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_leaving_seen_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaving_seen")),
    )
    op.create_index(op.f("ix_leaving_seen_club_id_tenth"), "leaving_seen", ["club_id", "tenth"])
    op.create_index(op.f("ix_leaving_seen_person_id"), "leaving_seen", ["person_id"])
    op.execute("DELETE FROM leaving_model")
