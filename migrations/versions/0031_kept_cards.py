"""Cards that a payer gives to a gateway without paying."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of cards to keep."""
    op.create_table(
        "method_setup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("provider_ref", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "kept",
                "failed",
                name="keepstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("method_id", sa.Integer(), nullable=True),
        sa.Column("begun_by", sa.String(length=80), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'kept' OR method_id IS NOT NULL", name=op.f("ck_method_setup_kept")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_method_setup_club_id")),
        sa.ForeignKeyConstraint(
            ["method_id"], ["pay_method.id"], name=op.f("fk_method_setup_method_id")
        ),
        sa.ForeignKeyConstraint(["payer_id"], ["person.id"], name=op.f("fk_method_setup_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_method_setup")),
        sa.UniqueConstraint(
            "gateway", "provider_ref", name=op.f("uq_method_setup_gateway_provider_ref")
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_method_setup_ref")),
    )
    op.create_index(op.f("ix_method_setup_payer_id"), "method_setup", ["payer_id"])
