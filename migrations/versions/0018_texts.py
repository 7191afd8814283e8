"""A club's own words of messages, in versions."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLE = "message_text"
# What the company had written for letters becomes the first version in each club.
KEPT = """
    INSERT INTO message_text
        (club_id, code, kind, language, version, subject, body, shipped, "by", at)
    SELECT club.id, old.code,
        CASE old.channel WHEN 'email' THEN 'email' WHEN 'sms' THEN 'sms' ELSE 'chat' END,
        old.language, 1, old.subject, old.body, :shipped, 'system', old.changed_at
    FROM message_template AS old CROSS JOIN club
    WHERE old.channel IN ('email', 'sms', 'telegram')
"""


def upgrade() -> None:
    """Create the table of versions, carry the old words over, and drop the old table."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "email",
                "sms",
                "chat",
                name="textkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("shipped", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_message_text_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_text")),
        sa.UniqueConstraint(
            "club_id",
            "code",
            "kind",
            "language",
            "version",
            name=op.f("uq_message_text_club_id_code_kind_language_version"),
        ),
    )
    op.execute(sa.text(KEPT).bindparams(sa.bindparam("shipped", False, sa.Boolean())))
    op.drop_table("message_template")
    for statement in trigger_statements(TABLE, op.get_bind().dialect.name):
        op.execute(statement)
