"""People have a postal address in the parts that their country writes."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger import trigger_statements
from clubcrm.core.ledger_guards import open_for_people

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build the ledger of addresses."""
    op.create_table(
        "postal_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("street", sa.String(length=600), nullable=False),
        sa.Column("city_area", sa.String(length=120), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=False),
        sa.Column("postal_code", sa.String(length=120), nullable=False),
        sa.Column("sorting_code", sa.String(length=120), nullable=False),
        sa.Column("place_key", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_postal_address_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postal_address")),
    )
    op.create_index(
        op.f("ix_postal_address_person_id_at"), "postal_address", ["person_id", "at"], unique=False
    )
    op.create_index(
        op.f("ix_postal_address_place_key"), "postal_address", ["place_key"], unique=False
    )
    bind = op.get_bind()
    for statement in trigger_statements("postal_address", bind.dialect.name):
        op.execute(sa.text(statement))
    open_for_people(bind)
