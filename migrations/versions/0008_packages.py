"""Packages on sale and sold, attended days, trainers with their clients and sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "package_product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "service",
            sa.Enum(
                "personal",
                "duo",
                "small_group",
                "massage",
                "nutrition",
                "other",
                name="service",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "on_sale",
                "withdrawn",
                name="productstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("latest_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_package_product_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_product")),
        sa.UniqueConstraint("public_id", name=op.f("uq_package_product_public_id")),
    )
    op.create_index(
        op.f("ix_package_product_club_id"), "package_product", ["club_id"], unique=False
    )
    op.create_table(
        "trainer_profile",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("headline", sa.String(length=200), nullable=False),
        sa.Column("takes_clients", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_trainer_profile_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_trainer_profile")),
    )
    op.create_table(
        "attended_day",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_attended_day_club_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attended_day_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "day", "club_id", name=op.f("pk_attended_day")),
    )
    op.create_table(
        "package_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=True),
        sa.Column("moves_with_freeze", sa.Boolean(), nullable=False),
        sa.Column("low_mark", sa.Integer(), nullable=False),
        sa.Column(
            "no_show",
            sa.Enum(
                "unit",
                "nothing",
                name="missedrule",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "late_cancel",
            sa.Enum(
                "unit",
                "nothing",
                name="latecancelrule",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("late_cancel_hours", sa.Integer(), nullable=False),
        sa.Column(
            "trainer_choice",
            sa.Enum(
                "any",
                "chosen",
                name="trainerchoice",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_package_version_price")),
        sa.CheckConstraint("units > 0", name=op.f("ck_package_version_units")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["package_product.id"], name=op.f("fk_package_version_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_version")),
        sa.UniqueConstraint(
            "product_id", "number", name=op.f("uq_package_version_product_id_number")
        ),
    )
    op.create_table(
        "trainer_client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("ended_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_trainer_client_period")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_trainer_client_club_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_trainer_client_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["user_account.id"], name=op.f("fk_trainer_client_trainer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer_client")),
    )
    op.create_index(
        op.f("ix_trainer_client_person_id"), "trainer_client", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_trainer_client_trainer_id_until_on"),
        "trainer_client",
        ["trainer_id", "until_on"],
        unique=False,
    )
    op.create_index(
        "uq_trainer_client_open",
        "trainer_client",
        ["trainer_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "package_notice",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["package_lot.id"], name=op.f("fk_package_notice_lot_id")
        ),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_package_notice")),
    )
    op.create_table(
        "package_sale",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=True),
        sa.Column("from_lot_id", sa.Integer(), nullable=True),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("released_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sold_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_package_sale_price")),
        sa.CheckConstraint(
            "released_minor >= 0 AND released_minor <= price_minor",
            name=op.f("ck_package_sale_released"),
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_package_sale_club_id")),
        sa.ForeignKeyConstraint(
            ["from_lot_id"], ["package_lot.id"], name=op.f("fk_package_sale_from_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["package_lot.id"], name=op.f("fk_package_sale_lot_id")
        ),
        sa.ForeignKeyConstraint(["payer_id"], ["person.id"], name=op.f("fk_package_sale_payer_id")),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["user_account.id"], name=op.f("fk_package_sale_trainer_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["package_version.id"], name=op.f("fk_package_sale_version_id")
        ),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_package_sale")),
    )
    op.create_index(
        op.f("ix_package_sale_club_id_sold_on"),
        "package_sale",
        ["club_id", "sold_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_package_sale_version_id"), "package_sale", ["version_id"], unique=False
    )
    op.create_table(
        "trainer_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=True),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column(
            "service",
            sa.Enum(
                "personal",
                "duo",
                "small_group",
                "massage",
                "nutrition",
                "other",
                name="service",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "complete",
                "no_show",
                "late_cancel",
                "cancelled",
                "reversed",
                name="sessionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("used_unit", sa.Boolean(), nullable=False),
        sa.Column("value_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column(
            "confirmation",
            sa.Enum(
                "scan",
                "code",
                "signature",
                "unconfirmed",
                name="confirmation",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("logged_by", sa.String(length=80), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_by", sa.String(length=80), nullable=False),
        sa.Column("reversal_reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("heads > 0", name=op.f("ck_trainer_session_heads")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_trainer_session_club_id")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["package_lot.id"], name=op.f("fk_trainer_session_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_trainer_session_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["user_account.id"], name=op.f("fk_trainer_session_trainer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_trainer_session_public_id")),
    )
    op.create_index(
        op.f("ix_trainer_session_club_id_held_on"),
        "trainer_session",
        ["club_id", "held_on"],
        unique=False,
    )
    op.create_index(op.f("ix_trainer_session_lot_id"), "trainer_session", ["lot_id"], unique=False)
    op.create_index(
        op.f("ix_trainer_session_person_id_held_on"),
        "trainer_session",
        ["person_id", "held_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_trainer_session_trainer_id_held_at"),
        "trainer_session",
        ["trainer_id", "held_at"],
        unique=False,
    )
    op.create_table(
        "session_share",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("trainer_id", sa.Integer(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "share_bp > 0 AND share_bp <= 10000", name=op.f("ck_session_share_share")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["trainer_session.id"], name=op.f("fk_session_share_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["user_account.id"], name=op.f("fk_session_share_trainer_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "trainer_id", name=op.f("pk_session_share")),
    )
    op.create_table(
        "session_signature",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("strokes", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["trainer_session.id"], name=op.f("fk_session_signature_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_signature")),
    )
