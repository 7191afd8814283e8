"""Models room: what each seller is to sell in a month."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.types import UtcInstant


class SalesTarget(Model):
    """Contracts and money that a seller of a club is to bring in a month."""

    __tablename__ = "sales_target"
    __table_args__ = (CheckConstraint("contracts >= 0 AND amount_minor >= 0", name="amounts"),)

    club_id: Mapped[int] = mapped_column(ForeignKey("club.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    contracts: Mapped[int] = mapped_column(default=0)
    amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    changed_at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
    changed_by: Mapped[str] = mapped_column(String(80))
