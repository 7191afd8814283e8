"""Rules of personal discounts and what they proposed."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "discount_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "basis",
            sa.Enum(
                "months",
                "spent",
                "bar",
                "visits",
                name="basis",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at_least", sa.BigInteger(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("most_minor", sa.BigInteger(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_discount_rule_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_rule")),
        sa.UniqueConstraint("club_id", "name", name=op.f("uq_discount_rule_club_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_discount_rule_public_id")),
    )
    op.create_table(
        "personal_discount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "approved",
                "declined",
                "lapsed",
                name="discountstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("off_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("bar_minor", sa.BigInteger(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("off_minor > 0", name=op.f("ck_personal_discount_off")),
        sa.CheckConstraint(
            "state <> 'approved' OR voucher_id IS NOT NULL",
            name=op.f("ck_personal_discount_approved"),
        ),
        sa.ForeignKeyConstraint(
            ["club_id"], ["club.id"], name=op.f("fk_personal_discount_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_personal_discount_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["discount_rule.id"], name=op.f("fk_personal_discount_rule_id")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_personal_discount_voucher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_discount")),
        sa.UniqueConstraint("public_id", name=op.f("uq_personal_discount_public_id")),
        sa.UniqueConstraint(
            "rule_id",
            "person_id",
            "season",
            name=op.f("uq_personal_discount_rule_id_person_id_season"),
        ),
    )
    op.create_index(
        op.f("ix_personal_discount_club_id_state"),
        "personal_discount",
        ["club_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_personal_discount_person_id"), "personal_discount", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_personal_discount_voucher_id"), "personal_discount", ["voucher_id"], unique=False
    )
