"""Which rows of somebody's tables have been kept."""

import sqlalchemy as sa
from alembic import op

from clubcrm.core.ledger_guards import open_for_people

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; ledgers made since follow merges and erasures as the others do."""
    op.create_table(
        "import_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("fk_import_key_club_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_key")),
        sa.UniqueConstraint(
            "club_id", "kind", "source", "key", name=op.f("uq_import_key_club_id_kind_source_key")
        ),
    )
    open_for_people(op.get_bind())
