"""Services room: the receipt of a sale, on the printer of the counter or as a slip of 80 mm."""

from math import ceil

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from bar_inventory.sales.models import Sale
from bar_inventory.sales.papers import invoice_of, till_of
from bar_inventory.sales.queries import tenders_of
from clubcrm.core import formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from memberships.api import (
    Look,
    PrintOrder,
    Row,
    Tender,
    copies_of,
    has_printer,
    print_copy,
    print_pdf,
    queue_print,
    slip_order,
)

LETTERS, LINE_MM, CODE_MM, EDGES_MM = 36, 5.2, 34, 12


def ask_for_slip(sale: Sale, *, by: str) -> None:
    """The receipt waits for the printer, if there is one; with cash the drawer opens."""
    if has_printer(sale.club_id):
        queue_print(_order(sale), by=by)


def ask_for_copy(sale: Sale, *, by: str) -> int:
    """One more receipt waits, marked and counted; returns its number. Raises NO_PRINTER (409)."""
    return print_copy(_order(sale), by=by).copy_number


def copies_printed(sale: Sale) -> int:
    """Return how many receipts of the sale were asked for."""
    return copies_of("invoice", str(sale.invoice_id))


def slip_pdf(sale: Sale) -> bytes:
    """Return the receipt as a PDF of 80 mm, as long as what stands on it."""
    order = _order(sale)
    rows = order.slip.rows
    lines = sum(ceil(max(1, len(row.left) + len(row.right)) / LETTERS) for row in rows)
    codes = sum(row.look is Look.CODE for row in rows)
    page = render_template(
        "pdf/rows.html",
        language=db.session.get_one(Club, sale.club_id).locale,
        title=order.title,
        head={"legal_name": rows[0].left},
        foot="",
        rows=rows,
        height=ceil(lines * LINE_MM + codes * CODE_MM + EDGES_MM),
    )
    return print_pdf(page)


def _order(sale: Sale) -> PrintOrder:
    club = db.session.get_one(Club, sale.club_id)
    tenders = tenders_of(sale.id)
    change = sum(one.given_minor - one.amount_minor for one in tenders)
    with force_locale(club.locale):
        more = []
        if change:
            more.append(Row(_("Change"), formats.money(change, sale.currency)))
        if sale.tip_minor:
            more.append(Row(_("Tip"), formats.money(sale.tip_minor, sale.currency)))
    return slip_order(
        invoice_of(sale.invoice_id),
        till_id=till_of(sale.shift_id),
        more=more,
        cash=any(one.tender == Tender.CASH for one in tenders),
    )
