"""Models room: units of packages that come with each contract on a version of a plan."""

from sqlalchemy import CheckConstraint, ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.db import Model


class PlanPackage(Model):
    """So many units of a package come with each contract signed on this version of a plan."""

    __tablename__ = "plan_package"
    __table_args__ = (CheckConstraint("units BETWEEN 1 AND 500", name="units"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("package_product.id"), primary_key=True)
    units: Mapped[int]
    # Anew with each paid period of a plan that rolls on, instead of once with the signature.
    each_period: Mapped[bool] = mapped_column(default=False, server_default=false())
