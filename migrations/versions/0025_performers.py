"""Trainers, managers and sellers perform touchpoints in an embedded store, too."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

PERFORMERS = ("automatic", "front_desk", "trainer", "manager", "sales")


def upgrade() -> None:
    """Leave one check of performers, where the embedded store had kept the former beside it."""
    if op.get_bind().dialect.name != "sqlite":
        return
    named = ", ".join(f"'{one}'" for one in PERFORMERS)
    with op.batch_alter_table("touchpoint", recreate="always") as batch:
        batch.drop_constraint(op.f("ck_touchpoint_performer"), type_="check")
        batch.create_check_constraint(op.f("ck_touchpoint_performer"), f"performer IN ({named})")
