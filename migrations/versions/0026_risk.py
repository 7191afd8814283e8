"""Scores of members at risk, kept to be judged by what happened."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of scores."""
    op.create_table(
        "risk_score",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "silence",
                "slump",
                "everybody",
                name="scoredfor",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("silent_days", sa.Integer(), nullable=False),
        sa.Column("v28", sa.Integer(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("baseline_visits", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_risk_score_club_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_risk_score_person_id")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_risk_score")),
    )
    op.create_index(op.f("ix_risk_score_club_id_day"), "risk_score", ["club_id", "day"])
    for statement in trigger_statements("risk_score", op.get_bind().dialect.name):
        op.execute(statement)
