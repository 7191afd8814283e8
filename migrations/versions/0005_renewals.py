"""Conditions of plan versions, and offers of the next term."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of conditions and renewal offers."""
    op.create_table(
        "plan_condition",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("joining_minor", sa.Integer(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=True),
        sa.Column("days_after", sa.Integer(), nullable=True),
        sa.Column("early_price_minor", sa.Integer(), nullable=True),
        sa.Column("early_days", sa.Integer(), nullable=True),
        sa.Column(
            "carry",
            sa.Enum(
                "none",
                "all",
                "up_to",
                name="carry",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("carry_units", sa.Integer(), nullable=True),
        sa.Column("extra_member_minor", sa.Integer(), nullable=True),
        sa.Column("transfer_minor", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_plan_condition_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_plan_condition")),
    )
    op.create_table(
        "renewal_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("early_price_minor", sa.Integer(), nullable=True),
        sa.Column("early_until", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "declined",
                "withdrawn",
                name="offerstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=80), nullable=False),
        sa.Column("accepted_contract_id", sa.Integer(), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "price",
                "time",
                "moving",
                "health",
                "club",
                "other_club",
                "later",
                "other",
                name="declinereason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["accepted_contract_id"],
            ["contract.id"],
            name=op.f("fk_renewal_offer_accepted_contract_id"),
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_renewal_offer_club_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_renewal_offer_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_renewal_offer_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_renewal_offer_plan_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal_offer")),
        sa.UniqueConstraint(
            "accepted_contract_id", name=op.f("uq_renewal_offer_accepted_contract_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_renewal_offer_public_id")),
    )
    op.create_index(
        op.f("ix_renewal_offer_club_id_state_expires_on"),
        "renewal_offer",
        ["club_id", "state", "expires_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_renewal_offer_contract_id_state"),
        "renewal_offer",
        ["contract_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_renewal_offer_person_id"), "renewal_offer", ["person_id"], unique=False
    )
    op.create_index(
        "uq_renewal_offer_accepted",
        "renewal_offer",
        ["contract_id"],
        unique=True,
        sqlite_where=sa.text("state = 'accepted'"),
        postgresql_where=sa.text("state = 'accepted'"),
    )
