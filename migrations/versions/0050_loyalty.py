"""Codes of members, friends they bring, rewards, and points as a ledger."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements
from clubcrm.core.ledger_guards import open_for_people

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

LEDGERS = ("point_entry", "referral_reward")


def upgrade() -> None:
    """Create the tables; ledgers refuse changes."""
    op.create_table(
        "referral_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_referral_code_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_code")),
        sa.UniqueConstraint("code", name=op.f("uq_referral_code_code")),
    )
    op.create_index(
        op.f("ix_referral_code_person_id"), "referral_code", ["person_id"], unique=False
    )
    op.create_table(
        "point_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "earn",
                "spend",
                "lapse",
                "reverse",
                name="pointkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "cause",
            sa.Enum(
                "visit",
                "purchase",
                "renewal",
                "referral",
                "hand",
                "bonus",
                "time",
                name="pointcause",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("source_kind", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("of_id", sa.Integer(), nullable=True),
        sa.Column("voucher_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "(kind = 'earn') = (delta > 0)", name=op.f("ck_point_entry_only_earning_adds")
        ),
        sa.CheckConstraint(
            "(kind IN ('lapse', 'reverse')) = (of_id IS NOT NULL)",
            name=op.f("ck_point_entry_names_its_line"),
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_point_entry_club_id")),
        sa.ForeignKeyConstraint(["of_id"], ["point_entry.id"], name=op.f("fk_point_entry_of_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_point_entry_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_point_entry_voucher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_entry")),
        sa.UniqueConstraint(
            "kind",
            "source_kind",
            "source_id",
            name=op.f("uq_point_entry_kind_source_kind_source_id"),
        ),
    )
    op.create_index(
        op.f("ix_point_entry_club_id_kind_expires_on"),
        "point_entry",
        ["club_id", "kind", "expires_on"],
        unique=False,
    )
    op.create_index(op.f("ix_point_entry_of_id"), "point_entry", ["of_id"], unique=False)
    op.create_index(
        op.f("ix_point_entry_person_id_id"), "point_entry", ["person_id", "id"], unique=False
    )
    op.create_index(op.f("ix_point_entry_voucher_id"), "point_entry", ["voucher_id"], unique=False)
    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("friend_id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "came",
                "signed",
                "rewarded",
                "failed",
                name="referralstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("noted_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "state <> 'signed' OR due_on IS NOT NULL", name=op.f("ck_referral_signed_has_a_day")
        ),
        sa.CheckConstraint("friend_id <> host_id", name=op.f("ck_referral_two_people")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_referral_club_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_referral_contract_id")
        ),
        sa.ForeignKeyConstraint(["friend_id"], ["person.id"], name=op.f("fk_referral_friend_id")),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name=op.f("fk_referral_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("friend_id", name=op.f("uq_referral_friend_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_referral_public_id")),
    )
    op.create_index(
        op.f("ix_referral_club_id_state_due_on"),
        "referral",
        ["club_id", "state", "due_on"],
        unique=False,
    )
    op.create_index(op.f("ix_referral_contract_id"), "referral", ["contract_id"], unique=False)
    op.create_index(op.f("ix_referral_host_id"), "referral", ["host_id"], unique=False)
    op.create_table(
        "referral_reward",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "host", "friend", name="side", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "none",
                "days",
                "bonus",
                "points",
                name="rewardkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND cost_minor >= 0", name=op.f("ck_referral_reward_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_referral_reward_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_referral_reward_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_referral_reward_voucher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_reward")),
        sa.UniqueConstraint(
            "referral_id", "side", name=op.f("uq_referral_reward_referral_id_side")
        ),
    )
    op.create_index(
        op.f("ix_referral_reward_person_id_side_at"),
        "referral_reward",
        ["person_id", "side", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_referral_reward_voucher_id"), "referral_reward", ["voucher_id"], unique=False
    )

    connection = op.get_bind()
    for table in LEDGERS:
        for statement in trigger_statements(table, connection.dialect.name):
            op.execute(statement)
    open_for_people(connection)
