"""Questions of members about lines of their ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of questions."""
    op.create_table(
        "ledger_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "returned",
                "explained",
                name="questionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_ledger_question_club_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["package_entry.id"], name=op.f("fk_ledger_question_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_ledger_question_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_question")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_ledger_question_entry_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ledger_question_public_id")),
    )
    op.create_index(
        op.f("ix_ledger_question_club_id_state"),
        "ledger_question",
        ["club_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ledger_question_person_id"), "ledger_question", ["person_id"], unique=False
    )
