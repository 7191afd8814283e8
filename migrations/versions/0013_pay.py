"""Rules of pay with closed months, shifts of the staff, and absences."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "pay_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("total_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_pay_period_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_period")),
        sa.UniqueConstraint("club_id", "month", name=op.f("uq_pay_period_club_id_month")),
    )
    op.create_table(
        "pay_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "session",
                "sale",
                "contract",
                "salary",
                name="workkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("answered_by", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_pay_question_club_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_pay_question_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_question")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pay_question_public_id")),
    )
    op.create_index(op.f("ix_pay_question_club_id"), "pay_question", ["club_id"], unique=False)
    op.create_index(op.f("ix_pay_question_user_id"), "pay_question", ["user_id"], unique=False)
    op.create_table(
        "pay_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("service", sa.String(length=60), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "fixed",
                "per_head",
                "share_of_price",
                "tiers",
                "share_of_sale",
                "salary",
                name="paykind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("missed_bp", sa.Integer(), nullable=False),
        sa.Column(
            "tiers",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("ended_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_pay_rule_period")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_pay_rule_club_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_pay_rule_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_rule")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pay_rule_public_id")),
    )
    op.create_index(
        op.f("ix_pay_rule_club_id_from_on"), "pay_rule", ["club_id", "from_on"], unique=False
    )
    op.create_table(
        "sale_owner",
        sa.Column(
            "kind",
            sa.Enum(
                "session",
                "sale",
                "contract",
                "salary",
                name="workkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("share_bp > 0 AND share_bp <= 10000", name=op.f("ck_sale_owner_share")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_sale_owner_user_id")
        ),
        sa.PrimaryKeyConstraint("kind", "source_id", "user_id", name=op.f("pk_sale_owner")),
    )
    op.create_table(
        "staff_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("planned_by", sa.String(length=80), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_staff_shift_period")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_staff_shift_club_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_staff_shift_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_shift")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_shift_public_id")),
    )
    op.create_index(
        op.f("ix_staff_shift_club_id_on_day"), "staff_shift", ["club_id", "on_day"], unique=False
    )
    op.create_index(
        op.f("ix_staff_shift_user_id_starts_at"),
        "staff_shift",
        ["user_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "pay_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "session",
                "sale",
                "contract",
                "salary",
                name="workkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("basis_minor", sa.Integer(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"], ["pay_period.id"], name=op.f("fk_pay_line_period_id")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["pay_rule.id"], name=op.f("fk_pay_line_rule_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_pay_line_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_line")),
        sa.UniqueConstraint(
            "period_id",
            "user_id",
            "kind",
            "source_id",
            name=op.f("uq_pay_line_period_id_user_id_kind_source_id"),
        ),
    )
    op.create_index(
        op.f("ix_pay_line_kind_source_id"), "pay_line", ["kind", "source_id"], unique=False
    )
    op.create_index(
        op.f("ix_pay_line_user_id_period_id"), "pay_line", ["user_id", "period_id"], unique=False
    )
    op.create_table(
        "staff_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "vacation",
                "sick",
                "training",
                "other",
                name="absencekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=True),
        sa.Column("approval_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "substitute_id IS NULL OR substitute_id <> user_id",
            name=op.f("ck_staff_absence_substitute"),
        ),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_staff_absence_period")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_staff_absence_approval_id")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_staff_absence_club_id")),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["user_account.id"], name=op.f("fk_staff_absence_substitute_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_staff_absence_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_absence")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_staff_absence_approval_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_staff_absence_public_id")),
    )
    op.create_index(
        op.f("ix_staff_absence_club_id_from_on"),
        "staff_absence",
        ["club_id", "from_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_staff_absence_user_id_from_on"),
        "staff_absence",
        ["user_id", "from_on"],
        unique=False,
    )
    for table in ("pay_line",):
        for statement in trigger_statements(table, op.get_bind().dialect.name):
            op.execute(statement)
