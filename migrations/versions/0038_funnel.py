"""Forms of the public door with what they sent, price quotes, and what sellers are to sell."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0038"
down_revision = "0037"
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
        "quote_series",
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_quote_series_club_id")),
        sa.PrimaryKeyConstraint("club_id", "year", name=op.f("pk_quote_series")),
    )
    op.create_table(
        "sales_target",
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("contracts", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "contracts >= 0 AND amount_minor >= 0", name=op.f("ck_sales_target_amounts")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_sales_target_club_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_sales_target_user_id")
        ),
        sa.PrimaryKeyConstraint("club_id", "user_id", "month", name=op.f("pk_sales_target")),
    )
    op.create_table(
        "lead_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("intro", sa.String(length=500), nullable=False),
        sa.Column(
            "phone",
            sa.Enum(
                "required",
                "optional",
                "off",
                name="phone",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "email",
            sa.Enum(
                "required",
                "optional",
                "off",
                name="email",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asks_message", sa.Boolean(), nullable=False),
        sa.Column("asks_consent", sa.Boolean(), nullable=False),
        sa.Column("interests", words(), nullable=False),
        sa.Column("origins", words(), nullable=False),
        sa.Column("thanks_url", sa.String(length=500), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "phone <> 'off' OR email <> 'off'", name=op.f("ck_lead_form_asks_for_a_contact")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_lead_form_club_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["lead_source.id"], name=op.f("fk_lead_form_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_form")),
        sa.UniqueConstraint("club_id", "name", name=op.f("uq_lead_form_club_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lead_form_public_id")),
    )
    op.create_index(op.f("ix_lead_form_source_id"), "lead_form", ["source_id"], unique=False)
    op.create_table(
        "lead_form_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"], ["lead_form.id"], name=op.f("fk_lead_form_consent_form_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_form_consent")),
        sa.UniqueConstraint(
            "form_id",
            "language",
            "version",
            name=op.f("uq_lead_form_consent_form_id_language_version"),
        ),
    )
    op.create_table(
        "price_quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "declined",
                "withdrawn",
                name="quotestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("seller_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_words", sa.String(length=300), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state <> 'accepted' OR chosen IS NOT NULL",
            name=op.f("ck_price_quote_accepted_is_chosen"),
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_price_quote_club_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_price_quote_contract_id")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_price_quote_lead_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_price_quote_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["user_account.id"], name=op.f("fk_price_quote_seller_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_quote")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_price_quote_contract_id")),
        sa.UniqueConstraint("number", name=op.f("uq_price_quote_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_price_quote_public_id")),
    )
    op.create_index(
        op.f("ix_price_quote_club_id_state_valid_until"),
        "price_quote",
        ["club_id", "state", "valid_until"],
        unique=False,
    )
    op.create_index(op.f("ix_price_quote_lead_id"), "price_quote", ["lead_id"], unique=False)
    op.create_index(op.f("ix_price_quote_person_id"), "price_quote", ["person_id"], unique=False)
    op.create_index(op.f("ix_price_quote_seller_id"), "price_quote", ["seller_id"], unique=False)
    op.create_table(
        "form_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "taken",
                "refused",
                "odd",
                name="letterstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("headers", words(), nullable=False),
        sa.Column("hosted", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("inquiry_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["form_id"], ["lead_form.id"], name=op.f("fk_form_letter_form_id")),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_form_letter_inquiry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_letter")),
        sa.UniqueConstraint("form_id", "key", name=op.f("uq_form_letter_form_id_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_form_letter_public_id")),
    )
    op.create_index(
        op.f("ix_form_letter_form_id_received_at"),
        "form_letter",
        ["form_id", "received_at"],
        unique=False,
    )
    op.create_index(op.f("ix_form_letter_inquiry_id"), "form_letter", ["inquiry_id"], unique=False)
    op.create_index(
        op.f("ix_form_letter_state_received_at"),
        "form_letter",
        ["state", "received_at"],
        unique=False,
    )
    op.create_table(
        "quote_choice",
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("joining_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "discount_minor >= 0 AND total_minor >= 0", name=op.f("ck_quote_choice_amounts")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_quote_choice_plan_id")),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["price_quote.id"], name=op.f("fk_quote_choice_quote_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_quote_choice_version_id")
        ),
        sa.PrimaryKeyConstraint("quote_id", "place", name=op.f("pk_quote_choice")),
    )
    op.create_index(op.f("ix_quote_choice_plan_id"), "quote_choice", ["plan_id"], unique=False)
    op.create_index(
        op.f("ix_quote_choice_version_id"), "quote_choice", ["version_id"], unique=False
    )
    dialect = op.get_bind().dialect.name
    for table in ("lead_form_consent", "quote_choice"):
        for statement in trigger_statements(table, dialect):
            op.execute(statement)
