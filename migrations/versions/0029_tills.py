"""Tills, their shifts, movements, reports, and limits of accounts."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "till",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_till_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till")),
        sa.UniqueConstraint("club_id", "name", name=op.f("uq_till_club_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_till_public_id")),
    )
    op.create_table(
        "account_limit",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("limit_minor", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.String(length=80), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_account_limit_club_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_account_limit_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "club_id", name=op.f("pk_account_limit")),
    )
    op.create_table(
        "till_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "closed",
                name="shiftstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("float_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("closed_by", sa.String(length=80), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected_minor", sa.BigInteger(), nullable=True),
        sa.Column("counted_minor", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "counted_minor IS NULL OR counted_minor >= 0", name=op.f("ck_till_shift_counted")
        ),
        sa.CheckConstraint("float_minor >= 0", name=op.f("ck_till_shift_float")),
        sa.CheckConstraint("lines >= 0", name=op.f("ck_till_shift_lines")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_till_shift_club_id")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_till_shift_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till_shift")),
        sa.UniqueConstraint("public_id", name=op.f("uq_till_shift_public_id")),
    )
    op.create_index(
        op.f("ix_till_shift_club_id_opened_at"),
        "till_shift",
        ["club_id", "opened_at"],
        unique=False,
    )
    op.create_index(op.f("ix_till_shift_till_id"), "till_shift", ["till_id"], unique=False)
    op.create_index(
        "uq_till_shift_open_person",
        "till_shift",
        ["club_id", "opened_by"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_till_shift_open_till",
        "till_shift",
        ["till_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "shift_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "x", "z", name="reportkind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["till_shift.id"], name=op.f("fk_shift_report_shift_id")
        ),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_shift_report_till_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shift_report_public_id")),
        sa.UniqueConstraint(
            "till_id", "kind", "number", name=op.f("uq_shift_report_till_id_kind_number")
        ),
    )
    op.create_index(op.f("ix_shift_report_shift_id"), "shift_report", ["shift_id"], unique=False)
    op.create_table(
        "shift_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "float",
                "payment",
                "refund",
                "pay_in",
                "pay_out",
                "difference",
                name="shiftmove",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
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
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("refund_id", sa.Integer(), nullable=True),
        sa.Column(
            "purpose",
            sa.Enum(
                "bank",
                "expense",
                "tips",
                "other",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_shift_line_amount")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_shift_line_payment_id")
        ),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_shift_line_refund_id")),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["till_shift.id"], name=op.f("fk_shift_line_shift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_line")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_shift_line_payment_id")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_shift_line_refund_id")),
    )
    op.create_index(op.f("ix_shift_line_shift_id"), "shift_line", ["shift_id"], unique=False)
    dialect = op.get_bind().dialect.name
    for table in ("shift_line", "shift_report"):
        for statement in trigger_statements(table, dialect):
            op.execute(statement)
    for statement in _CLOSED_STAYS[dialect]:
        op.execute(statement)


_CLOSED_STAYS = {
    "sqlite": [
        "CREATE TRIGGER till_shift_closed_stays BEFORE UPDATE ON till_shift "
        "WHEN OLD.state = 'closed' "
        "BEGIN SELECT RAISE(ABORT, 'a closed shift stays as it is'); END",
        "CREATE TRIGGER till_shift_no_delete BEFORE DELETE ON till_shift "
        "BEGIN SELECT RAISE(ABORT, 'a shift is never deleted'); END",
        "CREATE TRIGGER shift_line_open_only BEFORE INSERT ON shift_line "
        "WHEN (SELECT state FROM till_shift WHERE id = NEW.shift_id) = 'closed' "
        "BEGIN SELECT RAISE(ABORT, 'a closed shift stays as it is'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION closed_shift_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' OR OLD.state = 'closed' THEN "
        "RAISE EXCEPTION 'a closed shift stays as it is'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER till_shift_closed_stays BEFORE UPDATE OR DELETE ON till_shift "
        "FOR EACH ROW EXECUTE FUNCTION closed_shift_stays()",
        "CREATE FUNCTION open_shift_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF (SELECT state FROM till_shift WHERE id = NEW.shift_id) = 'closed' THEN "
        "RAISE EXCEPTION 'a closed shift stays as it is'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER shift_line_open_only BEFORE INSERT ON shift_line "
        "FOR EACH ROW EXECUTE FUNCTION open_shift_only()",
    ],
}
