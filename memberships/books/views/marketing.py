"""Views room: marketing spend by channel and month, and the entries each number is made of."""

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from clubcrm.core import formats
from clubcrm.core.clubs import Scope
from clubcrm.core.export import amount, download
from clubcrm.core.paging import asked_key, page_of
from clubcrm.core.web import require
from memberships.books.charts import columns
from memberships.books.newcomers import ClientCost, client_costs, new_clients
from memberships.books.spend import SpendPart, months_back, spend_parts
from memberships.books.views.blueprint import books, club_books
from memberships.books.words import channel_words
from memberships.permissions import SEE_BOOKS

MONTHS_SHOWN = 12
PER_PAGE = 50


@books.get("/marketing")
@require(SEE_BOOKS)
def marketing() -> ResponseReturnValue:
    here = club_books()
    months = months_back(here.today, MONTHS_SHOWN)
    parts = spend_parts((here.club_id,), months[0], months[-1])
    sums = _sums(parts)
    channels = sorted({one for one, _month in sums}, key=lambda one: -_of_channel(sums, one))
    if request.args.get("as"):
        heads = ("Channel", "Month", "Spent")
        rows = [
            (channel_words(channel), month, amount(spent, here.currency))
            for (channel, month), spent in sorted(sums.items())
        ]
        return download("marketing", request.args["as"], heads, rows)
    totals = [sum(spent for (_c, one), spent in sums.items() if one == month) for month in months]
    costs = client_costs(here.club_id, months, dict(zip(months, totals, strict=True)))
    whole = ClientCost(months[0], sum(totals), sum(one.clients for one in costs))
    return render_template(
        "memberships/books/marketing.html",
        books=here,
        months=months,
        channels=channels,
        sums=sums,
        totals=totals,
        costs=costs,
        whole=whole,
        drawn=columns([[total] for total in totals]),
        chart_names=[formats.month_short(month) for month in months],
        chart_titles=[
            [f"{formats.month_year(month)}: {formats.money(total, here.currency)}"]
            for month, total in zip(months, totals, strict=True)
        ],
        row_sums={channel: _of_channel(sums, channel) for channel in channels},
        month_short=formats.month_short,
    )


@books.get("/marketing/<channel>/<month>")
@require(SEE_BOOKS)
def marketing_rows(channel: str, month: str) -> ResponseReturnValue:
    here = club_books()
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        first = here.today.replace(day=1)
    parts = [
        part
        for part in spend_parts(Scope((here.club_id,)).club_ids, first, first)
        if (part.shown.line.channel or "other") == channel
    ]
    return render_template(
        "memberships/books/marketing_rows.html",
        books=here,
        parts=parts,
        channel=channel,
        month=first,
        total=sum(part.amount_minor for part in parts),
    )


@books.get("/marketing/new/<month>")
@require(SEE_BOOKS)
def new_members(month: str) -> ResponseReturnValue:
    here = club_books()
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        first = here.today.replace(day=1)
    rows = new_clients(here.club_id, first, after_id=asked_key("after"), limit=PER_PAGE + 1)
    return render_template(
        "memberships/books/new_members.html",
        books=here,
        page=page_of(rows, PER_PAGE, lambda one: one.person_id, "after"),
        month=first,
    )


def _sums(parts: list[SpendPart]) -> dict[tuple[str, date], int]:
    sums: dict[tuple[str, date], int] = {}
    for part in parts:
        key = (part.shown.line.channel or "other", part.month)
        sums[key] = sums.get(key, 0) + part.amount_minor
    return sums


def _of_channel(sums: dict[tuple[str, date], int], channel: str) -> int:
    return sum(spent for (one, _month), spent in sums.items() if one == channel)
