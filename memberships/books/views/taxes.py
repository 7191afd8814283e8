"""Views room: the tax of a month for the bookkeeper: by rate, billed, taken back and paid."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.export import Cell, amount, download
from clubcrm.core.web import require
from memberships.books.schedule import month_after
from memberships.books.taxes import tax_lines, tax_paid
from memberships.books.views.blueprint import asked_month, books, club_books
from memberships.permissions import SEE_BOOKS


@books.get("/taxes")
@require(SEE_BOOKS)
def taxes() -> ResponseReturnValue:
    here = club_books()
    month = asked_month(here)
    lines, paid = tax_lines(here, month), tax_paid(here, month)
    if request.args.get("as"):
        rows: list[tuple[Cell, ...]] = [
            (
                _("Credit notes") if line.is_credit else _("Invoices"),
                amount(line.rate_bp, "EUR"),
                amount(line.net_minor, here.currency),
                amount(line.tax_minor, here.currency),
            )
            for line in lines
        ]
        rows.append((_("Tax in expenses"), None, None, amount(-paid, here.currency)))
        heads = ("What", "Rate percent", "Net", "Tax")
        return download(f"tax-{month:%Y-%m}", request.args["as"], heads, rows)
    billed = sum(line.tax_minor for line in lines)
    return render_template(
        "memberships/books/taxes.html",
        books=here,
        month=month,
        earlier=month_after(month, -1),
        later=month_after(month),
        lines=lines,
        billed=billed,
        paid=paid,
    )
