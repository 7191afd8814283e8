"""Kinds of freeze, given days, changes for all members, how plans are left, cancellations."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LEDGERS = ("gift_line",)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "freeze_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "offered",
                "withdrawn",
                name="freezetypestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("latest_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_freeze_type_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freeze_type")),
        sa.UniqueConstraint("public_id", name=op.f("uq_freeze_type_public_id")),
    )
    op.create_index(op.f("ix_freeze_type_club_id"), "freeze_type", ["club_id"], unique=False)
    op.create_table(
        "mass_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "gift",
                "freeze",
                name="masskind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "done",
                "undoing",
                "undone",
                name="massstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=80), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("days > 0", name=op.f("ck_mass_change_days")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_mass_change_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_change")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mass_change_public_id")),
    )
    op.create_index(op.f("ix_mass_change_club_id"), "mass_change", ["club_id"], unique=False)
    op.create_table(
        "freeze_type_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("min_days", sa.Integer(), nullable=True),
        sa.Column("max_days", sa.Integer(), nullable=True),
        sa.Column("allowance_days", sa.Integer(), nullable=True),
        sa.Column("allowance_count", sa.Integer(), nullable=True),
        sa.Column(
            "allowance_per",
            sa.Enum(
                "year",
                "contract",
                name="allowanceper",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column(
            "price_kind",
            sa.Enum(
                "free",
                "one_off",
                "per_month",
                "keeps_billing",
                name="freezeprice",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("extends_end", sa.Boolean(), nullable=False),
        sa.Column(
            "granted_by",
            sa.Enum(
                "desk",
                "manager",
                name="grantedby",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("needs_proof", sa.Boolean(), nullable=False),
        sa.Column("forbidden_in_debt", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["type_id"], ["freeze_type.id"], name=op.f("fk_freeze_type_version_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freeze_type_version")),
        sa.UniqueConstraint(
            "type_id", "number", name=op.f("uq_freeze_type_version_type_id_number")
        ),
    )
    op.create_table(
        "plan_freeze_rule",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column(
            "allows",
            sa.Enum(
                "any",
                "named",
                "none",
                name="planfreezing",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_plan_freeze_rule_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_plan_freeze_rule")),
    )
    op.create_table(
        "plan_freeze_type",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("type_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["type_id"], ["freeze_type.id"], name=op.f("fk_plan_freeze_type_type_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_plan_freeze_type_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "type_id", name=op.f("pk_plan_freeze_type")),
    )
    op.create_table(
        "plan_leaving",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("cooling_off_days", sa.Integer(), nullable=False),
        sa.Column("bound_months", sa.Integer(), nullable=False),
        sa.Column(
            "early",
            sa.Enum(
                "at_term",
                "fee",
                "free",
                name="earlyend",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("fee_minor", sa.Integer(), nullable=False),
        sa.Column("fee_bp", sa.Integer(), nullable=False),
        sa.Column("refunds_rest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_plan_leaving_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_plan_leaving")),
    )
    op.create_table(
        "cancellation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "stands",
                "withdrawn",
                name="cancellationstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "reason",
            sa.Enum(
                "moved_away",
                "injury",
                "price",
                "time",
                "competitor",
                "service",
                "other",
                name="cancelreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("is_cooling_off", sa.Boolean(), nullable=False),
        sa.Column("charges_minor", sa.Integer(), nullable=False),
        sa.Column("last_charge_on", sa.Date(), nullable=True),
        sa.Column("fee_minor", sa.Integer(), nullable=False),
        sa.Column("refund_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=80), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_cancellation_contract_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cancellation_public_id")),
    )
    op.create_index(
        op.f("ix_cancellation_contract_id"), "cancellation", ["contract_id"], unique=False
    )
    op.create_index(
        op.f("ix_cancellation_reason_asked_on"),
        "cancellation",
        ["reason", "asked_on"],
        unique=False,
    )
    op.create_index(
        "uq_cancellation_stands",
        "cancellation",
        ["contract_id"],
        unique=True,
        sqlite_where=sa.text("state = 'stands'"),
        postgresql_where=sa.text("state = 'stands'"),
    )
    op.create_table(
        "gift_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("source_kind", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("days <> 0", name=op.f("ck_gift_line_days")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_gift_line_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["gift_line.id"], name=op.f("fk_gift_line_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_line")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_gift_line_reverses_id")),
        sa.UniqueConstraint(
            "source_kind", "source_id", name=op.f("uq_gift_line_source_kind_source_id")
        ),
    )
    op.create_index(op.f("ix_gift_line_contract_id"), "gift_line", ["contract_id"], unique=False)
    op.create_table(
        "freeze_taken",
        sa.Column("block_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("type_version_id", sa.Integer(), nullable=True),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("extends_end", sa.Boolean(), nullable=False),
        sa.Column("asked_until_on", sa.Date(), nullable=False),
        sa.Column("proof", sa.String(length=300), nullable=False),
        sa.Column("charged_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("is_backdated", sa.Boolean(), nullable=False),
        sa.CheckConstraint("charged_minor >= 0", name=op.f("ck_freeze_taken_charged")),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_freeze_taken_block_id")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["mass_change.id"], name=op.f("fk_freeze_taken_change_id")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_freeze_taken_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["type_version_id"],
            ["freeze_type_version.id"],
            name=op.f("fk_freeze_taken_type_version_id"),
        ),
        sa.PrimaryKeyConstraint("block_id", name=op.f("pk_freeze_taken")),
    )
    op.create_index(
        op.f("ix_freeze_taken_contract_id"), "freeze_taken", ["contract_id"], unique=False
    )
    op.create_table(
        "mass_item",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "done",
                "skipped",
                "undone",
                "kept",
                name="itemstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.String(length=60), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_mass_item_block_id")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["mass_change.id"], name=op.f("fk_mass_item_change_id")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_mass_item_contract_id")
        ),
        sa.PrimaryKeyConstraint("change_id", "contract_id", name=op.f("pk_mass_item")),
    )
    op.create_index(
        op.f("ix_mass_item_change_id_state"), "mass_item", ["change_id", "state"], unique=False
    )
    op.add_column("contract", sa.Column("cut_ends_on", sa.Date(), nullable=True))
    dialect = op.get_bind().dialect.name
    for table in LEDGERS:
        for statement in trigger_statements(table, dialect):
            op.execute(statement)
