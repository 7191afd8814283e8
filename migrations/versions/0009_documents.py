"""Documents with the words they were read in, signatures, waivers and medical certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LEDGERS = ("document_text", "kept_document", "letterhead", "signature", "waiver")
KINDS = (
    "contract",
    "waiver",
    "invoice",
    "credit_note",
    "receipt",
    "receipt_80mm",
    "card",
    "dunning_letter",
)
JSON_TYPE = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    """Create the tables and make the store itself keep the ledgers append-only."""
    create_tables()
    dialect = op.get_bind().dialect.name
    for table in LEDGERS:
        for statement in trigger_statements(table, dialect):
            op.execute(statement)


def create_tables() -> None:
    """Create every table with its indexes."""
    op.create_table(
        "document_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *KINDS, name="documentkind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_document_text_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_text")),
        sa.UniqueConstraint(
            "club_id",
            "kind",
            "language",
            "version",
            name=op.f("uq_document_text_club_id_kind_language_version"),
        ),
    )
    op.create_table(
        "letterhead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("legal_name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("tax_id", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("bank", sa.String(length=400), nullable=False),
        sa.Column("logo", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_letterhead_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letterhead")),
        sa.UniqueConstraint("club_id", "version", name=op.f("uq_letterhead_club_id_version")),
    )
    op.create_table(
        "kept_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *KINDS, name="documentkind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("letterhead_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("fields", JSON_TYPE, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_kept_document_club_id")),
        sa.ForeignKeyConstraint(
            ["letterhead_id"], ["letterhead.id"], name=op.f("fk_kept_document_letterhead_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_kept_document_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["text_id"], ["document_text.id"], name=op.f("fk_kept_document_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_document")),
        sa.UniqueConstraint("public_id", name=op.f("uq_kept_document_public_id")),
    )
    op.create_index(op.f("ix_kept_document_person_id_kind"), "kept_document", ["person_id", "kind"])
    op.create_index(
        op.f("ix_kept_document_subject_kind_subject_id"),
        "kept_document",
        ["subject_kind", "subject_id"],
    )
    op.create_table(
        "medical_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.String(length=80), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["club_id"], ["club.id"], name=op.f("fk_medical_certificate_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_medical_certificate_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medical_certificate")),
        sa.UniqueConstraint("public_id", name=op.f("uq_medical_certificate_public_id")),
    )
    op.create_index(
        op.f("ix_medical_certificate_person_id_valid_until"),
        "medical_certificate",
        ["person_id", "valid_until"],
    )
    op.create_table(
        "signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("as_guardian", sa.Boolean(), nullable=False),
        sa.Column("strokes", JSON_TYPE, nullable=True),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["kept_document.id"], name=op.f("fk_signature_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_document_id"), "signature", ["document_id"])
    op.create_table(
        "waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= signed_on", name=op.f("ck_waiver_period")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_waiver_club_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["kept_document.id"], name=op.f("fk_waiver_document_id")
        ),
        sa.ForeignKeyConstraint(["guardian_id"], ["person.id"], name=op.f("fk_waiver_guardian_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_waiver_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
        sa.UniqueConstraint("document_id", name=op.f("uq_waiver_document_id")),
    )
    op.create_index(op.f("ix_waiver_person_id_valid_until"), "waiver", ["person_id", "valid_until"])
