"""Views room: for the bookkeeper: the tax of a month by rate, and what is open by how late."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.export import Cell, amount, download
from clubcrm.core.months import month_after
from clubcrm.core.web import require
from memberships.billing.debtors import Bucket
from memberships.billing.debtors import ageing as open_by_age
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


@books.get("/ageing")
@require(SEE_BOOKS)
def ageing() -> ResponseReturnValue:
    here = club_books()
    buckets = open_by_age(here.club_id, here.today)
    if request.args.get("as"):
        rows = [
            (_bucket_words(one), one.parts, amount(one.amount_minor, here.currency))
            for one in buckets
        ]
        heads = ("Days late", "Parts", "Open")
        return download(f"ageing-{here.today.isoformat()}", request.args["as"], heads, rows)
    return render_template(
        "memberships/books/ageing.html",
        books=here,
        buckets=buckets,
        bucket_words=_bucket_words,
        total=sum(one.amount_minor for one in buckets),
    )


def _bucket_words(one: Bucket) -> str:
    if one.first is None:
        return _("Not due yet")
    if one.last is None:
        return _("More than %(days)s days", days=one.first - 1)
    return _("%(first)s to %(last)s days", first=one.first, last=one.last)
