"""Services room: an order on paper, and as the text of a letter."""

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from bar_inventory.catalogue.words import quantity
from bar_inventory.purchasing.models import PurchaseOrder, Supplier
from bar_inventory.purchasing.queries import lines_of
from bar_inventory.stock.models import Place
from clubcrm.core import formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.api import print_pdf
from memberships.documents.queries import head_at

LANGUAGES = ("en", "bn", "ne", "ru")


def print_order(order: PurchaseOrder) -> bytes:
    """Return the order as PDF in the supplier's language, with packs and prices."""
    club = db.session.get_one(Club, order.club_id)
    supplier = db.session.get_one(Supplier, order.supplier_id)
    place = db.session.get_one(Place, order.place_id)
    language = supplier.locale if supplier.locale in LANGUAGES else "en"
    head = head_at(club, order.created_at)
    with force_locale(language):
        rows = lines_of(order.id)
        page = render_template(
            "pdf/order.html",
            language=language,
            head=head,
            title=_("Order"),
            foot=f"{head.legal_name} · {order.number}",
            order=order,
            supplier=supplier,
            place=f"{club.name}, {place.name}",
            day=formats.day(order.created_at.date()),
            expected=formats.day(order.expected_on) if order.expected_on else "",
            rows=[
                (
                    row.product.name,
                    quantity(row.line.pack_units, row.product.unit),
                    formats.number(row.line.packs),
                    formats.money(row.line.price_minor, order.currency),
                    formats.money(row.total_minor, order.currency),
                )
                for row in rows
            ],
            total=formats.money(sum(row.total_minor for row in rows), order.currency),
        )
    return print_pdf(page)


def letter_text(order: PurchaseOrder) -> str:
    """Return the order as plain words for a mail."""
    club = db.session.get_one(Club, order.club_id)
    lines = [
        f"{row.line.packs} x {quantity(row.line.pack_units, row.product.unit)} {row.product.name}"
        for row in lines_of(order.id)
    ]
    return "\n".join(
        (_("Please bring to %(club)s:", club=club.name), "", *lines, "", order.number, order.note)
    ).strip()
