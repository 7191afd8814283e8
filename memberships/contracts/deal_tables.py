"""Models room: what an offer of the next term promises beyond its price, and its code."""

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.db import Model
from clubcrm.core.types import spoken_code

CODE_HALF = 4


def new_code() -> str:
    """Return a code to say aloud at the desk, such as K7M2-PX4T; 39 bits."""
    return f"{spoken_code(CODE_HALF)}-{spoken_code(CODE_HALF)}"


class OfferDeal(Model):
    """The promise of one offer: its touchpoint, its code that works once, and days on top.

    `is_fresh` marks an offer to come back: its term begins on the day it is accepted.
    """

    __tablename__ = "offer_deal"
    __table_args__ = (CheckConstraint("bonus_days >= 0", name="bonus"),)

    offer_id: Mapped[int] = mapped_column(ForeignKey("renewal_offer.id"), primary_key=True)
    touch: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(12), unique=True, default=new_code)
    list_minor: Mapped[int]
    bonus_days: Mapped[int] = mapped_column(default=0)
    bonus_until: Mapped[date | None] = mapped_column(Date)
    is_fresh: Mapped[bool] = mapped_column(default=False)
