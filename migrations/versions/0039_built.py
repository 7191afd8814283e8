"""Reports that people build, their mailings, goals, and letters to people who are no members."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
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
        "built_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("definition", words(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_built_report_club_id")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_built_report_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_built_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_built_report_public_id")),
    )
    op.create_index(
        op.f("ix_built_report_club_id_name"), "built_report", ["club_id", "name"], unique=False
    )
    op.create_index(op.f("ix_built_report_owner_id"), "built_report", ["owner_id"], unique=False)
    op.create_table(
        "kpi_goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("figure", sa.String(length=40), nullable=False),
        sa.Column("start", sa.Float(), nullable=False),
        sa.Column("target", sa.Float(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("reached", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("due_on > begun_on", name=op.f("ck_kpi_goal_days")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_kpi_goal_club_id")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_kpi_goal_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kpi_goal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kpi_goal_public_id")),
    )
    op.create_index(
        op.f("ix_kpi_goal_club_id_is_open"), "kpi_goal", ["club_id", "is_open"], unique=False
    )
    op.create_index(op.f("ix_kpi_goal_owner_id"), "kpi_goal", ["owner_id"], unique=False)
    op.create_table(
        "posted_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sending",
                "sent",
                "failed",
                "doubt",
                name="letterstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("paper", sa.LargeBinary(), nullable=True),
        sa.Column("paper_name", sa.String(length=120), nullable=False),
        sa.Column("paper_type", sa.String(length=100), nullable=False),
        sa.Column("source_kind", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_posted_letter_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posted_letter")),
        sa.UniqueConstraint("public_id", name=op.f("uq_posted_letter_public_id")),
        sa.UniqueConstraint(
            "source_kind", "source_id", name=op.f("uq_posted_letter_source_kind_source_id")
        ),
    )
    op.create_index(
        op.f("ix_posted_letter_club_id_id"), "posted_letter", ["club_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_posted_letter_state_next_try_at"),
        "posted_letter",
        ["state", "next_try_at"],
        unique=False,
    )
    op.create_table(
        "report_mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "rhythm",
            sa.Enum(
                "daily",
                "weekly",
                "monthly",
                name="rhythm",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("why_stopped", sa.String(length=40), nullable=False),
        sa.CheckConstraint("kind IN ('csv', 'xlsx')", name=op.f("ck_report_mailing_kind")),
        sa.CheckConstraint("weekday >= 0 AND weekday < 7", name=op.f("ck_report_mailing_weekday")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["built_report.id"], name=op.f("fk_report_mailing_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_report_mailing_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mailing")),
        sa.UniqueConstraint(
            "report_id", "user_id", name=op.f("uq_report_mailing_report_id_user_id")
        ),
    )
    op.create_index(
        op.f("ix_report_mailing_is_active_next_on"),
        "report_mailing",
        ["is_active", "next_on"],
        unique=False,
    )
    op.create_index(op.f("ix_report_mailing_user_id"), "report_mailing", ["user_id"], unique=False)
