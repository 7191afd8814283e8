"""Models room: which kinds of classes are paid with units, and what each booking costs in them."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.db import Model
from clubcrm.core.types import text_enum
from memberships.packages.terms import MissedRule, Service
from memberships.schedule.rules.units import UnitPrice, UnitUse

# What lines of the units ledger are named after that pay for a place.
SOURCE = "booking"


class ClassPrice(Model):
    """Places in this kind of class are paid with units; a kind without a row never is."""

    __tablename__ = "class_price"
    __table_args__ = (CheckConstraint("units > 0", name="units"),)

    class_type_id: Mapped[int] = mapped_column(ForeignKey("class_type.id"), primary_key=True)
    service: Mapped[Service] = mapped_column(text_enum(Service))
    units: Mapped[int]
    use: Mapped[UnitUse] = mapped_column(text_enum(UnitUse))
    late_cancel: Mapped[MissedRule] = mapped_column(text_enum(MissedRule, "latecancelrule"))
    no_show: Mapped[MissedRule] = mapped_column(text_enum(MissedRule))

    @property
    def price(self) -> UnitPrice:
        """Return the row as the rules understand it."""
        return UnitPrice(self.service, self.units, self.use, self.late_cancel, self.no_show)


class BookingUnit(Model):
    """What one booking costs, as it was when it was made; `drawn` and `returned` count its lines.

    Its lines in the units ledger are named by the booking and a number from 1 to `drawn`.
    """

    __tablename__ = "booking_unit"
    __table_args__ = (
        CheckConstraint("units > 0", name="units"),
        CheckConstraint("returned BETWEEN 0 AND drawn", name="returned"),
        CheckConstraint("drawn - returned IN (0, units)", name="held"),
    )

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    service: Mapped[Service] = mapped_column(text_enum(Service))
    units: Mapped[int]
    late_cancel: Mapped[MissedRule] = mapped_column(text_enum(MissedRule, "latecancelrule"))
    no_show: Mapped[MissedRule] = mapped_column(text_enum(MissedRule))
    drawn: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)

    @property
    def held(self) -> int:
        """Return how many units the booking holds now."""
        return self.drawn - self.returned

    @property
    def price(self) -> UnitPrice:
        """Return the terms of the booking as the rules understand them."""
        return UnitPrice(
            self.service,
            self.units,
            late_cancel=self.late_cancel,
            no_show=self.no_show,
        )
