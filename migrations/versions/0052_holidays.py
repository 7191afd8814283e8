"""Holidays that a club greets on, and the days typed for single years."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def words() -> sa.JSON:
    """Return the type of a column of plain values."""
    return sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
    )


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("names", words(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "fixed",
                "easter",
                "nepal",
                "typed",
                name="holidaykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("greets", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=True),
        sa.Column("words", words(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "month BETWEEN 0 AND 12 AND day BETWEEN 0 AND 32", name=op.f("ck_holiday_day")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_holiday_club_id")),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"], name=op.f("fk_holiday_segment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("club_id", "code", name=op.f("uq_holiday_club_id_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_holiday_public_id")),
    )
    op.create_index(op.f("ix_holiday_segment_id"), "holiday", ["segment_id"], unique=False)
    op.create_table(
        "holiday_day",
        sa.Column("holiday_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("falls_on", sa.Date(), nullable=False),
        sa.Column("typed_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["holiday_id"], ["holiday.id"], name=op.f("fk_holiday_day_holiday_id")
        ),
        sa.PrimaryKeyConstraint("holiday_id", "year", name=op.f("pk_holiday_day")),
    )
