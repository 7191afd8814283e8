"""Units of packages that come with each contract on a version of a plan."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "plan_package",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units BETWEEN 1 AND 500", name=op.f("ck_plan_package_units")),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["package_product.id"],
            name=op.f("fk_plan_package_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_plan_package_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "product_id", name=op.f("pk_plan_package")),
    )
