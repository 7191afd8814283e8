"""Rooms, kinds of classes, the timetable, classes, bookings, strikes and guest passes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of classes and guests."""
    op.create_table(
        "class_type",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("hue", sa.Integer(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_class_type_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_type")),
        sa.UniqueConstraint("club_id", "name", name=op.f("uq_class_type_club_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_class_type_public_id")),
    )
    op.create_table(
        "room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("door_zone", sa.String(length=60), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_room_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
        sa.UniqueConstraint("club_id", "name", name=op.f("uq_room_club_id_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_room_public_id")),
    )
    op.create_table(
        "staff_feed",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_staff_feed_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff_feed")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_feed_digest")),
    )
    op.create_table(
        "class_arrival",
        sa.Column("visit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_class_arrival_club_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_class_arrival_person_id")
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_class_arrival")),
    )
    op.create_index(
        op.f("ix_class_arrival_person_id_entered_at"),
        "class_arrival",
        ["person_id", "entered_at"],
        unique=False,
    )
    op.create_table(
        "class_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("class_type_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_class_slot_validity")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_class_slot_weekday")),
        sa.ForeignKeyConstraint(
            ["class_type_id"], ["class_type.id"], name=op.f("fk_class_slot_class_type_id")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_class_slot_club_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_class_slot_room_id")),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["user_account.id"], name=op.f("fk_class_slot_teacher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_slot")),
        sa.UniqueConstraint("public_id", name=op.f("uq_class_slot_public_id")),
    )
    op.create_index(op.f("ix_class_slot_club_id"), "class_slot", ["club_id"], unique=False)
    op.create_table(
        "class_penalty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("class_type_id", sa.Integer(), nullable=True),
        sa.Column("late_minutes", sa.Integer(), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "late_cancel",
            sa.Enum(
                "nothing",
                "strike",
                "fee",
                "unit",
                name="penalty",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "no_show",
            sa.Enum(
                "nothing",
                "strike",
                "fee",
                "unit",
                name="no_show",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("fee_minor", sa.Integer(), nullable=False),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("within_days", sa.Integer(), nullable=False),
        sa.Column("stop_days", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(version_id IS NULL) <> (class_type_id IS NULL)", name=op.f("ck_class_penalty_subject")
        ),
        sa.ForeignKeyConstraint(
            ["class_type_id"], ["class_type.id"], name=op.f("fk_class_penalty_class_type_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_class_penalty_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_penalty")),
        sa.UniqueConstraint("class_type_id", name=op.f("uq_class_penalty_class_type_id")),
        sa.UniqueConstraint("version_id", name=op.f("uq_class_penalty_version_id")),
    )
    op.create_table(
        "class_rule",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("may_book", sa.Boolean(), nullable=False),
        sa.Column(
            "type_ids",
            sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(), "postgresql"),
            nullable=True,
        ),
        sa.Column("opens_days", sa.Integer(), nullable=False),
        sa.Column("closes_minutes", sa.Integer(), nullable=False),
        sa.Column("open_limit", sa.Integer(), nullable=True),
        sa.Column("guest_passes", sa.Integer(), nullable=False),
        sa.Column(
            "guest_period",
            sa.Enum(
                "month",
                "quarter",
                "year",
                name="guestperiod",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_class_rule_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_class_rule")),
    )
    op.create_table(
        "class_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("class_type_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("last_waiting", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "cancelled",
                "settled",
                name="sessionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_class_session_period")),
        sa.CheckConstraint("taken BETWEEN 0 AND capacity", name=op.f("ck_class_session_places")),
        sa.ForeignKeyConstraint(
            ["class_type_id"], ["class_type.id"], name=op.f("fk_class_session_class_type_id")
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_class_session_club_id")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_class_session_room_id")),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["class_slot.id"], name=op.f("fk_class_session_slot_id")
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["user_account.id"], name=op.f("fk_class_session_teacher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_class_session_public_id")),
        sa.UniqueConstraint("slot_id", "day", name=op.f("uq_class_session_slot_id_day")),
    )
    op.create_index(
        op.f("ix_class_session_club_id_starts_at"),
        "class_session",
        ["club_id", "starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_class_session_state_starts_at"),
        "class_session",
        ["state", "starts_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_class_session_teacher_id_starts_at"),
        "class_session",
        ["teacher_id", "starts_at"],
        unique=False,
    )
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "booked",
                "waiting",
                "offered",
                "attended",
                "missed",
                "cancelled",
                "late",
                "lapsed",
                "dropped",
                "called_off",
                name="bookingstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum(
                "online",
                "desk",
                "door",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("waiting_number", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("penalty_free", sa.Boolean(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_by", sa.String(length=80), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "state <> 'offered' OR expires_at IS NOT NULL", name=op.f("ck_booking_offer")
        ),
        sa.CheckConstraint(
            "state <> 'waiting' OR waiting_number IS NOT NULL", name=op.f("ck_booking_waiting")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_booking_contract_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_booking_person_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["class_session.id"], name=op.f("fk_booking_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("public_id", name=op.f("uq_booking_public_id")),
        sa.UniqueConstraint(
            "session_id", "waiting_number", name=op.f("uq_booking_session_id_waiting_number")
        ),
    )
    op.create_index(op.f("ix_booking_contract_id"), "booking", ["contract_id"], unique=False)
    op.create_index(
        op.f("ix_booking_person_id_state"), "booking", ["person_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_booking_state_expires_at"), "booking", ["state", "expires_at"], unique=False
    )
    op.create_index(
        "uq_booking_live",
        "booking",
        ["session_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('booked', 'offered', 'attended', 'missed', 'waiting')"),
        postgresql_where=sa.text("state IN ('booked', 'offered', 'attended', 'missed', 'waiting')"),
    )
    op.create_table(
        "guest_pass",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("guest_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "open",
                "used",
                "lapsed",
                "withdrawn",
                name="passstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_guest_pass_club_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_guest_pass_contract_id")
        ),
        sa.ForeignKeyConstraint(["guest_id"], ["person.id"], name=op.f("fk_guest_pass_guest_id")),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name=op.f("fk_guest_pass_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_pass")),
        sa.UniqueConstraint("public_id", name=op.f("uq_guest_pass_public_id")),
    )
    op.create_index(
        op.f("ix_guest_pass_guest_id_day"), "guest_pass", ["guest_id", "day"], unique=False
    )
    op.create_index(
        op.f("ix_guest_pass_host_id_day"), "guest_pass", ["host_id", "day"], unique=False
    )
    op.create_index(
        op.f("ix_guest_pass_state_expires_at"), "guest_pass", ["state", "expires_at"], unique=False
    )
    op.create_table(
        "strike",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=14), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "miss",
            sa.Enum(
                "late_cancel",
                "no_show",
                name="miss",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "penalty",
            sa.Enum(
                "nothing",
                "strike",
                "fee",
                "unit",
                name="penalty",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("fee_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "stands",
                "appealed",
                "excused",
                "upheld",
                name="strikestate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("appeal", sa.String(length=500), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_strike_booking_id")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_strike_club_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_strike_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strike")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_strike_booking_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_strike_public_id")),
    )
    op.create_index(op.f("ix_strike_club_id_state"), "strike", ["club_id", "state"], unique=False)
    op.create_index(op.f("ix_strike_person_id_day"), "strike", ["person_id", "day"], unique=False)
