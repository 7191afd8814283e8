"""What followed each eligibility, the nightly findings, and what contacts cost.

On SQLite the old check of who performs a touchpoint had stayed beside the new one; it goes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OLD_CHECK = (
    "CONSTRAINT ck_touchpoint_performer CHECK (performer IN ('automatic', 'front_desk')), \n\t"
)
KINDS = ("visits", "came", "bought", "renewal", "rejoined")


def _json() -> sa.types.TypeEngine:
    return sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True), "postgresql"
    )


def upgrade() -> None:
    """Create the four tables, and let trainers, managers and sellers perform on SQLite too."""
    if op.get_bind().dialect.name == "sqlite":
        _drop_old_check()
    op.create_table(
        "touch_outcome",
        sa.Column("eligibility_id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("arm", sa.String(length=1), nullable=False),
        sa.Column("is_control", sa.Boolean(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("is_rolling", sa.Boolean(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("eligible_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("eligible_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("renewed", sa.Boolean(), nullable=True),
        sa.Column("involuntary", sa.Boolean(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("delivered", sa.Boolean(), nullable=True),
        sa.Column("opted_out", sa.Boolean(), nullable=True),
        sa.Column("complained", sa.Boolean(), nullable=True),
        sa.Column("refunded", sa.Boolean(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"], [f"{name}.id"], name=op.f(f"fk_touch_outcome_{name}_id")
            )
            for name in ("eligibility", "club", "person", "contract")
        ),
        sa.PrimaryKeyConstraint("eligibility_id", name=op.f("pk_touch_outcome")),
    )
    for columns in (("club_id", "code", "arm"), ("club_id", "settled_on"), ("club_id", "told_on")):
        op.create_index(
            op.f("ix_touch_outcome_" + "_".join(columns)), "touch_outcome", list(columns)
        )
    op.create_table(
        "effect_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("facts", _json(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_effect_run_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effect_run")),
    )
    op.create_index(
        op.f("ix_effect_run_club_id_period_night"), "effect_run", ["club_id", "period", "night"]
    )
    op.create_table(
        "touch_effect",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("figures", _json(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["effect_run.id"], name=op.f("fk_touch_effect_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch_effect")),
        sa.UniqueConstraint("run_id", "code", name=op.f("uq_touch_effect_run_id_code")),
    )
    op.create_table(
        "contact_cost",
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("wage_minor", sa.Integer(), nullable=False),
        sa.Column("margin_bp", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("wage_minor >= 0", name=op.f("ck_contact_cost_wage")),
        sa.CheckConstraint("margin_bp BETWEEN 0 AND 10000", name=op.f("ck_contact_cost_margin")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_contact_cost_club_id")),
        sa.PrimaryKeyConstraint("club_id", name=op.f("pk_contact_cost")),
    )


def _drop_old_check() -> None:
    bind = op.get_bind()
    kept = "SELECT sql FROM sqlite_master WHERE tbl_name = 'touchpoint' AND sql IS NOT NULL"
    table, *indexes = bind.exec_driver_sql(f"{kept} ORDER BY type DESC").scalars().all()
    if OLD_CHECK not in table:
        return
    fresh = table.replace(OLD_CHECK, "").replace("touchpoint", "touchpoint_fresh", 1)
    columns = ", ".join(
        row[1] for row in bind.exec_driver_sql("PRAGMA table_info(touchpoint)").all()
    )
    bind.exec_driver_sql(fresh)
    bind.exec_driver_sql(
        f"INSERT INTO touchpoint_fresh ({columns}) SELECT {columns} FROM touchpoint"
    )
    bind.exec_driver_sql("DROP TABLE touchpoint")
    bind.exec_driver_sql("ALTER TABLE touchpoint_fresh RENAME TO touchpoint")
    for index in indexes:
        bind.exec_driver_sql(index)
