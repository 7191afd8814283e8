"""The bar: products with prices and recipes, the ledger of goods, suppliers and orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

LEDGERS = (
    "cost_history",
    "goods_receipt",
    "goods_receipt_line",
    "past_sale",
    "product_price",
    "product_price_window",
    "recipe",
    "recipe_item",
    "recipe_modifier",
    "recipe_modifier_price",
    "recipe_substitute",
    "stock_move",
)


def upgrade() -> None:
    """Create every table of the bar, then guard its ledgers."""
    create_products()
    create_stock()
    create_purchasing()
    dialect = op.get_bind().dialect.name
    for table in LEDGERS:
        for statement in trigger_statements(table, dialect):
            op.execute(statement)


def create_products() -> None:
    """Create products, prices and recipes."""
    op.create_table(
        "product_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("icon", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_product_category_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_category")),
        sa.UniqueConstraint("public_id", name=op.f("uq_product_category_public_id")),
    )
    op.create_index(
        op.f("ix_product_category_club_id"), "product_category", ["club_id"], unique=False
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=True),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("search_text", sa.String(length=300), nullable=False),
        sa.Column("sku", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sold",
                "ingredient",
                "both",
                name="productkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "unit",
            sa.Enum(
                "g",
                "ml",
                "piece",
                name="baseunit",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "line_kind",
            sa.Enum(
                "membership",
                "package",
                "class",
                "fee",
                "product",
                "gift",
                "rounding",
                "penalty",
                "other",
                name="linekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stocked", sa.Boolean(), nullable=False),
        sa.Column("below_zero", sa.Boolean(), nullable=False),
        sa.Column(
            "allergens",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column("icon", sa.String(length=40), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("favourite", sa.Integer(), nullable=True),
        sa.Column("shelf_days", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["product_category.id"], name=op.f("fk_product_category_id")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_product_club_id")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["stored_file.id"], name=op.f("fk_product_picture_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("public_id", name=op.f("uq_product_public_id")),
    )
    op.create_index(op.f("ix_product_category_id"), "product", ["category_id"], unique=False)
    op.create_index(
        op.f("ix_product_club_id_active"), "product", ["club_id", "active"], unique=False
    )
    op.create_table(
        "product_barcode",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_product_barcode_units")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_barcode_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_barcode")),
        sa.UniqueConstraint("code", "scope", name=op.f("uq_product_barcode_code_scope")),
    )
    op.create_index(
        op.f("ix_product_barcode_product_id"), "product_barcode", ["product_id"], unique=False
    )
    op.create_table(
        "product_price",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("member_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_bp", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "member_price_minor IS NULL OR member_price_minor >= 0",
            name=op.f("ck_product_price_member"),
        ),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_product_price_price")),
        sa.CheckConstraint(
            "tax_bp IS NULL OR (tax_bp >= 0 AND tax_bp <= 10000)", name=op.f("ck_product_price_tax")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_product_price_club_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_price_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_price")),
    )
    op.create_index(
        op.f("ix_product_price_product_id_club_id_valid_from"),
        "product_price",
        ["product_id", "club_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "recipe",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("yield_units", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("yield_units > 0", name=op.f("ck_recipe_yield")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_recipe_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_recipe_product_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recipe_public_id")),
    )
    op.create_index(
        op.f("ix_recipe_product_id_valid_from"),
        "recipe",
        ["product_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "product_price_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("price_id", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("member_price_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_product_price_window_price")),
        sa.CheckConstraint(
            "weekdays > 0 AND weekdays < 128", name=op.f("ck_product_price_window_weekdays")
        ),
        sa.ForeignKeyConstraint(
            ["price_id"], ["product_price.id"], name=op.f("fk_product_price_window_price_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_price_window")),
    )
    op.create_index(
        op.f("ix_product_price_window_price_id"), "product_price_window", ["price_id"], unique=False
    )
    op.create_table(
        "recipe_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipe_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ingredient_id", sa.Integer(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("waste_bp", sa.Integer(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_recipe_item_units")),
        sa.CheckConstraint("waste_bp >= 0 AND waste_bp < 10000", name=op.f("ck_recipe_item_waste")),
        sa.ForeignKeyConstraint(
            ["ingredient_id"], ["product.id"], name=op.f("fk_recipe_item_ingredient_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipe_id"], ["recipe.id"], name=op.f("fk_recipe_item_recipe_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe_item")),
        sa.UniqueConstraint(
            "recipe_id", "position", name=op.f("uq_recipe_item_recipe_id_position")
        ),
    )
    op.create_index(
        op.f("ix_recipe_item_ingredient_id"), "recipe_item", ["ingredient_id"], unique=False
    )
    op.create_table(
        "recipe_modifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("recipe_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("ingredient_id", sa.Integer(), nullable=True),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "replaces_id IS NOT NULL OR ingredient_id IS NOT NULL",
            name=op.f("ck_recipe_modifier_does"),
        ),
        sa.CheckConstraint("units >= 0", name=op.f("ck_recipe_modifier_units")),
        sa.ForeignKeyConstraint(
            ["ingredient_id"], ["product.id"], name=op.f("fk_recipe_modifier_ingredient_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipe_id"], ["recipe.id"], name=op.f("fk_recipe_modifier_recipe_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["product.id"], name=op.f("fk_recipe_modifier_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe_modifier")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recipe_modifier_public_id")),
        sa.UniqueConstraint(
            "recipe_id", "position", name=op.f("uq_recipe_modifier_recipe_id_position")
        ),
    )
    op.create_index(
        op.f("ix_recipe_modifier_ingredient_id"), "recipe_modifier", ["ingredient_id"], unique=False
    )
    op.create_index(
        op.f("ix_recipe_modifier_replaces_id"), "recipe_modifier", ["replaces_id"], unique=False
    )
    op.create_table(
        "recipe_modifier_price",
        sa.Column("modifier_id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("delta_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["club_id"], ["club.id"], name=op.f("fk_recipe_modifier_price_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["modifier_id"],
            ["recipe_modifier.id"],
            name=op.f("fk_recipe_modifier_price_modifier_id"),
        ),
        sa.PrimaryKeyConstraint("modifier_id", "club_id", name=op.f("pk_recipe_modifier_price")),
    )
    op.create_table(
        "recipe_substitute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ingredient_id", sa.Integer(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_recipe_substitute_units")),
        sa.ForeignKeyConstraint(
            ["ingredient_id"], ["product.id"], name=op.f("fk_recipe_substitute_ingredient_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["recipe_item.id"], name=op.f("fk_recipe_substitute_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe_substitute")),
        sa.UniqueConstraint(
            "item_id", "position", name=op.f("uq_recipe_substitute_item_id_position")
        ),
    )
    op.create_index(
        op.f("ix_recipe_substitute_ingredient_id"),
        "recipe_substitute",
        ["ingredient_id"],
        unique=False,
    )


def create_stock() -> None:
    """Create the ledger of goods with its counters and counts."""
    op.create_table(
        "stock_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("sells", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_stock_place_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_place")),
        sa.UniqueConstraint("club_id", "name", name=op.f("uq_stock_place_club_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stock_place_public_id")),
    )
    op.create_table(
        "stock_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "booked",
                "dropped",
                name="countstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=80), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_stock_count_club_id")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_stock_count_place_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stock_count_public_id")),
    )
    op.create_index(
        op.f("ix_stock_count_club_id_state"), "stock_count", ["club_id", "state"], unique=False
    )
    op.create_index(op.f("ix_stock_count_place_id"), "stock_count", ["place_id"], unique=False)
    op.create_table(
        "stock_count_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("expected", sa.BigInteger(), nullable=True),
        sa.Column("difference", sa.BigInteger(), nullable=True),
        sa.Column("value_micro", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "counted IS NULL OR counted >= 0", name=op.f("ck_stock_count_line_counted")
        ),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_line_count_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_stock_count_line_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count_line")),
        sa.UniqueConstraint(
            "count_id", "product_id", name=op.f("uq_stock_count_line_count_id_product_id")
        ),
    )
    op.create_table(
        "stock_day",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "delivery",
                "sale",
                "return",
                "write_off",
                "transfer",
                "count",
                "production",
                "revaluation",
                "opening",
                "reversal",
                name="movekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("value_micro", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_stock_day_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_stock_day_product_id")
        ),
        sa.PrimaryKeyConstraint("place_id", "day", "product_id", "kind", name=op.f("pk_stock_day")),
    )
    op.create_table(
        "stock_level",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("value_micro", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost_micro", sa.BigInteger(), nullable=False),
        sa.Column("below_zero", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("units <> 0 OR value_micro = 0", name=op.f("ck_stock_level_value")),
        sa.CheckConstraint("units >= 0 OR below_zero", name=op.f("ck_stock_level_units")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_stock_level_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_stock_level_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", "place_id", name=op.f("pk_stock_level")),
    )
    op.create_index(op.f("ix_stock_level_place_id"), "stock_level", ["place_id"], unique=False)
    op.create_table(
        "stock_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("remaining >= 0", name=op.f("ck_stock_lot_remaining")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_stock_lot_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_stock_lot_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_lot")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stock_lot_public_id")),
    )
    op.create_index(op.f("ix_stock_lot_expires_on"), "stock_lot", ["expires_on"], unique=False)
    op.create_index(op.f("ix_stock_lot_place_id"), "stock_lot", ["place_id"], unique=False)
    op.create_index(
        op.f("ix_stock_lot_product_id_place_id_remaining"),
        "stock_lot",
        ["product_id", "place_id", "remaining"],
        unique=False,
    )
    op.create_table(
        "stock_target",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("min_units", sa.BigInteger(), nullable=False),
        sa.Column("max_units", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "max_units IS NULL OR max_units >= min_units", name=op.f("ck_stock_target_most")
        ),
        sa.CheckConstraint("min_units >= 0", name=op.f("ck_stock_target_least")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_stock_target_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_stock_target_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", "place_id", name=op.f("pk_stock_target")),
    )
    op.create_table(
        "stock_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "delivery",
                "sale",
                "return",
                "write_off",
                "transfer",
                "count",
                "production",
                "revaluation",
                "opening",
                "reversal",
                name="movekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost_micro", sa.BigInteger(), nullable=False),
        sa.Column("value_micro", sa.BigInteger(), nullable=False),
        sa.Column(
            "waste",
            sa.Enum(
                "expired",
                "broken",
                "spilled",
                "staff",
                "tasting",
                "missing",
                "other",
                name="wastereason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("source_kind", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "units <> 0 OR kind IN ('revaluation', 'reversal')", name=op.f("ck_stock_move_units")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_stock_move_club_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["stock_lot.id"], name=op.f("fk_stock_move_lot_id")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_stock_move_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_stock_move_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["stock_move.id"], name=op.f("fk_stock_move_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stock_move_public_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_stock_move_reverses_id")),
        sa.UniqueConstraint(
            "source_kind",
            "source_id",
            "position",
            name=op.f("uq_stock_move_source_kind_source_id_position"),
        ),
    )
    op.create_index(op.f("ix_stock_move_club_id_id"), "stock_move", ["club_id", "id"], unique=False)
    op.create_index(op.f("ix_stock_move_lot_id"), "stock_move", ["lot_id"], unique=False)
    op.create_index(
        op.f("ix_stock_move_place_id_on_day"), "stock_move", ["place_id", "on_day"], unique=False
    )
    op.create_index(
        op.f("ix_stock_move_product_id_place_id_id"),
        "stock_move",
        ["product_id", "place_id", "id"],
        unique=False,
    )
    op.create_table(
        "cost_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("bought_micro", sa.BigInteger(), nullable=False),
        sa.Column("average_micro", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["move_id"], ["stock_move.id"], name=op.f("fk_cost_history_move_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_cost_history_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_cost_history_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost_history")),
        sa.UniqueConstraint("move_id", name=op.f("uq_cost_history_move_id")),
    )
    op.create_index(
        op.f("ix_cost_history_product_id_place_id_id"),
        "cost_history",
        ["product_id", "place_id", "id"],
        unique=False,
    )


def create_purchasing() -> None:
    """Create suppliers, orders, receipts, past sales and demand."""
    op.create_table(
        "supplier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("review_days", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_supplier_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
        sa.UniqueConstraint("public_id", name=op.f("uq_supplier_public_id")),
    )
    op.create_index(op.f("ix_supplier_club_id"), "supplier", ["club_id"], unique=False)
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "waiting",
                "approved",
                "sent",
                "part_received",
                "received",
                "cancelled",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("approval_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_how", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_purchase_order_approval_id")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_purchase_order_club_id")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_purchase_order_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_purchase_order_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint(
            "club_id", "year", "sequence", name=op.f("uq_purchase_order_club_id_year_sequence")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_order_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_purchase_order_public_id")),
    )
    op.create_index(
        op.f("ix_purchase_order_club_id_state"),
        "purchase_order",
        ["club_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_purchase_order_supplier_id"), "purchase_order", ["supplier_id"], unique=False
    )
    op.create_table(
        "goods_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("paper", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_goods_receipt_club_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_goods_receipt_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_goods_receipt_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_goods_receipt_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_receipt")),
        sa.UniqueConstraint("public_id", name=op.f("uq_goods_receipt_public_id")),
    )
    op.create_index(
        op.f("ix_goods_receipt_club_id_received_on"),
        "goods_receipt",
        ["club_id", "received_on"],
        unique=False,
    )
    op.create_index(op.f("ix_goods_receipt_order_id"), "goods_receipt", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_goods_receipt_supplier_id"), "goods_receipt", ["supplier_id"], unique=False
    )
    op.create_table(
        "past_sale",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("ticket", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_past_sale_club_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_past_sale_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_sale")),
        sa.UniqueConstraint(
            "club_id",
            "source",
            "ticket",
            "position",
            name=op.f("uq_past_sale_club_id_source_ticket_position"),
        ),
    )
    op.create_index(
        op.f("ix_past_sale_club_id_on_day"), "past_sale", ["club_id", "on_day"], unique=False
    )
    op.create_index(
        op.f("ix_past_sale_product_id_on_day"), "past_sale", ["product_id", "on_day"], unique=False
    )
    op.create_table(
        "product_demand",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mean_milli", sa.BigInteger(), nullable=False),
        sa.Column("deviation_milli", sa.BigInteger(), nullable=False),
        sa.Column(
            "weekdays",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column("days_known", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["stock_place.id"], name=op.f("fk_product_demand_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_demand_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", "place_id", name=op.f("pk_product_demand")),
    )
    op.create_table(
        "supplier_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("supplier_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("pack_name", sa.String(length=80), nullable=False),
        sa.Column("pack_units", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("pack_units > 0", name=op.f("ck_supplier_item_pack")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_supplier_item_price")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_supplier_item_club_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_supplier_item_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_item_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_item")),
        sa.UniqueConstraint("public_id", name=op.f("uq_supplier_item_public_id")),
        sa.UniqueConstraint(
            "supplier_id",
            "product_id",
            "club_id",
            "pack_units",
            name=op.f("uq_supplier_item_supplier_id_product_id_club_id_pack_units"),
        ),
    )
    op.create_index(op.f("ix_supplier_item_club_id"), "supplier_item", ["club_id"], unique=False)
    op.create_index(
        op.f("ix_supplier_item_product_id"), "supplier_item", ["product_id"], unique=False
    )
    op.create_table(
        "purchase_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("pack_units", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_units", sa.BigInteger(), nullable=False),
        sa.Column(
            "why",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(), "postgresql"),
            nullable=True,
        ),
        sa.CheckConstraint("packs > 0 AND pack_units > 0", name=op.f("ck_purchase_line_packs")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_purchase_line_price")),
        sa.CheckConstraint("received_units >= 0", name=op.f("ck_purchase_line_received")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["supplier_item.id"], name=op.f("fk_purchase_line_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_purchase_line_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_purchase_line_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_line")),
        sa.UniqueConstraint(
            "order_id", "position", name=op.f("uq_purchase_line_order_id_position")
        ),
    )
    op.create_index(
        op.f("ix_purchase_line_product_id"), "purchase_line", ["product_id"], unique=False
    )
    op.create_table(
        "goods_receipt_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("difference_minor", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint("cost_minor >= 0", name=op.f("ck_goods_receipt_line_cost")),
        sa.CheckConstraint("units > 0", name=op.f("ck_goods_receipt_line_units")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["stock_lot.id"], name=op.f("fk_goods_receipt_line_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["purchase_line.id"],
            name=op.f("fk_goods_receipt_line_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_goods_receipt_line_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["goods_receipt.id"], name=op.f("fk_goods_receipt_line_receipt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_receipt_line")),
        sa.UniqueConstraint(
            "receipt_id", "position", name=op.f("uq_goods_receipt_line_receipt_id_position")
        ),
    )
    op.create_index(
        op.f("ix_goods_receipt_line_order_line_id"),
        "goods_receipt_line",
        ["order_line_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_goods_receipt_line_product_id"), "goods_receipt_line", ["product_id"], unique=False
    )
