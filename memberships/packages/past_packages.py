"""Services room: packages that were sold elsewhere come in from a table with the units left."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from clubcrm.core import clock
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.remembered import remembered
from clubcrm.core.text import ascii_digits, fold
from clubcrm.people.api import IMPORT_TABLES, keep_once, row_by_row, told_member
from clubcrm.people.rules.table_kinds import Outcome, TableField, TableKind, TablePlace, TableRow
from memberships.packages.models import PackageSale
from memberships.packages.offers import ProductOnSale, products_of
from memberships.packages.services import LotOrder, open_lot

KIND = "packages"
MOST_UNITS = 1000


def keep_package(place: TablePlace, row: TableRow) -> Outcome:
    """The units of a row are the member's; raises INVALID_INPUT, NO_MEMBER."""
    person_id = told_member(place.club_id, place.source, row.values)
    product = _product(place, row.values["package"])
    units = _units(row.values["units_left"])
    ends = row.values["ends_on"]
    ends_on = date.fromisoformat(ends[:10]) if ends else None
    key = row.values["number"] or f"{person_id}|{row.values['package']}|{ends_on}"
    what = (person_id, units, ends_on)
    return keep_once(place, KIND, key.casefold()[:200], lambda: _write(place, product, what))


def _write(place: TablePlace, product: ProductOnSale, what: tuple[int, int, date | None]) -> int:
    person_id, units, ends_on = what
    service = product.terms.service.value
    order = LotOrder(
        place.club_id, person_id, None, units, ends_on, service=service, source_kind="import"
    )
    row_number = f"{place.source}-{person_id}-{clock.now().timestamp()}"
    lot = open_lot(order, source_id=row_number[:80], by=place.by)
    today = clock.today(db.session.get_one(Club, place.club_id).zone)
    # Paid elsewhere, long ago: the units are owed, no money comes in.
    db.session.add(
        PackageSale(
            lot_id=lot.id,
            club_id=place.club_id,
            version_id=product.version_id,
            payer_id=person_id,
            trainer_id=None,
            price_minor=0,
            currency=product.terms.currency,
            sold_on=today,
            sold_by=place.by,
        )
    )
    db.session.flush()
    return lot.id


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
        keep=row_by_row(keep_package),
    )
