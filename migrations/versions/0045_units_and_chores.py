"""Classes that are paid with units, what each booking costs, and work that staff plan."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)
MOMENT = sa.DateTime(timezone=True)


def choice(name: str, *values: str) -> sa.Enum:
    """Return the type of a column that holds one of these words."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


SERVICES = ("personal", "duo", "small_group", "massage", "nutrition", "other")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "class_price",
        sa.Column("class_type_id", sa.Integer(), nullable=False),
        sa.Column("service", choice("service", *SERVICES), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("use", choice("unituse", "without_plan", "always"), nullable=False),
        sa.Column("late_cancel", choice("latecancelrule", "unit", "nothing"), nullable=False),
        sa.Column("no_show", choice("missedrule", "unit", "nothing"), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_class_price_units")),
        sa.ForeignKeyConstraint(
            ["class_type_id"], ["class_type.id"], name=op.f("fk_class_price_class_type_id")
        ),
        sa.PrimaryKeyConstraint("class_type_id", name=op.f("pk_class_price")),
    )
    op.create_table(
        "booking_unit",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("service", choice("service", *SERVICES), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("late_cancel", choice("latecancelrule", "unit", "nothing"), nullable=False),
        sa.Column("no_show", choice("missedrule", "unit", "nothing"), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.CheckConstraint("drawn - returned IN (0, units)", name=op.f("ck_booking_unit_held")),
        sa.CheckConstraint("returned BETWEEN 0 AND drawn", name=op.f("ck_booking_unit_returned")),
        sa.CheckConstraint("units > 0", name=op.f("ck_booking_unit_units")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_booking_unit_booking_id")
        ),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_booking_unit")),
    )
    op.create_table(
        "task_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("sentence", sa.String(length=500), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("assigned_to", sa.Integer(), nullable=True),
        sa.Column(
            "repeat",
            sa.Enum(
                "daily",
                "weekly",
                "monthly",
                name="repeat",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("weekdays", JSON, nullable=False),
        sa.Column("month_day", sa.Integer(), nullable=True),
        sa.Column("due", sa.Time(), nullable=False),
        sa.Column("escalate_hours", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_task_rule_period")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_to"], ["user_account.id"], name=op.f("fk_task_rule_assigned_to")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_task_rule_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_rule")),
        sa.UniqueConstraint("public_id", name=op.f("uq_task_rule_public_id")),
    )
    op.create_index(
        op.f("ix_task_rule_club_id_ended_at"), "task_rule", ["club_id", "ended_at"], unique=False
    )
    op.create_table(
        "task_plan",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=True),
        sa.Column("remind_at", MOMENT, nullable=True),
        sa.Column("escalates_at", MOMENT, nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["task_rule.id"], name=op.f("fk_task_plan_rule_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_plan_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_task_plan")),
    )
    op.create_index(op.f("ix_task_plan_rule_id"), "task_plan", ["rule_id"], unique=False)
    op.create_table(
        "task_feed",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_task_feed_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_task_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_task_feed_digest")),
    )
