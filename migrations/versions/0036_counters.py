"""Bills for the tax office, printers of counters and what waits for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def words() -> sa.JSON:
    """Return the type of a column of plain values."""
    return sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
    )


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "fiscal_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("driver", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "bill",
                "return",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("refers_id", sa.Integer(), nullable=True),
        sa.Column("source_kind", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("fiscal_year", sa.String(length=20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("content", words(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "refused",
                name="fiscalstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("in_doubt", sa.Boolean(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_fiscal_document_club_id")),
        sa.ForeignKeyConstraint(
            ["refers_id"], ["fiscal_document.id"], name=op.f("fk_fiscal_document_refers_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_document")),
        sa.UniqueConstraint(
            "club_id",
            "fiscal_year",
            "kind",
            "sequence",
            name=op.f("uq_fiscal_document_club_id_fiscal_year_kind_sequence"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_fiscal_document_public_id")),
        sa.UniqueConstraint(
            "source_kind", "source_id", name=op.f("uq_fiscal_document_source_kind_source_id")
        ),
    )
    op.create_index(
        op.f("ix_fiscal_document_club_id_id"), "fiscal_document", ["club_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_fiscal_document_refers_id"), "fiscal_document", ["refers_id"], unique=False
    )
    op.create_index(
        op.f("ix_fiscal_document_state_next_try_at"),
        "fiscal_document",
        ["state", "next_try_at"],
        unique=False,
    )
    op.create_table(
        "fiscal_series",
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "bill",
                "return",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_fiscal_series_club_id")),
        sa.PrimaryKeyConstraint("club_id", "fiscal_year", "kind", name=op.f("pk_fiscal_series")),
    )
    op.create_table(
        "fiscal_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("meaning", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["fiscal_document.id"], name=op.f("fk_fiscal_attempt_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_attempt")),
    )
    op.create_index(
        op.f("ix_fiscal_attempt_document_id"), "fiscal_attempt", ["document_id"], unique=False
    )
    op.create_table(
        "printer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("till_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("host", sa.String(length=120), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("paper_mm", sa.Integer(), nullable=False),
        sa.Column("drawer_pin", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("drawer_pin IN (0, 2, 5)", name=op.f("ck_printer_drawer")),
        sa.CheckConstraint("paper_mm IN (58, 80)", name=op.f("ck_printer_paper")),
        sa.CheckConstraint("port > 0 AND port < 65536", name=op.f("ck_printer_port")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_printer_club_id")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_printer_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer")),
        sa.UniqueConstraint("club_id", "name", name=op.f("uq_printer_club_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_printer_public_id")),
    )
    op.create_index(op.f("ix_printer_till_id"), "printer", ["till_id"], unique=False)
    op.create_table(
        "print_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("printer_id", sa.Integer(), nullable=False),
        sa.Column("source_kind", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("content", words(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "printed",
                "dropped",
                name="printstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["printer_id"], ["printer.id"], name=op.f("fk_print_job_printer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
        sa.UniqueConstraint("public_id", name=op.f("uq_print_job_public_id")),
        sa.UniqueConstraint(
            "source_kind",
            "source_id",
            "copy_number",
            name=op.f("uq_print_job_source_kind_source_id_copy_number"),
        ),
    )
    op.create_index(
        op.f("ix_print_job_printer_id_id"), "print_job", ["printer_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_print_job_state_next_try_at"), "print_job", ["state", "next_try_at"], unique=False
    )
    for statement in trigger_statements("fiscal_attempt", op.get_bind().dialect.name):
        op.execute(statement)
