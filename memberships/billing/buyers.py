"""Services room: who an invoice is made out to: a company's name, its tax number, an address.

An invoice prints for ever what was known when it was issued. Who tells it only afterwards gets a
credit note and a new invoice.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.text import ascii_digits, clean
from clubcrm.people.models import Person
from memberships.billing.buyer_tables import BuyerDetail

# A Business Identification Number of Bangladesh: nine digits and the place, as 001234567-0101.
BIN = re.compile(r"(\d{9})-?(\d{4})")
# A Permanent Account Number of Nepal.
PAN = re.compile(r"\d{9}")
_MARKS = str.maketrans("", "", " .")


@dataclass(frozen=True, slots=True)
class Buyer:
    """What stands on invoices beside the person; all of it may be empty."""

    name: str = ""
    tax_id: str = ""
    address: str = ""

    def __bool__(self) -> bool:
        """Tell whether anything is known."""
        return bool(self.name or self.tax_id or self.address)


def buyer_at(person_id: int, at: datetime | None = None) -> Buyer:
    """Return how the buyer was named at an instant, or is now."""
    lines = select(BuyerDetail).where(BuyerDetail.person_id == person_id)
    if at is not None:
        lines = lines.where(BuyerDetail.at <= at)
    row = db.session.scalars(lines.order_by(BuyerDetail.id.desc()).limit(1)).first()
    return Buyer() if row is None else Buyer(row.name, row.tax_id, row.address)


def name_buyer(person: Person, buyer: Buyer, *, by: str) -> Buyer:
    """Invoices of this payer are made out so from now on; raises INVALID_INPUT naming the field.

    What is already so is not written again.
    """
    club = db.session.get_one(Club, person.club_id)
    wanted = Buyer(
        clean(buyer.name, "name", longest=200),
        _tax_id(buyer.tax_id, club.country),
        clean(buyer.address, "address", longest=400, lines=True),
    )
    before = buyer_at(person.id)
    if wanted == before:
        return before
    row = BuyerDetail(
        person_id=person.id,
        name=wanted.name,
        tax_id=wanted.tax_id,
        address=wanted.address,
        by=by,
    )
    db.session.add(row)
    db.session.flush()
    audit.note(
        "buyer.named",
        "person",
        person.id,
        before={"name": before.name, "tax_id": before.tax_id},
        after={"name": wanted.name, "tax_id": wanted.tax_id},
        by=by,
    )
    return wanted


def tax_id_name(country: str) -> str:
    """Return what a buyer's tax number is called where the club is."""
    return {"BD": _("BIN"), "NP": _("PAN"), "IN": _("GSTIN")}.get(country, _("Tax number"))


def _tax_id(typed: str, country: str) -> str:
    text = clean(typed, "tax_id", longest=60)
    plain = ascii_digits(text).translate(_MARKS)
    if not text:
        return ""
    if country == "BD":
        found = BIN.fullmatch(plain)
        if found is None:
            raise invalid({"tax_id": _("A BIN has nine digits and four more: 001234567-0101.")})
        return f"{found[1]}-{found[2]}"
    if country == "NP" and not PAN.fullmatch(plain):
        raise invalid({"tax_id": _("A PAN has nine digits.")})
    return plain if country == "NP" else text
