"""Calls with the events they are made of, whose each telephone is, numbers to dial."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None
LEDGERS = ("phone_event",)


def words() -> sa.JSON:
    """Return the type of a column of plain values."""
    return sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
    )


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "phone_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("call_ref", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "begin",
                "ring",
                "answer",
                "leg_end",
                "end",
                "record",
                name="phonekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extension", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "in",
                "out",
                name="calldirection",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("recording", sa.String(length=300), nullable=False),
        sa.Column("said", words(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_event")),
        sa.UniqueConstraint("provider", "key", name=op.f("uq_phone_event_provider_key")),
    )
    op.create_index(
        op.f("ix_phone_event_provider_call_ref"),
        "phone_event",
        ["provider", "call_ref"],
        unique=False,
    )
    op.create_table(
        "phone_extension",
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("extension", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_phone_extension_club_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_phone_extension_user_id")
        ),
        sa.PrimaryKeyConstraint("club_id", "extension", name=op.f("pk_phone_extension")),
    )
    op.create_index(
        op.f("ix_phone_extension_user_id"), "phone_extension", ["user_id"], unique=False
    )
    op.create_table(
        "phone_dial",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("extension", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_phone_dial_club_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_phone_dial_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_dial")),
    )
    op.create_index(
        op.f("ix_phone_dial_taken_at_asked_at"),
        "phone_dial",
        ["taken_at", "asked_at"],
        unique=False,
    )
    op.create_table(
        "phone_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("call_ref", sa.String(length=120), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "in",
                "out",
                name="calldirection",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("extension", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("ringing", words(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ringing",
                "talking",
                "ended",
                name="callstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "disposition",
            sa.Enum(
                "open",
                "answered",
                "missed",
                "busy",
                "no_answer",
                name="disposition",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recording", sa.String(length=300), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_phone_call_club_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_phone_call_person_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_phone_call_task_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_phone_call_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_call")),
        sa.UniqueConstraint("provider", "call_ref", name=op.f("uq_phone_call_provider_call_ref")),
        sa.UniqueConstraint("public_id", name=op.f("uq_phone_call_public_id")),
    )
    op.create_index(
        op.f("ix_phone_call_club_id_started_at"),
        "phone_call",
        ["club_id", "started_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_phone_call_number_disposition"),
        "phone_call",
        ["number", "disposition"],
        unique=False,
    )
    op.create_index(
        op.f("ix_phone_call_person_id_started_at"),
        "phone_call",
        ["person_id", "started_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_phone_call_state_started_at"), "phone_call", ["state", "started_at"], unique=False
    )
    op.create_index(op.f("ix_phone_call_task_id"), "phone_call", ["task_id"], unique=False)
    dialect = op.get_bind().dialect.name
    for table in LEDGERS:
        for statement in trigger_statements(table, dialect):
            op.execute(statement)
