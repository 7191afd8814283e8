"""Versions of the journey, what each cycle goes by, and who would have been spoken to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BEFORE = ("automatic", "front_desk")
PERFORMERS = (*BEFORE, "trainer", "manager", "sales")
STATES = ("planned", "queued", "delivered", "cancelled", "skipped", "held_out", "expired")
STAGES = ("adaptation", "active", "regular", "at_risk", "frozen", "lapsed", "lost")


def upgrade() -> None:
    """Create the tables, and let trainers, managers and sellers perform touchpoints."""
    op.create_table(
        "journey_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column(
            "settings",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_journey_version_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey_version")),
        sa.UniqueConstraint("club_id", "number", name=op.f("uq_journey_version_club_id_number")),
    )
    op.create_table(
        "cycle_version",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cycle_no", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_cycle_version_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "cycle_no", name=op.f("pk_cycle_version")),
    )
    op.create_table(
        "eligibility",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("cycle_no", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("arm", sa.String(length=1), nullable=False),
        sa.Column("is_control", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("eligible_on", sa.Date(), nullable=False),
        sa.Column("eligible_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pre28", sa.Integer(), nullable=False),
        sa.Column("term_days", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(*STAGES, name="stage", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_eligibility_club_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_eligibility_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_eligibility_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility")),
        sa.UniqueConstraint(
            "person_id",
            "cycle_no",
            "code",
            "occurrence",
            name=op.f("uq_eligibility_person_id_cycle_no_code_occurrence"),
        ),
    )
    op.create_index(
        op.f("ix_eligibility_club_id_code_eligible_on"),
        "eligibility",
        ["club_id", "code", "eligible_on"],
        unique=False,
    )
    for table in ("journey_version", "eligibility"):
        for statement in trigger_statements(table, op.get_bind().dialect.name):
            op.execute(statement)
    _let_more_perform()


def _let_more_perform() -> None:
    named = ", ".join(f"'{one}'" for one in PERFORMERS)
    check = f"performer IN ({named})"
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_touchpoint_performer"), "touchpoint", type_="check")
        op.create_check_constraint(op.f("ck_touchpoint_performer"), "touchpoint", check)
        return
    # A batch does not see checks, so it is told both; nothing points to this table.
    states = ", ".join(f"'{one}'" for one in STATES)
    checks = (
        sa.CheckConstraint(check, name=op.f("ck_touchpoint_performer")),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_touchpoint_touchstate")),
    )
    with op.batch_alter_table("touchpoint", recreate="always", table_args=checks):
        pass
