"""Models room: where people's letters go; each change is a new line, so that old papers stay."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clubcrm.core.clock import now
from clubcrm.core.db import Model
from clubcrm.core.ledger import AppendOnly
from clubcrm.core.types import UtcInstant


class PostalAddress(AppendOnly, Model):
    """The postal address of a person from an instant on; one without a street ends the last."""

    __tablename__ = "postal_address"
    __table_args__ = (Index(None, "person_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    country: Mapped[str] = mapped_column(String(2))
    street: Mapped[str] = mapped_column(String(600), default="")
    city_area: Mapped[str] = mapped_column(String(120), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    region: Mapped[str] = mapped_column(String(120), default="")
    postal_code: Mapped[str] = mapped_column(String(120), default="")
    sorting_code: Mapped[str] = mapped_column(String(120), default="")
    # What two spellings of one address have in common, to find who lives together.
    place_key: Mapped[str] = mapped_column(String(200), default="", index=True)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcInstant, default=now)
