"""Views room: cash flow by month, what each number is made of, and the journal of payments."""

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from clubcrm.core import formats
from clubcrm.core.export import amount, download
from clubcrm.core.months import month_after, month_end, months_between
from clubcrm.core.web import require
from memberships.billing.orders import Tender
from memberships.billing.words import tender_words
from memberships.books.calendar import ClubBooks
from memberships.books.cash_flow import Flow, flow_by_month, is_between
from memberships.books.charts import columns
from memberships.books.drill import names_of
from memberships.books.kinds import Account
from memberships.books.takings import takings_of
from memberships.books.views.blueprint import asked_month, books, club_books
from memberships.books.words import account_words, flow_words
from memberships.permissions import SEE_BOOKS

MONTHS_SHOWN = 6


@books.get("/cash-flow")
@require(SEE_BOOKS)
def flow() -> ResponseReturnValue:
    here = club_books()
    last = asked_month(here)
    months = months_between(month_after(last, 1 - MONTHS_SHOWN), last)
    flows = flow_by_month(here, months)
    if request.args.get("as"):
        return _sheet(here, flows)
    names = _names(flows)
    return render_template(
        "memberships/books/cash_flow.html",
        books=here,
        flows=flows,
        latest=flows[-1],
        month=last,
        earlier=month_after(last, -1),
        later=month_after(last),
        incoming=[name for name in names if _sum(flows, name) > 0],
        outgoing=[name for name in names if _sum(flows, name) <= 0],
        accounts=tuple(Account),
        flow_words=flow_words,
        is_payment=lambda name: name.partition(".")[0] in ("payments", "refunds"),
        tender_of=lambda name: name.partition(".")[2],
        drawn=columns([[one.money_in, -one.money_out] for one in flows]),
        chart_names=[formats.month_short(one.month) for one in flows],
        chart_titles=[
            [
                formats.money(one.money_in, here.currency),
                formats.money(one.money_out, here.currency),
            ]
            for one in flows
        ],
        month_short=formats.month_short,
    )


@books.get("/journal")
@require(SEE_BOOKS)
def journal() -> ResponseReturnValue:
    """Every payment and refund that landed in a month, or on one day of it."""
    here = club_books()
    first, last, day = _span(here)
    wanted = request.args.get("tender", "")
    tender = Tender(wanted) if wanted in set(Tender) else None
    rows = takings_of(here.club_id, first, last, tender)
    if request.args.get("only") in ("payments", "refunds"):
        rows = [one for one in rows if one.is_refund is (request.args["only"] == "refunds")]
    names = names_of({one.payer_id for one in rows})
    if request.args.get("as"):
        heads = ("Day", "Dated", "Number", "Payer", "Tender", "Amount", "Reference")
        cells = [
            (
                one.landed_on,
                one.dated_on,
                one.number,
                names[one.payer_id][1],
                tender_words(one.tender),
                amount(one.amount_minor, here.currency),
                one.reference,
            )
            for one in rows
        ]
        return download(f"payments-{first:%Y-%m}", request.args["as"], heads, cells)
    return render_template(
        "memberships/books/journal.html",
        books=here,
        rows=rows,
        names=names,
        day=day,
        month=first.replace(day=1),
        earlier=month_after(first.replace(day=1), -1),
        later=month_after(first.replace(day=1)),
        tender=tender,
        tenders=[one for one in Tender if one is not Tender.ACCOUNT],
        tender_words=tender_words,
        total=sum(one.amount_minor for one in rows),
    )


def _span(here: ClubBooks) -> tuple[date, date, date | None]:
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        month = asked_month(here)
        return month, month_end(month), None
    return day, day, day


def _names(flows: list[Flow]) -> list[str]:
    names = {name for one in flows for name in one.by_name if not is_between(name)}
    return sorted(names, key=lambda name: -abs(_sum(flows, name)))


def _sum(flows: list[Flow], name: str) -> int:
    return sum(one.by_name.get(name, 0) for one in flows)


def _sheet(here: ClubBooks, flows: list[Flow]) -> ResponseReturnValue:
    heads = ("Month", "What", "Amount")
    rows = [
        (one.month, flow_words(name), amount(sum_, here.currency))
        for one in flows
        for name, sum_ in one.by_name.items()
        if not is_between(name)
    ]
    rows += [
        (one.month, account_words(account), amount(one.closing[account], here.currency))
        for one in flows
        for account in Account
    ]
    return download(f"cash-flow-{flows[-1].month:%Y-%m}", request.args["as"], heads, rows)
