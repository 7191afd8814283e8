"""Why people are left in peace, and why members leave."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables, and keep the reasons that cancellations and offers already hold."""
    op.create_table(
        "contact_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "complaint",
                "injury",
                "dispute",
                "deceased",
                name="holdkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.String(length=80), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_hold_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_hold")),
    )
    op.create_index(
        op.f("ix_contact_hold_person_id_lifted_at"), "contact_hold", ["person_id", "lifted_at"]
    )
    op.create_index(
        "uq_contact_hold_stands",
        "contact_hold",
        ["person_id", "kind", "source"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "leaving_reason",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "moved_away",
                "injury",
                "price",
                "time",
                "bored",
                "competitor",
                "service",
                "later",
                "other",
                name="leavereason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "cancel",
                "offer",
                "call",
                "link",
                "desk",
                name="reasonsource",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_leaving_reason_club_id")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_leaving_reason_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_leaving_reason_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaving_reason")),
    )
    for columns in (["club_id", "given_on"], ["contract_id", "id"], ["person_id", "id"]):
        op.create_index(op.f(f"ix_leaving_reason_{'_'.join(columns)}"), "leaving_reason", columns)
    _keep_known()
    for statement in trigger_statements("leaving_reason", op.get_bind().dialect.name):
        op.execute(statement)


def _keep_known() -> None:
    op.execute(
        "INSERT INTO leaving_reason"
        " (club_id, person_id, contract_id, reason, source, note, given_on, at, by)"
        " SELECT contract.club_id, contract.person_id, contract.id, cancellation.reason, 'cancel',"
        " cancellation.note, cancellation.asked_on, cancellation.asked_at, cancellation.asked_by"
        " FROM cancellation JOIN contract ON contract.id = cancellation.contract_id"
        " ORDER BY cancellation.id"
    )
    op.execute(
        "INSERT INTO leaving_reason"
        " (club_id, person_id, contract_id, reason, source, note, given_on, at, by)"
        " SELECT club_id, person_id, contract_id,"
        " CASE reason WHEN 'moving' THEN 'moved_away' WHEN 'health' THEN 'injury'"
        " WHEN 'club' THEN 'service' WHEN 'other_club' THEN 'competitor' ELSE reason END,"
        " 'offer', words, date(settled_at), settled_at, settled_by"
        " FROM renewal_offer WHERE reason IS NOT NULL AND settled_at IS NOT NULL"
        " ORDER BY id"
    )
