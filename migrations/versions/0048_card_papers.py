"""Documents and photos on cards, handover notes, and who looked at whom."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements
from clubcrm.core.ledger_guards import open_for_people

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; the notes are a ledger that follows merges and erasures."""
    op.create_table(
        "card_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("leaders_only", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.String(length=80), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_card_document_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_document")),
        sa.UniqueConstraint("public_id", name=op.f("uq_card_document_public_id")),
    )
    op.create_index(
        op.f("ix_card_document_person_id_id"), "card_document", ["person_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_card_document_removed_at"), "card_document", ["removed_at"], unique=False
    )
    op.create_table(
        "handover_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_handover_note_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_handover_note_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_note")),
    )
    op.create_index(
        op.f("ix_handover_note_person_id_id"), "handover_note", ["person_id", "id"], unique=False
    )
    op.create_table(
        "card_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("viewer", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_card_look_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_look")),
    )
    op.create_index(
        op.f("ix_card_look_person_id_viewer_at"),
        "card_look",
        ["person_id", "viewer", "at"],
        unique=False,
    )
    op.create_index(op.f("ix_card_look_at"), "card_look", ["at"], unique=False)
    bind = op.get_bind()
    for statement in trigger_statements("handover_note", bind.dialect.name):
        op.execute(sa.text(statement))
    open_for_people(bind)
