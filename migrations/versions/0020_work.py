"""Calls and talks: what makes a task one, its tries, and the half-way question."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "task_work",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("form", _choice("workform", "call", "talk"), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("rank", sa.Float(), nullable=False),
        sa.Column(
            "facts",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["user_account.id"], name=op.f("fk_task_work_taken_by")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_work_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_task_work")),
    )
    op.create_index(op.f("ix_task_work_code"), "task_work", ["code"])
    op.create_table(
        "task_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            _choice(
                "attemptoutcome",
                "reached",
                "will_renew",
                "wants_freeze",
                "not_renewing",
                "complaint",
                "injury",
                "no_answer",
                "call_back",
                "wrong_number",
                "stop_calling",
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_task_attempt_club_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_task_attempt_person_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_attempt_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_attempt")),
    )
    op.create_index(op.f("ix_task_attempt_person_id_at"), "task_attempt", ["person_id", "at"])
    op.create_index(op.f("ix_task_attempt_task_id"), "task_attempt", ["task_id"])
    op.create_table(
        "survey_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 10", name=op.f("ck_survey_answer_score")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_survey_answer_club_id")),
        sa.ForeignKeyConstraint(
            ["link_id"], ["member_link.id"], name=op.f("fk_survey_answer_link_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_survey_answer_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer")),
        sa.UniqueConstraint("link_id", name=op.f("uq_survey_answer_link_id")),
    )
    op.create_index(op.f("ix_survey_answer_club_id_at"), "survey_answer", ["club_id", "at"])
    op.create_index(op.f("ix_survey_answer_person_id"), "survey_answer", ["person_id"])
    for table in ("survey_answer", "task_attempt"):
        for statement in trigger_statements(table, op.get_bind().dialect.name):
            op.execute(statement)
