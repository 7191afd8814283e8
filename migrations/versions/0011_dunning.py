"""Recurring fees with what happened to them, and the ways of debts through their steps."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "charge_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("moved_days", sa.Integer(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "stopped",
                name="schedulestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "months > 0 AND amount_minor >= 0", name=op.f("ck_charge_schedule_terms")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_charge_schedule_club_id")),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["person.id"], name=op.f("fk_charge_schedule_payer_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_charge_schedule_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_schedule")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_charge_schedule_contract_id")),
    )
    op.create_index(op.f("ix_charge_schedule_club_id"), "charge_schedule", ["club_id"])
    op.create_index(op.f("ix_charge_schedule_payer_id"), "charge_schedule", ["payer_id"])
    op.create_table(
        "debt_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "closed",
                name="casestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_debt_case_club_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["person.id"], name=op.f("fk_debt_case_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt_case")),
        sa.UniqueConstraint("public_id", name=op.f("uq_debt_case_public_id")),
    )
    op.create_index(op.f("ix_debt_case_payer_id"), "debt_case", ["payer_id"])
    op.create_index(
        "uq_debt_case_open",
        "debt_case",
        ["club_id", "payer_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "debt_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("task", sa.String(length=200), nullable=False),
        sa.Column("letter", sa.String(length=20), nullable=False),
        sa.Column("letter_text", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["debt_case.id"], name=op.f("fk_debt_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt_step")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_debt_step_case_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_debt_step_public_id")),
    )
    op.create_table(
        "recurring_charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("covers_from", sa.Date(), nullable=False),
        sa.Column("covers_until", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "due",
                "asking",
                "failing",
                "paid",
                "written_off",
                "stopped",
                name="chargestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("intent_id", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_failed_on", sa.Date(), nullable=True),
        sa.Column("next_try_on", sa.Date(), nullable=True),
        sa.Column("asking_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=100), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state = 'planned' OR state = 'stopped' OR invoice_id IS NOT NULL",
            name=op.f("ck_recurring_charge_invoiced"),
        ),
        sa.CheckConstraint("covers_until >= covers_from", name=op.f("ck_recurring_charge_covers")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_recurring_charge_club_id")),
        sa.ForeignKeyConstraint(
            ["intent_id"], ["payment_intent.id"], name=op.f("fk_recurring_charge_intent_id")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_recurring_charge_invoice_id")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["person.id"], name=op.f("fk_recurring_charge_payer_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recurring_charge_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurring_charge")),
        sa.UniqueConstraint(
            "contract_id", "due_on", name=op.f("uq_recurring_charge_contract_id_due_on")
        ),
        sa.UniqueConstraint(
            "contract_id", "period", name=op.f("uq_recurring_charge_contract_id_period")
        ),
        sa.UniqueConstraint("intent_id", name=op.f("uq_recurring_charge_intent_id")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_recurring_charge_invoice_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recurring_charge_public_id")),
    )
    op.create_index(
        op.f("ix_recurring_charge_club_id_state_due_on"),
        "recurring_charge",
        ["club_id", "state", "due_on"],
    )
    op.create_index(op.f("ix_recurring_charge_payer_id"), "recurring_charge", ["payer_id"])
    op.create_index(
        op.f("ix_recurring_charge_state_next_try_on"), "recurring_charge", ["state", "next_try_on"]
    )
    op.create_table(
        "charge_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "tried",
                "reminded",
                "desk_asked",
                "grace_over",
                name="chargeeventkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=100), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["recurring_charge.id"], name=op.f("fk_charge_event_charge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_event")),
        sa.UniqueConstraint(
            "charge_id", "kind", "number", name=op.f("uq_charge_event_charge_id_kind_number")
        ),
    )
    for table in (
        "charge_event",
        "debt_step",
    ):
        for statement in trigger_statements(table, op.get_bind().dialect.name):
            op.execute(statement)
