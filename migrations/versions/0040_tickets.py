"""Tickets with their lines, mails they came by, ready answers, articles."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None
LEDGERS = (
    "reply_mail",
    "ticket_line",
    "article_version",
)


def words() -> sa.JSON:
    """Return the type of a column of plain values."""
    return sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
    )


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "canned_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_answer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_canned_answer_public_id")),
        sa.UniqueConstraint("title", "language", name=op.f("uq_canned_answer_title_language")),
    )
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=True),
        sa.Column("for_members", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_article_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("public_id", name=op.f("uq_article_public_id")),
    )
    op.create_index(op.f("ix_article_club_id"), "article", ["club_id"], unique=False)
    op.create_table(
        "article_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_version_article_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_version")),
        sa.UniqueConstraint(
            "article_id",
            "language",
            "version",
            name=op.f("uq_article_version_article_id_language_version"),
        ),
    )
    op.create_table(
        "article_word",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("word", sa.String(length=60), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_word_article_id")
        ),
        sa.PrimaryKeyConstraint("article_id", "language", "word", name=op.f("pk_article_word")),
    )
    op.create_index(
        op.f("ix_article_word_word_article_id"),
        "article_word",
        ["word", "article_id"],
        unique=False,
    )
    op.create_table(
        "article_text",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_text_article_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["article_version.id"], name=op.f("fk_article_text_version_id")
        ),
        sa.PrimaryKeyConstraint("article_id", "language", name=op.f("pk_article_text")),
        sa.UniqueConstraint("version_id", name=op.f("uq_article_text_version_id")),
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column(
            "origin",
            sa.Enum(
                "mail",
                "message",
                "form",
                "own_page",
                "survey",
                "ledger",
                "complaint",
                "call",
                "desk",
                name="ticketorigin",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "sms",
                "telegram",
                "whatsapp",
                "phone",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("writer_name", sa.String(length=200), nullable=False),
        sa.Column("writer_address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "waiting",
                "solved",
                "closed",
                name="ticketstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "priority",
            sa.Enum(
                "urgent",
                "high",
                "normal",
                "low",
                name="priority",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("assigned_to", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_answer_minutes", sa.Integer(), nullable=True),
        sa.Column("first_answer_by", sa.String(length=80), nullable=False),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_by", sa.String(length=80), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state <> 'solved' OR solved_at IS NOT NULL", name=op.f("ck_ticket_solved_at")
        ),
        sa.CheckConstraint("level BETWEEN 0 AND 2", name=op.f("ck_ticket_level")),
        sa.CheckConstraint("turn > 0", name=op.f("ck_ticket_turn")),
        sa.ForeignKeyConstraint(
            ["assigned_to"], ["user_account.id"], name=op.f("fk_ticket_assigned_to")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_ticket_club_id")),
        sa.ForeignKeyConstraint(["follows_id"], ["ticket.id"], name=op.f("fk_ticket_follows_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ticket_person_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_ticket_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ticket_public_id")),
        sa.UniqueConstraint("source", name=op.f("uq_ticket_source")),
    )
    op.create_index(
        op.f("ix_ticket_assigned_to_state"), "ticket", ["assigned_to", "state"], unique=False
    )
    op.create_index(
        op.f("ix_ticket_club_id_opened_at"), "ticket", ["club_id", "opened_at"], unique=False
    )
    op.create_index(
        op.f("ix_ticket_club_id_state_due_at"),
        "ticket",
        ["club_id", "state", "due_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ticket_person_id_state"), "ticket", ["person_id", "state"], unique=False
    )
    op.create_index(op.f("ix_ticket_task_id"), "ticket", ["task_id"], unique=False)
    op.create_index(op.f("ix_ticket_writer_address"), "ticket", ["writer_address"], unique=False)
    op.create_table(
        "reply_mail",
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("message_ref", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=14), nullable=False),
        sa.Column("refs", words(), nullable=False),
        sa.Column("receivers", words(), nullable=False),
        sa.Column("files", words(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["message_reply.id"], name=op.f("fk_reply_mail_reply_id")
        ),
        sa.PrimaryKeyConstraint("reply_id", name=op.f("pk_reply_mail")),
    )
    op.create_index(op.f("ix_reply_mail_message_ref"), "reply_mail", ["message_ref"], unique=False)
    op.create_table(
        "ticket_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "asked",
                "answered",
                "note",
                "change",
                name="linekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(length=120), nullable=True),
        sa.Column("reply_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_ticket_line_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["message_reply.id"], name=op.f("fk_ticket_line_reply_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_line_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_line")),
        sa.UniqueConstraint("cause", name=op.f("uq_ticket_line_cause")),
        sa.UniqueConstraint("message_id", name=op.f("uq_ticket_line_message_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ticket_line_public_id")),
        sa.UniqueConstraint("reply_id", name=op.f("uq_ticket_line_reply_id")),
    )
    op.create_index(op.f("ix_ticket_line_ticket_id"), "ticket_line", ["ticket_id"], unique=False)
    dialect = op.get_bind().dialect.name
    for table in LEDGERS:
        for statement in trigger_statements(table, dialect):
            op.execute(statement)
