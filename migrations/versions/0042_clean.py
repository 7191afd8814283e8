"""Records that are one person, erasures, and what the fields of a person were before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements
from clubcrm.core.ledger_guards import open_for_people

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def words() -> sa.JSON:
    """Return the type of a column of plain values."""
    return sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
    )


def upgrade() -> None:
    """Create the tables, then let the ledgers about people follow merges and erasures."""
    _merges()
    _doubles()
    _privacy()
    connection = op.get_bind()
    for statement in trigger_statements("person_change", connection.dialect.name):
        op.execute(statement)
    open_for_people(connection)


def _merges() -> None:
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("gone_id", sa.Integer(), nullable=False),
        sa.Column("gone", words(), nullable=False),
        sa.Column("changes", words(), nullable=False),
        sa.Column("shift", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("merged_by", sa.String(length=80), nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=80), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("gone_id <> kept_id", name=op.f("ck_person_merge_two_records")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_person_merge_club_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_merge_kept_id")),
        sa.ForeignKeyConstraint(["gone_id"], ["person.id"], name=op.f("fk_person_merge_gone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_merge_public_id")),
    )
    op.create_index(op.f("ix_person_merge_club_id"), "person_merge", ["club_id"])
    op.create_index(op.f("ix_person_merge_gone_id_kept_id"), "person_merge", ["gone_id", "kept_id"])
    op.create_index(op.f("ix_person_merge_kept_id"), "person_merge", ["kept_id"])
    op.create_table(
        "person_merge_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("column_name", sa.String(length=60), nullable=False),
        sa.Column(
            "fate",
            sa.Enum(
                "moved", "aside", name="fate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("rows", words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merge_id"], ["person_merge.id"], name=op.f("fk_person_merge_part_merge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge_part")),
    )
    op.create_index(op.f("ix_person_merge_part_merge_id"), "person_merge_part", ["merge_id"])


def _doubles() -> None:
    op.create_table(
        "double_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("one_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", words(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_double_pair_ordered")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_double_pair_percent")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_double_pair_club_id")),
        sa.ForeignKeyConstraint(["one_id"], ["person.id"], name=op.f("fk_double_pair_one_id")),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_double_pair_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_pair")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_double_pair_one_id_other_id")),
    )
    op.create_index(op.f("ix_double_pair_other_id"), "double_pair", ["other_id"])
    op.create_index(
        op.f("ix_double_pair_club_id_decided_at_score"),
        "double_pair",
        ["club_id", "decided_at", "score"],
    )


def _privacy() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("certificate", words(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_erasure_club_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("public_id", name=op.f("uq_erasure_public_id")),
    )
    op.create_index(op.f("ix_erasure_club_id"), "erasure", ["club_id"])
    op.create_index(op.f("ix_erasure_person_id"), "erasure", ["person_id"])
    op.create_table(
        "person_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_change_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_change")),
    )
    op.create_index(op.f("ix_person_change_person_id_id"), "person_change", ["person_id", "id"])
    op.create_index(op.f("ix_person_change_unit_id"), "person_change", ["unit_id"])
