"""Views room: profit and loss by month, and the rows behind each of its numbers."""

from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.errors import not_found
from clubcrm.core.export import amount, download
from clubcrm.core.months import month_after, months_between
from clubcrm.core.web import require
from memberships.books.calendar import ClubBooks, month_closing
from memberships.books.charts import columns
from memberships.books.drill import DrillRow, Link, rows_of
from memberships.books.profit import (
    CHANGES,
    EARNED,
    EXPENSE,
    INCOME,
    TAX,
    ProfitMonth,
    profit_of,
)
from memberships.books.views.blueprint import asked_month, books, club_books
from memberships.books.words import profit_words
from memberships.permissions import SEE_BOOKS

MONTHS_SHOWN = 6


@books.get("/profit")
@require(SEE_BOOKS)
def profit() -> ResponseReturnValue:
    here = club_books()
    last = asked_month(here)
    months = months_between(month_after(last, 1 - MONTHS_SHOWN), last)
    told = [profit_of(here, month) for month in months]
    if request.args.get("as"):
        return _sheet(here, told)
    income = [one.total(EARNED) + one.total(INCOME) for one in told]
    return render_template(
        "memberships/books/profit.html",
        books=here,
        told=told,
        latest=told[-1],
        month=last,
        earlier=month_after(last, -1),
        later=month_after(last),
        groups=[
            (_("Earned"), _names(told, EARNED)),
            (_("Other income"), _names(told, INCOME)),
            (_("Expenses"), _names(told, EXPENSE)),
        ],
        taxes=_names(told, TAX),
        has_changes=any(one.changes for one in told),
        profit_words=profit_words,
        drawn=columns(
            [[came, -one.total(EXPENSE)] for came, one in zip(income, told, strict=True)]
        ),
        chart_names=[formats.month_short(month) for month in months],
        chart_titles=[
            [formats.money(came, here.currency), formats.money(one.total(EXPENSE), here.currency)]
            for came, one in zip(income, told, strict=True)
        ],
        month_short=formats.month_short,
    )


@books.get("/profit/<month>/<name>")
@require(SEE_BOOKS)
def profit_rows(month: str, name: str) -> ResponseReturnValue:
    here = club_books()
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise not_found(_("There is no such month.")) from None
    told = profit_of(here, first)
    if name == CHANGES:
        rows = _change_rows(first, told)
        total = told.changed
    else:
        rows = rows_of(here, first, name)
        total = told.sums.get(name, 0)
        rows += _since(here, told, total - sum(row.amount_minor for row in rows))
    if request.args.get("as"):
        return _rows_sheet(here, name, first, rows)
    return render_template(
        "memberships/books/profit_rows.html",
        books=here,
        rows=rows[:2_000],
        left_out=len(rows[2_000:]),
        total=total,
        name=name,
        words=profit_words(name),
        month=first,
        is_closed=told.is_closed,
        href=_href,
    )


def _since(here: ClubBooks, told: ProfitMonth, missing: int) -> list[DrillRow]:
    """What changed in a closed month since: one row, so that the list comes to the sealed sum."""
    closing = month_closing(here.club_id, told.month)
    if not missing or closing is None:
        return []
    text = _("Changed since the closing; told in a later month")
    link = Link("books.closing", "public_id", closing.public_id)
    return [DrillRow(closing.last_on, text, "", missing, "", link)]


def _change_rows(month: date, told: ProfitMonth) -> list[DrillRow]:
    return [
        DrillRow(month, profit_words(name), "", change)
        for name, change in sorted(told.changes.items())
        if not name.startswith(f"{TAX}.")
    ]


def _href(link: Link) -> str:
    return url_for(link.endpoint, **{link.name: link.value})  # type: ignore[arg-type] # a path


def _names(told: list[ProfitMonth], part: str) -> list[str]:
    names = {name for one in told for name in one.sums if name.startswith(f"{part}.")}
    return sorted(names, key=lambda name: -abs(sum(one.sums.get(name, 0) for one in told)))


def _sheet(here: ClubBooks, told: list[ProfitMonth]) -> ResponseReturnValue:
    rows: list[tuple[Any, ...]] = []
    for one in told:
        rows += [
            (one.month, profit_words(name), amount(sum_, here.currency))
            for name, sum_ in sorted(one.sums.items())
        ]
        rows.append((one.month, profit_words(CHANGES), amount(one.changed, here.currency)))
        rows.append((one.month, _("Profit"), amount(one.profit, here.currency)))
    heads = ("Month", "What", "Amount")
    return download(f"profit-{told[-1].month:%Y-%m}", request.args["as"], heads, rows)


def _rows_sheet(
    here: ClubBooks, name: str, month: date, rows: list[DrillRow]
) -> ResponseReturnValue:
    heads = ("Day", "What", "Number", "Who", "Amount")
    cells = [
        (row.day, row.text, row.reference, row.who, amount(row.amount_minor, here.currency))
        for row in rows
    ]
    return download(f"{name.replace('.', '-')}-{month:%Y-%m}", request.args["as"], heads, cells)
