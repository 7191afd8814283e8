"""Views room: what the club owes its members on a day, by kind, and to whom."""

from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from clubcrm.core import formats
from clubcrm.core.export import amount, download
from clubcrm.core.months import month_after, month_end, month_of, months_between
from clubcrm.core.web import require
from memberships.books.calendar import ClubBooks
from memberships.books.charts import columns
from memberships.books.drill import names_of
from memberships.books.earning import gap
from memberships.books.owed import (
    OwedKind,
    balances,
    flows,
    owed_by_kind,
    owed_rows,
    receivable,
)
from memberships.books.views.blueprint import books, club_books
from memberships.books.words import owed_words
from memberships.permissions import SEE_BOOKS

MONTHS_SHOWN = 6
MOST_ROWS = 500


@books.get("/liability")
@require(SEE_BOOKS)
def liability() -> ResponseReturnValue:
    here = club_books()
    day = _asked_day(here)
    rows = owed_rows(here, day)
    wanted = _kind()
    shown = [row for row in rows if wanted is None or row.kind is wanted]
    names = names_of({row.person_id for row in shown if row.person_id is not None})
    if request.args.get("as"):
        heads = ("Kind", "What", "Number", "Who", "Until", "Owed")
        cells = [
            (
                owed_words(row.kind),
                row.text,
                row.number,
                names.get(row.person_id or 0, ("", ""))[1],
                row.until,
                amount(row.amount_minor, here.currency),
            )
            for row in shown
        ]
        return download(f"owed-{day.isoformat()}", request.args["as"], heads, cells)
    sums = owed_by_kind(rows)
    return render_template(
        "memberships/books/liability.html",
        books=here,
        day=day,
        yesterday=day - timedelta(days=1),
        tomorrow=day + timedelta(days=1),
        sums=sums,
        total=sum(sums.values()),
        receivable=receivable(here, day),
        wanted=wanted,
        shown=shown[:MOST_ROWS],
        left_out=shown[MOST_ROWS:],
        shown_total=sum(row.amount_minor for row in shown),
        names=names,
        kinds=tuple(OwedKind),
        owed_words=owed_words,
        **_month_ends(here, day),
    )


@books.get("/liability/<day>")
@require(SEE_BOOKS)
def proof(day: str) -> ResponseReturnValue:
    """How the day's cash and revenue make the change of what is owed, term by term."""
    here = club_books()
    try:
        last = date.fromisoformat(day)
    except ValueError:
        last = here.today
    last = min(last, here.today)
    before = balances(here, last - timedelta(days=1))
    after, moved = balances(here, last), flows(here, last, last)
    return render_template(
        "memberships/books/proof.html",
        books=here,
        day=last,
        before=before,
        after=after,
        flows=moved,
        gap=gap(moved, before, after),
    )


def _asked_day(here: ClubBooks) -> date:
    try:
        return min(date.fromisoformat(request.args.get("day", "")), here.today)
    except ValueError:
        return here.today


def _kind() -> OwedKind | None:
    text = request.args.get("kind", "")
    return OwedKind(text) if text in set(OwedKind) else None


def _month_ends(here: ClubBooks, day: date) -> dict[str, object]:
    """The liability at the end of the last months, as a chart and a table."""
    months = months_between(month_after(month_of(day), 1 - MONTHS_SHOWN), month_of(day))
    days = [min(month_end(month), day) for month in months]
    totals = [sum(row.amount_minor for row in owed_rows(here, one)) for one in days]
    return {
        "ends": list(zip(days, totals, strict=True)),
        "drawn": columns([[total] for total in totals]),
        "chart_names": [formats.month_short(month) for month in months],
        "chart_titles": [
            [f"{formats.day(one)}: {formats.money(total, here.currency)}"]
            for one, total in zip(days, totals, strict=True)
        ],
    }
