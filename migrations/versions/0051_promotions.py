"""Price promotions of a season and the sales they lowered."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements
from clubcrm.core.ledger_guards import open_for_people

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

LEDGERS = ("promotion_use",)


def upgrade() -> None:
    """Create the tables; ledgers refuse changes."""
    op.create_table(
        "promotion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "percent",
                "amount",
                "price",
                name="cutkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("newcomers_only", sa.Boolean(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_promotion_days")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_promotion_value")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_promotion_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
        sa.UniqueConstraint("public_id", name=op.f("uq_promotion_public_id")),
    )
    op.create_index(
        op.f("ix_promotion_club_id_until_on"), "promotion", ["club_id", "until_on"], unique=False
    )
    op.create_table(
        "promotion_plan",
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_promotion_plan_plan_id")),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_plan_promotion_id")
        ),
        sa.PrimaryKeyConstraint("promotion_id", "plan_id", name=op.f("pk_promotion_plan")),
    )
    op.create_index(op.f("ix_promotion_plan_plan_id"), "promotion_plan", ["plan_id"], unique=False)
    op.create_table(
        "promotion_product",
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["package_product.id"], name=op.f("fk_promotion_product_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_product_promotion_id")
        ),
        sa.PrimaryKeyConstraint("promotion_id", "product_id", name=op.f("pk_promotion_product")),
    )
    op.create_index(
        op.f("ix_promotion_product_product_id"), "promotion_product", ["product_id"], unique=False
    )
    op.create_table(
        "promotion_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("promotion_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("list_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "(contract_id IS NULL) <> (lot_id IS NULL)", name=op.f("ck_promotion_use_one_thing")
        ),
        sa.CheckConstraint(
            "price_minor >= 0 AND price_minor < list_minor", name=op.f("ck_promotion_use_lower")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_promotion_use_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["package_lot.id"], name=op.f("fk_promotion_use_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_promotion_use_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotion.id"], name=op.f("fk_promotion_use_promotion_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_use")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_promotion_use_contract_id")),
        sa.UniqueConstraint("lot_id", name=op.f("uq_promotion_use_lot_id")),
    )
    op.create_index(
        op.f("ix_promotion_use_person_id"), "promotion_use", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_promotion_use_promotion_id_sold_on"),
        "promotion_use",
        ["promotion_id", "sold_on"],
        unique=False,
    )

    connection = op.get_bind()
    for table in LEDGERS:
        for statement in trigger_statements(table, connection.dialect.name):
            op.execute(statement)
    open_for_people(connection)
