"""Leads: what came in, who asked, every try to speak with him, who takes new ones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from clubcrm.core.ledger import trigger_statements

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def words() -> sa.JSON:
    """Return the type of a column of plain values."""
    return sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
    )


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "lead_seller",
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("takes", sa.Boolean(), nullable=False),
        sa.Column("languages", words(), nullable=False),
        sa.Column("source_ids", words(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_lead_seller_club_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_lead_seller_user_id")
        ),
        sa.PrimaryKeyConstraint("club_id", "user_id", name=op.f("pk_lead_seller")),
    )
    op.create_table(
        "lead_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("spend_channel", sa.String(length=40), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_lead_source_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_source")),
        sa.UniqueConstraint("club_id", "name", name=op.f("uq_lead_source_club_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lead_source_public_id")),
    )
    op.create_table(
        "lead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "contacted",
                "booked",
                "attended",
                "won",
                "no_show",
                "unreachable",
                "later",
                "lost",
                name="leadstage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "form",
                "landing",
                "email",
                "call",
                "messenger",
                "guest",
                "referral",
                "walk_in",
                "import",
                name="arrivalchannel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("campaign", sa.String(length=120), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("interest", sa.String(length=200), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_attempt_by", sa.Integer(), nullable=True),
        sa.Column("first_attempt_minutes", sa.Integer(), nullable=True),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reached_minutes", sa.Integer(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trial_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("trial_contract_id", sa.Integer(), nullable=True),
        sa.Column("attended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("won_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "lost_reason",
            sa.Enum(
                "price",
                "location",
                "time",
                "competitor",
                "no_interest",
                "health",
                "never_reached",
                "wrong_contact",
                "duplicate",
                "other",
                name="lostreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("lost_note", sa.String(length=300), nullable=False),
        sa.Column("later_on", sa.Date(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'later' OR later_on IS NOT NULL", name=op.f("ck_lead_later_has_a_day")
        ),
        sa.CheckConstraint(
            "state <> 'lost' OR lost_reason IS NOT NULL", name=op.f("ck_lead_lost_has_a_reason")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_lead_attempts")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_lead_booking_id")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_lead_club_id")),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_lead_contract_id")),
        sa.ForeignKeyConstraint(
            ["first_attempt_by"], ["user_account.id"], name=op.f("fk_lead_first_attempt_by")
        ),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name=op.f("fk_lead_host_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_lead_owner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lead_person_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_lead_plan_id")),
        sa.ForeignKeyConstraint(["source_id"], ["lead_source.id"], name=op.f("fk_lead_source_id")),
        sa.ForeignKeyConstraint(
            ["trial_contract_id"], ["contract.id"], name=op.f("fk_lead_trial_contract_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_lead_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_lead_contract_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lead_public_id")),
    )
    op.create_index(
        op.f("ix_lead_club_id_arrived_at"), "lead", ["club_id", "arrived_at"], unique=False
    )
    op.create_index(
        op.f("ix_lead_club_id_state_arrived_at_id"),
        "lead",
        ["club_id", "state", "arrived_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_lead_host_id"), "lead", ["host_id"], unique=False)
    op.create_index(op.f("ix_lead_owner_id_state"), "lead", ["owner_id", "state"], unique=False)
    op.create_index(op.f("ix_lead_person_id"), "lead", ["person_id"], unique=False)
    op.create_index(op.f("ix_lead_source_id"), "lead", ["source_id"], unique=False)
    op.create_index(
        "uq_lead_open",
        "lead",
        ["club_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('won', 'lost')"),
        postgresql_where=sa.text("state NOT IN ('won', 'lost')"),
    )
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "declined",
                "spam",
                name="inquirystate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "form",
                "landing",
                "email",
                "call",
                "messenger",
                "guest",
                "referral",
                "walk_in",
                "import",
                name="arrivalchannel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("external_ref", sa.String(length=120), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("interest", sa.String(length=200), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("suspicion", sa.String(length=60), nullable=False),
        sa.Column("consent_version", sa.String(length=40), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_ip", sa.String(length=45), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column(
            "decline_reason",
            sa.Enum(
                "not_a_request",
                "is_member",
                "no_contact",
                "supplier",
                "job_seeker",
                "spam",
                "other",
                name="declinereason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("decline_note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "state <> 'accepted' OR lead_id IS NOT NULL",
            name=op.f("ck_inquiry_accepted_has_a_lead"),
        ),
        sa.CheckConstraint(
            "state <> 'declined' OR decline_reason IS NOT NULL",
            name=op.f("ck_inquiry_declined_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_inquiry_club_id")),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name=op.f("fk_inquiry_host_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_inquiry_lead_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inquiry_person_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_inquiry_plan_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["lead_source.id"], name=op.f("fk_inquiry_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
        sa.UniqueConstraint(
            "club_id",
            "channel",
            "external_ref",
            name=op.f("uq_inquiry_club_id_channel_external_ref"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_inquiry_public_id")),
    )
    op.create_index(
        op.f("ix_inquiry_club_id_state_arrived_at"),
        "inquiry",
        ["club_id", "state", "arrived_at"],
        unique=False,
    )
    op.create_index(op.f("ix_inquiry_host_id"), "inquiry", ["host_id"], unique=False)
    op.create_index(op.f("ix_inquiry_lead_id"), "inquiry", ["lead_id"], unique=False)
    op.create_index(op.f("ix_inquiry_person_id"), "inquiry", ["person_id"], unique=False)
    op.create_table(
        "lead_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "call",
                "message",
                "email",
                "in_person",
                name="contactway",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum(
                "reached",
                "booked",
                "call_back",
                "not_interested",
                "no_answer",
                "left_message",
                "wrong_number",
                name="contactoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_lead_attempt_club_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_attempt_lead_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_lead_attempt_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_attempt")),
    )
    op.create_index(
        op.f("ix_lead_attempt_club_id_at"), "lead_attempt", ["club_id", "at"], unique=False
    )
    op.create_index(
        op.f("ix_lead_attempt_lead_id_at"), "lead_attempt", ["lead_id", "at"], unique=False
    )
    op.create_table(
        "lead_task",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_task_lead_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_lead_task_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_lead_task")),
    )
    op.create_index(op.f("ix_lead_task_lead_id"), "lead_task", ["lead_id"], unique=False)
    op.create_table(
        "lead_touch",
        sa.Column("inquiry_id", sa.Integer(), nullable=False),
        sa.Column(
            "touch",
            sa.Enum(
                "first",
                "last",
                name="touchorder",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("utm_source", sa.String(length=120), nullable=False),
        sa.Column("utm_medium", sa.String(length=120), nullable=False),
        sa.Column("utm_campaign", sa.String(length=120), nullable=False),
        sa.Column("utm_term", sa.String(length=120), nullable=False),
        sa.Column("utm_content", sa.String(length=120), nullable=False),
        sa.Column("gclid", sa.String(length=200), nullable=False),
        sa.Column("fbclid", sa.String(length=300), nullable=False),
        sa.Column("yclid", sa.String(length=200), nullable=False),
        sa.Column("referrer", sa.String(length=500), nullable=False),
        sa.Column("landing_url", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name=op.f("fk_lead_touch_inquiry_id")
        ),
        sa.PrimaryKeyConstraint("inquiry_id", "touch", name=op.f("pk_lead_touch")),
    )
    op.create_index(
        op.f("ix_lead_touch_utm_campaign"), "lead_touch", ["utm_campaign"], unique=False
    )
    for table in ("lead_attempt", "lead_touch"):
        for statement in trigger_statements(table, op.get_bind().dialect.name):
            op.execute(statement)
