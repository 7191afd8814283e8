"""The cash book: categories, payees, recurring items, lines, and closings that nothing rewrites."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LEDGERS = ("book_line", "closing")


def upgrade() -> None:
    """Create the tables of the books, then guard their ledgers."""
    create_tables()
    dialect = op.get_bind().dialect.name
    for table in LEDGERS:
        for statement in trigger_statements(table, dialect):
            op.execute(statement)


def create_tables() -> None:
    """Create the tables with their indexes."""
    op.create_table(
        "book_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "direction",
            sa.Enum(
                "income",
                "expense",
                name="direction",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_book_category_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_category")),
        sa.UniqueConstraint("club_id", "code", name=op.f("uq_book_category_club_id_code")),
    )
    op.create_table(
        "closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "day",
                "month",
                name="closingkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_closing_period")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_closing_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
        sa.UniqueConstraint(
            "club_id", "kind", "first_on", name=op.f("uq_closing_club_id_kind_first_on")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_closing_public_id")),
    )
    op.create_index(
        op.f("ix_closing_club_id_kind_last_on"),
        "closing",
        ["club_id", "kind", "last_on"],
        unique=False,
    )
    op.create_table(
        "payee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "supplier",
                "staff",
                name="payeekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_folded", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_payee_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee")),
        sa.UniqueConstraint(
            "club_id", "kind", "name_folded", name=op.f("uq_payee_club_id_kind_name_folded")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_payee_public_id")),
    )
    op.create_table(
        "recurring_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "stopped",
                name="recurringstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column(
            "account",
            sa.Enum(
                "cash",
                "bank",
                "card",
                "gateway",
                name="account",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("payee_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "every",
            sa.Enum(
                "week",
                "month",
                "quarter",
                "year",
                name="every",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("booked_until", sa.Date(), nullable=True),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_recurring_item_amount")),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= first_on", name=op.f("ck_recurring_item_period")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["book_category.id"], name=op.f("fk_recurring_item_category_id")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_recurring_item_club_id")),
        sa.ForeignKeyConstraint(
            ["payee_id"], ["payee.id"], name=op.f("fk_recurring_item_payee_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recurring_item")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recurring_item_public_id")),
    )
    op.create_index(
        op.f("ix_recurring_item_club_id_state"),
        "recurring_item",
        ["club_id", "state"],
        unique=False,
    )
    op.create_table(
        "book_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "entry",
                "transfer",
                "opening",
                "count",
                name="bookkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "account",
            sa.Enum(
                "cash",
                "bank",
                "card",
                "gateway",
                name="account",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("payee_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("recurring_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("source_kind", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_book_line_amount")),
        sa.CheckConstraint("months BETWEEN 1 AND 60", name=op.f("ck_book_line_months")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["book_category.id"], name=op.f("fk_book_line_category_id")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_book_line_club_id")),
        sa.ForeignKeyConstraint(["payee_id"], ["payee.id"], name=op.f("fk_book_line_payee_id")),
        sa.ForeignKeyConstraint(
            ["recurring_id"], ["recurring_item.id"], name=op.f("fk_book_line_recurring_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["book_line.id"], name=op.f("fk_book_line_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_line")),
        sa.UniqueConstraint(
            "club_id",
            "source_kind",
            "source_id",
            name=op.f("uq_book_line_club_id_source_kind_source_id"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_book_line_public_id")),
        sa.UniqueConstraint(
            "recurring_id", "due_on", name=op.f("uq_book_line_recurring_id_due_on")
        ),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_book_line_reverses_id")),
    )
    op.create_index(op.f("ix_book_line_category_id"), "book_line", ["category_id"], unique=False)
    op.create_index(
        op.f("ix_book_line_club_id_booked_on"), "book_line", ["club_id", "booked_on"], unique=False
    )
    op.create_index(op.f("ix_book_line_first_month"), "book_line", ["first_month"], unique=False)
