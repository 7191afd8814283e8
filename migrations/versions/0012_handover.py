"""Changes of plan, transfers and families."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of what becomes of a contract before its end."""
    op.create_table(
        "family",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_family_club_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_family_holder_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["person.id"], name=op.f("fk_family_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family")),
        sa.UniqueConstraint("holder_id", name=op.f("uq_family_holder_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_family_public_id")),
    )
    op.create_index(op.f("ix_family_club_id"), "family", ["club_id"], unique=False)
    op.create_index(op.f("ix_family_payer_id"), "family", ["payer_id"], unique=False)
    op.create_table(
        "contract_transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("new_contract_id", sa.Integer(), nullable=False),
        sa.Column("from_person_id", sa.Integer(), nullable=False),
        sa.Column("to_person_id", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("units_moved", sa.Integer(), nullable=False),
        sa.Column("fee_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["club_id"], ["club.id"], name=op.f("fk_contract_transfer_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_transfer_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_person_id"], ["person.id"], name=op.f("fk_contract_transfer_from_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["new_contract_id"], ["contract.id"], name=op.f("fk_contract_transfer_new_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_person_id"], ["person.id"], name=op.f("fk_contract_transfer_to_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_transfer")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_contract_transfer_contract_id")),
        sa.UniqueConstraint("new_contract_id", name=op.f("uq_contract_transfer_new_contract_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contract_transfer_public_id")),
    )
    op.create_index(
        op.f("ix_contract_transfer_club_id"), "contract_transfer", ["club_id"], unique=False
    )
    op.create_index(
        op.f("ix_contract_transfer_from_person_id"),
        "contract_transfer",
        ["from_person_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_contract_transfer_to_person_id"),
        "contract_transfer",
        ["to_person_id"],
        unique=False,
    )
    op.create_table(
        "family_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_family_member_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_family_member_family_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_family_member_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_member")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_family_member_contract_id")),
    )
    op.create_index(
        op.f("ix_family_member_family_id"), "family_member", ["family_id"], unique=False
    )
    op.create_index(
        op.f("ix_family_member_person_id"), "family_member", ["person_id"], unique=False
    )
    op.create_table(
        "plan_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("days_left", sa.Integer(), nullable=False),
        sa.Column("charge_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("old_ends_on", sa.Date(), nullable=True),
        sa.Column("old_cut_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "scheduled",
                "done",
                "undone",
                name="changestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("new_contract_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_plan_change_club_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_plan_change_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["new_contract_id"], ["contract.id"], name=op.f("fk_plan_change_new_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plan_change_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"], ["plan_version.id"], name=op.f("fk_plan_change_plan_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
        sa.UniqueConstraint("new_contract_id", name=op.f("uq_plan_change_new_contract_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_plan_change_public_id")),
    )
    op.create_index(
        op.f("ix_plan_change_club_id_state_effective_on"),
        "plan_change",
        ["club_id", "state", "effective_on"],
        unique=False,
    )
    op.create_index(
        "uq_plan_change_scheduled",
        "plan_change",
        ["contract_id"],
        unique=True,
        sqlite_where=sa.text("state = 'scheduled'"),
        postgresql_where=sa.text("state = 'scheduled'"),
    )
