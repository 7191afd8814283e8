"""Sales over the counter with lines, tenders and returns, and carts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "bar_sale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("added_tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("rounding_minor", sa.BigInteger(), nullable=False),
        sa.Column("tip_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("on_account_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_micro", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sold_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "gross_minor - discount_minor + added_tax_minor + rounding_minor + tip_minor "
            "= total_minor",
            name=op.f("ck_bar_sale_sums"),
        ),
        sa.CheckConstraint(
            "on_account_minor >= 0 AND tip_minor >= 0", name=op.f("ck_bar_sale_parts")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_bar_sale_club_id")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_bar_sale_invoice_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bar_sale_person_id")),
        sa.ForeignKeyConstraint(["shift_id"], ["till_shift.id"], name=op.f("fk_bar_sale_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bar_sale")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_bar_sale_invoice_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bar_sale_public_id")),
        sa.UniqueConstraint("source_id", name=op.f("uq_bar_sale_source_id")),
    )
    op.create_index(
        op.f("ix_bar_sale_club_id_sold_on"), "bar_sale", ["club_id", "sold_on"], unique=False
    )
    op.create_index(
        op.f("ix_bar_sale_person_id_sold_at"), "bar_sale", ["person_id", "sold_at"], unique=False
    )
    op.create_index(op.f("ix_bar_sale_shift_id"), "bar_sale", ["shift_id"], unique=False)
    op.create_table(
        "bar_cart",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "parked",
                "paid",
                "dropped",
                name="cartstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column(
            "lines",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("discount_bp", sa.Integer(), nullable=False),
        sa.Column("approved_bp", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_bar_cart_club_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bar_cart_person_id")),
        sa.ForeignKeyConstraint(["sale_id"], ["bar_sale.id"], name=op.f("fk_bar_cart_sale_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bar_cart")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bar_cart_public_id")),
    )
    op.create_index(
        op.f("ix_bar_cart_club_id_state"), "bar_cart", ["club_id", "state"], unique=False
    )
    op.create_index(op.f("ix_bar_cart_owner_state"), "bar_cart", ["owner", "state"], unique=False)
    op.create_index(op.f("ix_bar_cart_sale_id"), "bar_cart", ["sale_id"], unique=False)
    op.create_table(
        "bar_sale_tender",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column(
            "tender",
            sa.Enum(
                "cash",
                "card_terminal",
                "bank_transfer",
                "gateway",
                "voucher",
                "bonus",
                "account",
                name="tender",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("given_minor", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bar_sale_tender_amount")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_bar_sale_tender_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["sale_id"], ["bar_sale.id"], name=op.f("fk_bar_sale_tender_sale_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bar_sale_tender")),
    )
    op.create_index(
        op.f("ix_bar_sale_tender_payment_id"), "bar_sale_tender", ["payment_id"], unique=False
    )
    op.create_index(
        op.f("ix_bar_sale_tender_sale_id"), "bar_sale_tender", ["sale_id"], unique=False
    )
    op.create_table(
        "bar_sale_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("invoice_line_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("wishes", sa.String(length=300), nullable=False),
        sa.Column(
            "wish_ids",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_micro", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bar_sale_line_quantity")),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"], ["invoice_line.id"], name=op.f("fk_bar_sale_line_invoice_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_bar_sale_line_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["sale_id"], ["bar_sale.id"], name=op.f("fk_bar_sale_line_sale_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bar_sale_line")),
        sa.UniqueConstraint("invoice_line_id", name=op.f("uq_bar_sale_line_invoice_line_id")),
        sa.UniqueConstraint("sale_id", "position", name=op.f("uq_bar_sale_line_sale_id_position")),
    )
    op.create_index(
        op.f("ix_bar_sale_line_product_id"), "bar_sale_line", ["product_id"], unique=False
    )
    op.create_table(
        "bar_sale_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("credit_note_id", sa.Integer(), nullable=False),
        sa.Column("is_void", sa.Boolean(), nullable=False),
        sa.Column("on_shelf", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bar_sale_return_quantity")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["invoice.id"], name=op.f("fk_bar_sale_return_credit_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["bar_sale_line.id"], name=op.f("fk_bar_sale_return_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["sale_id"], ["bar_sale.id"], name=op.f("fk_bar_sale_return_sale_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bar_sale_return")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bar_sale_return_public_id")),
    )
    op.create_index(
        op.f("ix_bar_sale_return_credit_note_id"),
        "bar_sale_return",
        ["credit_note_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_bar_sale_return_line_id"), "bar_sale_return", ["line_id"], unique=False
    )
    op.create_index(
        op.f("ix_bar_sale_return_sale_id"), "bar_sale_return", ["sale_id"], unique=False
    )
    for table in ("bar_sale", "bar_sale_line", "bar_sale_tender", "bar_sale_return"):
        for statement in trigger_statements(table, op.get_bind().dialect.name):
            op.execute(statement)
