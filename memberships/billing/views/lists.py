"""Views room: invoices and payments of the club: found, added up, taken along as a file."""

from datetime import date

from babel.numbers import get_currency_precision
from flask import render_template, request
from flask.typing import ResponseReturnValue

from clubcrm.core import clock
from clubcrm.core.export import amount, download
from clubcrm.core.shell import ClubChoice, current_club
from clubcrm.core.web import require
from memberships.billing import debtors as lists
from memberships.billing.debtors import Wanted
from memberships.billing.orders import Tender
from memberships.billing.seeking import Sought, payments_sum
from memberships.billing.views.money import PER_PAGE, WORDS, money
from memberships.billing.words import tender_words
from memberships.permissions import SEE_MONEY

MOST_IN_A_FILE = 100_000
__all__ = ["money"]  # the blueprint of the place, once these pages stand in it


@money.get("/money/invoices")
@require(SEE_MONEY)
def invoices() -> ResponseReturnValue:
    """Invoices and credit notes of the club, the newest first; the filter lies in the address."""
    club, sought = current_club(), _sought()
    today = clock.today(club.zone)
    wanted = next((one for one in Wanted if one.value == request.args.get("show")), None)
    if "as" in request.args:
        return _invoices_file(club, today, wanted, sought)
    rows = lists.invoices(
        [club.id], today, wanted, before_id=_before(), limit=PER_PAGE + 1, sought=sought
    )
    shown = rows[:PER_PAGE]
    count, total = lists.invoices_sum(club.id, today, wanted, sought)
    return render_template(
        "memberships/billing/invoices.html",
        rows=shown,
        wanted=wanted.value if wanted else "",
        counts=lists.counts(club.id, today),
        today=today,
        more=shown[-1].invoice_id if len(rows) > PER_PAGE else None,
        is_first=_before() is None,
        sought=sought,
        count=count,
        total=total,
        currency=club.currency,
    )


@money.get("/money/payments")
@require(SEE_MONEY)
def payments() -> ResponseReturnValue:
    """Payments of the club, the newest first; the filter lies in the address."""
    club, sought = current_club(), _sought()
    if "as" in request.args:
        return _payments_file(club, sought)
    rows = lists.payments_page([club.id], before_id=_before(), limit=PER_PAGE + 1, sought=sought)
    shown = rows[:PER_PAGE]
    count, total = payments_sum(club.id, sought)
    return render_template(
        "memberships/billing/payments.html",
        rows=shown,
        more=shown[-1][0].id if len(rows) > PER_PAGE else None,
        is_first=_before() is None,
        club=club,
        sought=sought,
        tenders=tuple(Tender),
        count=count,
        total=total,
        **WORDS,
    )


def _sought() -> Sought:
    how = request.args.get("how", "")
    return Sought(
        request.args.get("q", "").strip()[:80],
        _day("from"),
        _day("to"),
        Tender(how) if how in set(Tender) else None,
        get_currency_precision(current_club().currency),
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _before() -> int | None:
    before = request.args.get("before", "")
    return int(before) if before.isascii() and before.isdigit() else None


def _invoices_file(
    club: ClubChoice, today: date, wanted: Wanted | None, sought: Sought
) -> ResponseReturnValue:
    rows = lists.invoices([club.id], today, wanted, limit=MOST_IN_A_FILE, sought=sought)
    heads = ("Number", "Day", "Payer", "What", "Total", "Open", "Due")
    cells = (
        (
            one.number,
            one.issued_on,
            one.name,
            one.text,
            amount(one.total_minor, one.currency),
            amount(one.open_minor, one.currency),
            one.due_on,
        )
        for one in rows
    )
    return download("invoices", request.args["as"], heads, cells)


def _payments_file(club: ClubChoice, sought: Sought) -> ResponseReturnValue:
    rows = lists.payments_page([club.id], limit=MOST_IN_A_FILE, sought=sought)
    heads = ("Number", "Day", "Payer", "Tender", "Amount", "Given back", "Reference")
    cells = (
        (
            one.number,
            one.taken_on,
            name,
            tender_words(one.tender),
            amount(one.amount_minor, one.currency),
            amount(one.refunded_minor, one.currency),
            one.reference,
        )
        for one, _public, name in rows
    )
    return download("payments", request.args["as"], heads, cells)
