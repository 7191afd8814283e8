"""Services room: packages that were sold elsewhere come in from a table with the units left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import insert

from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.remembered import remembered
from clubcrm.core.text import ascii_digits, fold
from clubcrm.core.types import new_public_id
from clubcrm.people.api import IMPORT_TABLES, keys_kept, note_keys, read_rows
from clubcrm.people.rules.table_kinds import (
    KNOWN,
    NEW,
    Outcome,
    TableField,
    TableKind,
    TablePlace,
    TableRow,
)
from memberships.packages.models import PackageSale
from memberships.packages.offers import ProductOnSale, products_of
from memberships.packages.opening import PastLot, open_past_lots

KIND = "packages"
MOST_UNITS = 1000


@dataclass(frozen=True, slots=True)
class _ToldPackage:
    """A row whose words could be read and whose member is known."""

    number: int
    key: str
    person_id: int
    product: ProductOnSale
    units: int
    ends_on: date | None


def keep_packages(place: TablePlace, rows: Sequence[TableRow]) -> dict[int, Outcome]:
    """The units of the rows are the members', each row once; asked and written for all at once."""
    told, found = read_rows(place, rows, lambda row, member: _told_package(place, row, member))
    known = keys_kept(place, KIND, [one.key for one in told])
    new: dict[str, _ToldPackage] = {}
    for one in told:
        if one.key in known or one.key in new:
            found[one.number] = KNOWN
        else:
            found[one.number], new[one.key] = NEW, one
    ids = _write(place, list(new.values()))
    note_keys(place, KIND, dict(zip(new, ids, strict=True)))
    return found


def _told_package(place: TablePlace, row: TableRow, person_id: int) -> _ToldPackage:
    product = _product(place, row.values["package"])
    units = _units(row.values["units_left"])
    ends = row.values["ends_on"]
    ends_on = date.fromisoformat(ends[:10]) if ends else None
    key = row.values["number"] or f"{person_id}|{row.values['package']}|{ends_on}"
    return _ToldPackage(row.number, key.casefold()[:200], person_id, product, units, ends_on)


def _write(place: TablePlace, told: Sequence[_ToldPackage]) -> list[int]:
    if not told:
        return []
    lots = [
        PastLot(
            one.person_id,
            None,
            one.units,
            one.units,
            one.ends_on,
            ("import", new_public_id()),
            one.product.terms.service.value,
        )
        for one in told
    ]
    ids = open_past_lots(place.club_id, lots, by=place.by, reason="")
    today, moment = clock.today(db.session.get_one(Club, place.club_id).zone), clock.now()
    # Paid elsewhere, long ago: the units are owed, no money comes in.
    sales = [
        {
            "lot_id": lot_id,
            "club_id": place.club_id,
            "version_id": one.product.version_id,
            "payer_id": one.person_id,
            "price_minor": 0,
            "currency": one.product.terms.currency,
            "sold_on": today,
            "sold_at": moment,
            "sold_by": place.by,
        }
        for lot_id, one in zip(ids, told, strict=True)
    ]
    db.session.execute(insert(PackageSale), sales)
    return ids


def _product(place: TablePlace, name: str) -> ProductOnSale:
    sold = remembered((KIND, place.club_id), lambda: products_of(Scope((place.club_id,))))
    for product in sold:
        if fold(product.terms.name) == fold(name):
            return product
    raise invalid({"package": _("The club sells no package of this name. Open it first.")})


def _units(typed: str) -> int:
    text = ascii_digits(typed)
    if not text.isdigit() or not 0 < int(text) <= MOST_UNITS:
        raise invalid({"units_left": _("A whole number of units, at least one.")})
    return int(text)


def package_table() -> TableKind:
    """Return what a table of packages holds."""
    return TableKind(
        name=KIND,
        title=_l("Packages"),
        right=IMPORT_TABLES,
        fields=(
            TableField("member", _l("Member number"), ("member no", "member id", "customer id")),
            TableField("phone", _l("Phone"), ("mobile", "telefon", "телефон", "ফোন", "फोन")),
            TableField("email", _l("E-mail"), ("e mail", "mail")),
            TableField("name", _l("Name"), ("full name", "фио", "নাম", "नाम")),
            TableField("package", _l("Package"), ("product", "service", "пакет", "paket")),
            TableField("units_left", _l("Units left"), ("left", "remaining", "units", "sessions")),
            TableField("ends_on", _l("Last day"), ("expires", "until", "valid to"), is_date=True),
            TableField("number", _l("Number"), ("package no", "id", "sale no")),
        ),
        needed=(("member", "phone", "email"), ("package",), ("units_left",)),
        key=("member", "phone", "email", "package", "ends_on", "number"),
        keep=keep_packages,
    )
