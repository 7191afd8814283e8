"""Pages and forms of the advertiser with what they told, and calls that became questions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def words() -> sa.JSON:
    """Return the type of a column of plain values."""
    return sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
    )


def one_of(name: str, *values: str) -> sa.Enum:
    """Return the type of a column that holds one of these words."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "ad_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("kind", one_of("adkind", "page", "form"), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("interest", sa.String(length=200), nullable=False),
        sa.Column("consent_key", sa.String(length=60), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_ad_place_club_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["lead_source.id"], name=op.f("fk_ad_place_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_place")),
        sa.UniqueConstraint("kind", "ref", name=op.f("uq_ad_place_kind_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ad_place_public_id")),
    )
    op.create_index(op.f("ix_ad_place_club_id"), "ad_place", ["club_id"], unique=False)
    op.create_index(op.f("ix_ad_place_source_id"), "ad_place", ["source_id"], unique=False)
    op.create_table(
        "ad_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("leadgen_id", sa.String(length=40), nullable=False),
        sa.Column("page_id", sa.String(length=40), nullable=False),
        sa.Column("form_id", sa.String(length=40), nullable=False),
        sa.Column("ad_id", sa.String(length=40), nullable=False),
        sa.Column("adset_id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column(
            "state", one_of("letterstate", "waiting", "taken", "refused", "odd"), nullable=False
        ),
        sa.Column("answers", words(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inquiry_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_ad_letter_inquiry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_letter")),
        sa.UniqueConstraint("leadgen_id", name=op.f("uq_ad_letter_leadgen_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ad_letter_public_id")),
    )
    op.create_index(op.f("ix_ad_letter_inquiry_id"), "ad_letter", ["inquiry_id"], unique=False)
    op.create_index(op.f("ix_ad_letter_page_id"), "ad_letter", ["page_id"], unique=False)
    op.create_index(
        op.f("ix_ad_letter_state_next_try_at"),
        "ad_letter",
        ["state", "next_try_at"],
        unique=False,
    )
    op.create_table(
        "inquiry_call",
        sa.Column("call_ref", sa.String(length=14), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_inquiry_call_inquiry_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_inquiry_call_task_id")),
        sa.PrimaryKeyConstraint("call_ref", name=op.f("pk_inquiry_call")),
    )
    op.create_index(
        op.f("ix_inquiry_call_inquiry_id"), "inquiry_call", ["inquiry_id"], unique=False
    )
    op.create_index(op.f("ix_inquiry_call_task_id"), "inquiry_call", ["task_id"], unique=False)
