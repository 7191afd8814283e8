"""Payments begun at gateways, their messages, kept methods, money on its way back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "pay_method",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("customer", sa.String(length=120), nullable=False),
        sa.Column("token", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "removed",
                name="methodstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("kept_by", sa.String(length=80), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_pay_method_club_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pay_method_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_method")),
        sa.UniqueConstraint("gateway", "token", name=op.f("uq_pay_method_gateway_token")),
        sa.UniqueConstraint("public_id", name=op.f("uq_pay_method_public_id")),
    )
    op.create_index(op.f("ix_pay_method_person_id"), "pay_method", ["person_id"])
    op.create_table(
        "payment_intent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("source_kind", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=120), nullable=False),
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "paid",
                "failed",
                "expired",
                "review",
                "returned",
                name="intentstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("keep_method", sa.Boolean(), nullable=False),
        sa.Column("provider_ref", sa.String(length=200), nullable=True),
        sa.Column("transaction_id", sa.String(length=120), nullable=True),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=100), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'paid' OR payment_id IS NOT NULL", name=op.f("ck_payment_intent_paid")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_intent_amount")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_payment_intent_club_id")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_payment_intent_invoice_id")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["person.id"], name=op.f("fk_payment_intent_payer_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_intent_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_intent")),
        sa.UniqueConstraint(
            "gateway", "provider_ref", name=op.f("uq_payment_intent_gateway_provider_ref")
        ),
        sa.UniqueConstraint(
            "gateway", "transaction_id", name=op.f("uq_payment_intent_gateway_transaction_id")
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_payment_intent_ref")),
        sa.UniqueConstraint(
            "source_kind", "source_id", name=op.f("uq_payment_intent_source_kind_source_id")
        ),
    )
    op.create_index(op.f("ix_payment_intent_club_id"), "payment_intent", ["club_id"])
    op.create_index(op.f("ix_payment_intent_invoice_id"), "payment_intent", ["invoice_id"])
    op.create_index(op.f("ix_payment_intent_payer_id"), "payment_intent", ["payer_id"])
    op.create_index(op.f("ix_payment_intent_payment_id"), "payment_intent", ["payment_id"])
    op.create_index(
        op.f("ix_payment_intent_state_created_at"), "payment_intent", ["state", "created_at"]
    )
    op.create_table(
        "gateway_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("event_key", sa.String(length=120), nullable=True),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "headers",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "done",
                "repeated",
                "refused",
                name="letterstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("intent_id", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["intent_id"], ["payment_intent.id"], name=op.f("fk_gateway_letter_intent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_letter")),
        sa.UniqueConstraint(
            "gateway", "event_key", name=op.f("uq_gateway_letter_gateway_event_key")
        ),
    )
    op.create_index(op.f("ix_gateway_letter_intent_id"), "gateway_letter", ["intent_id"])
    op.create_index(
        op.f("ix_gateway_letter_state_received_at"), "gateway_letter", ["state", "received_at"]
    )
    op.create_table(
        "gateway_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("intent_id", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "asked",
                "done",
                "failed",
                name="returnstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("provider_ref", sa.String(length=120), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_gateway_return_amount")),
        sa.ForeignKeyConstraint(
            ["intent_id"], ["payment_intent.id"], name=op.f("fk_gateway_return_intent_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refund.id"], name=op.f("fk_gateway_return_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_return")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_gateway_return_refund_id")),
    )
    op.create_index(op.f("ix_gateway_return_intent_id"), "gateway_return", ["intent_id"])
    op.create_index(
        op.f("ix_gateway_return_state_created_at"), "gateway_return", ["state", "created_at"]
    )
