"""What offers of the next term promise beyond their price."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of promises."""
    op.create_table(
        "offer_deal",
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("touch", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("list_minor", sa.Integer(), nullable=False),
        sa.Column("bonus_days", sa.Integer(), nullable=False),
        sa.Column("bonus_until", sa.Date(), nullable=True),
        sa.Column("is_fresh", sa.Boolean(), nullable=False),
        sa.CheckConstraint("bonus_days >= 0", name=op.f("ck_offer_deal_bonus")),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["renewal_offer.id"], name=op.f("fk_offer_deal_offer_id")
        ),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer_deal")),
        sa.UniqueConstraint("code", name=op.f("uq_offer_deal_code")),
    )
