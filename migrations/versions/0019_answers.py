"""What became of messages after they left: cost, receipts, answers, dead addresses, channels."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "channel_state",
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "sms",
                "telegram",
                "whatsapp",
                "phone",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_why", sa.String(length=300), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_state")),
    )
    op.create_table(
        "dead_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "sms",
                "telegram",
                "whatsapp",
                "phone",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("soft_count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dead_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_address")),
        sa.UniqueConstraint("channel", "address", name=op.f("uq_dead_address_channel_address")),
    )
    op.create_table(
        "message_dispatch",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "sms",
                "telegram",
                "whatsapp",
                "phone",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("provider_id", sa.String(length=200), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("cost_milli", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "sent",
                "delivered",
                "read",
                "failed",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stage_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_dispatch_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_dispatch")),
    )
    op.create_index(
        op.f("ix_message_dispatch_channel_provider_id"),
        "message_dispatch",
        ["channel", "provider_id"],
        unique=False,
    )
    op.create_table(
        "message_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "sent",
                "delivered",
                "read",
                "failed",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_receipt_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_receipt")),
        sa.UniqueConstraint(
            "message_id", "stage", name=op.f("uq_message_receipt_message_id_stage")
        ),
    )
    op.create_table(
        "message_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "sms",
                "telegram",
                "whatsapp",
                "phone",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "answer",
                "opt_out",
                "opt_in",
                name="answerkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("provider_ref", sa.String(length=200), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_message_reply_club_id")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_reply_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_reply_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_reply")),
        sa.UniqueConstraint(
            "channel", "provider_ref", name=op.f("uq_message_reply_channel_provider_ref")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_message_reply_public_id")),
    )
    op.create_index(
        op.f("ix_message_reply_channel_address_received_at"),
        "message_reply",
        ["channel", "address", "received_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_message_reply_club_id_id"),
        "message_reply",
        ["club_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_message_reply_person_id_received_at"),
        "message_reply",
        ["person_id", "received_at"],
        unique=False,
    )
    for statement in trigger_statements("message_receipt", op.get_bind().dialect.name):
        op.execute(statement)
