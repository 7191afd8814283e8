"""Segments, campaigns with their arms, events and the answers to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements
from clubcrm.core.ledger_guards import open_for_people

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

LEDGERS = ("campaign_refusal", "campaign_seat")


def words() -> sa.JSON:
    """Return the type of a column of plain values."""
    return sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
    )


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "club_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("about", sa.String(length=1000), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_club_event_hours")),
        sa.CheckConstraint(
            "taken >= 0 AND (places IS NULL OR taken <= places)", name=op.f("ck_club_event_places")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_club_event_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_club_event")),
        sa.UniqueConstraint("public_id", name=op.f("uq_club_event_public_id")),
    )
    op.create_index(
        op.f("ix_club_event_club_id_starts_at"),
        "club_event",
        ["club_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "segment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("rule", words(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_segment_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sa.UniqueConstraint("club_id", "name", name=op.f("uq_segment_club_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_segment_public_id")),
    )
    op.create_index(op.f("ix_segment_club_id_id"), "segment", ["club_id", "id"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "message",
                "greeting",
                "invitation",
                name="campaignkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "planned",
                "running",
                "done",
                "stopped",
                name="campaignstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("segment_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("rule", words(), nullable=False),
        sa.Column("channels", words(), nullable=False),
        sa.Column("salt", sa.String(length=20), nullable=False),
        sa.Column("hold_out", sa.Float(), nullable=False),
        sa.Column("second", sa.Float(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "visit",
                "signed",
                "package",
                "bar",
                "paid",
                "booked",
                "answered",
                name="campaignoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.Column("gift_minor", sa.BigInteger(), nullable=False),
        sa.Column("gift_days", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("gift_minor >= 0", name=op.f("ck_campaign_gift")),
        sa.CheckConstraint("hold_out >= 0 AND hold_out <= 0.5", name=op.f("ck_campaign_hold_out")),
        sa.CheckConstraint("second >= 0 AND second <= 0.9", name=op.f("ck_campaign_second")),
        sa.CheckConstraint("window_days > 0 AND keep_days > 0", name=op.f("ck_campaign_days")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_campaign_club_id")),
        sa.ForeignKeyConstraint(["event_id"], ["club_event.id"], name=op.f("fk_campaign_event_id")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_campaign_segment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("public_id", name=op.f("uq_campaign_public_id")),
        sa.UniqueConstraint("source", name=op.f("uq_campaign_source")),
    )
    op.create_index(
        op.f("ix_campaign_club_id_state"), "campaign", ["club_id", "state"], unique=False
    )
    op.create_index(op.f("ix_campaign_event_id"), "campaign", ["event_id"], unique=False)
    op.create_index(op.f("ix_campaign_segment_id"), "campaign", ["segment_id"], unique=False)
    op.create_index(
        op.f("ix_campaign_state_starts_at"), "campaign", ["state", "starts_at"], unique=False
    )
    op.create_table(
        "event_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "comes",
                "waits",
                "declines",
                name="answerstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("heads >= 1", name=op.f("ck_event_answer_heads")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["club_event.id"], name=op.f("fk_event_answer_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_event_answer_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_answer")),
        sa.UniqueConstraint(
            "event_id", "person_id", name=op.f("uq_event_answer_event_id_person_id")
        ),
    )
    op.create_index(op.f("ix_event_answer_person_id"), "event_answer", ["person_id"], unique=False)
    op.create_table(
        "segment_count",
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_segment_count_people")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segment.id"], name=op.f("fk_segment_count_segment_id")
        ),
        sa.PrimaryKeyConstraint("segment_id", "day", name=op.f("pk_segment_count")),
    )
    op.create_table(
        "campaign_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_refusal_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_campaign_refusal_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_refusal")),
        sa.UniqueConstraint(
            "campaign_id", "person_id", name=op.f("uq_campaign_refusal_campaign_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_campaign_refusal_person_id"), "campaign_refusal", ["person_id"], unique=False
    )
    op.create_table(
        "campaign_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("arm", sa.String(length=1), nullable=False),
        sa.Column("variant", sa.String(length=1), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pre28", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_seat_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_campaign_seat_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_campaign_seat_voucher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_seat")),
        sa.UniqueConstraint(
            "campaign_id", "person_id", name=op.f("uq_campaign_seat_campaign_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_campaign_seat_person_id"), "campaign_seat", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_campaign_seat_voucher_id"), "campaign_seat", ["voucher_id"], unique=False
    )
    for table in LEDGERS:
        for statement in trigger_statements(table, op.get_bind().dialect.name):
            op.execute(statement)
    open_for_people(op.get_bind())
