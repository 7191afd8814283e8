"""What the reports read: paid ends, spells, sealed months, forecasts and figures of before."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    """Create the tables of the reports."""
    _figures()
    _rows()
    for table in ("forecast_told", "month_seal"):
        for statement in trigger_statements(table, op.get_bind().dialect.name):
            op.execute(statement)


def _figures() -> None:
    op.create_table(
        "analysis_result",
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "forecast",
                "survival",
                name="analysiskind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_analysis_result_club_id")),
        sa.PrimaryKeyConstraint("club_id", "kind", name=op.f("pk_analysis_result")),
    )
    op.create_table(
        "baseline_figure",
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=True),
        sa.Column("contracts", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("noted_by", sa.String(length=80), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_baseline_figure_club_id")),
        sa.PrimaryKeyConstraint("club_id", "month", name=op.f("pk_baseline_figure")),
    )
    op.create_table(
        "forecast_told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("is_hindsight", sa.Boolean(), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_forecast_told_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_told")),
        sa.UniqueConstraint("club_id", "made_on", name=op.f("uq_forecast_told_club_id_made_on")),
    )
    op.create_table(
        "month_seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("renewed", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_month_seal_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_seal")),
        sa.UniqueConstraint("club_id", "month", name=op.f("uq_month_seal_club_id_month")),
    )


def _rows() -> None:
    op.create_table(
        "member_spell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("frozen_days", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("plan", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("trainer", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_member_spell_club_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_member_spell_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_spell")),
        sa.UniqueConstraint(
            "person_id", "club_id", "number", name=op.f("uq_member_spell_person_id_club_id_number")
        ),
    )
    op.create_index(
        op.f("ix_member_spell_club_id_began_on"),
        "member_spell",
        ["club_id", "began_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_member_spell_club_id_ended_on"),
        "member_spell",
        ["club_id", "ended_on"],
        unique=False,
    )
    op.create_table(
        "renewal_due",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("term", sa.String(length=12), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("trainer", sa.String(length=200), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column(
            "fate",
            sa.Enum(
                "open",
                "renewed",
                "lost",
                name="fate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum(
                "early",
                "late",
                "changed",
                "rolled_on",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("next_contract_id", sa.Integer(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("back_on", sa.Date(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("chance", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_renewal_due_club_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_renewal_due_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["next_contract_id"], ["contract.id"], name=op.f("fk_renewal_due_next_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_renewal_due_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal_due")),
        sa.UniqueConstraint(
            "contract_id", "due_on", name=op.f("uq_renewal_due_contract_id_due_on")
        ),
    )
    op.create_index(
        op.f("ix_renewal_due_club_id_month"), "renewal_due", ["club_id", "month"], unique=False
    )
    op.create_index(op.f("ix_renewal_due_person_id"), "renewal_due", ["person_id"], unique=False)
