"""Queries room: the figures of days and months as they are sealed when a club closes them."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from memberships.books.calendar import ClubBooks, books_of
from memberships.books.kinds import Account, BookKind, ClosingKind
from memberships.books.lines import LineFilter, ShownLine, balance_of_lines, lines_of
from memberships.books.models import Closing
from memberships.books.schedule import month_end

_DAY = timedelta(days=1)
EVERY_LINE = 100_000


def day_figures(books: ClubBooks, first: date, last: date) -> dict[str, Any]:
    """Return what moved on these days, by account and by category, and what each account holds."""
    shown = lines_of(books.club_id, LineFilter(first, last), EVERY_LINE)
    before = balance_of_lines(books.club_id, first - _DAY)
    return {
        "club": books.name,
        "currency": books.currency,
        "first_on": first.isoformat(),
        "last_on": last.isoformat(),
        "accounts": {
            account.value: _account(before.get(account, 0), account, shown) for account in Account
        },
        "book": _by_name(shown),
    }


def _account(opening: int, account: Account, shown: list[ShownLine]) -> Mapping[str, int]:
    amounts = [one.line.amount_minor for one in shown if one.line.account is account]
    return {
        "opening": opening,
        "in": sum(amount for amount in amounts if amount > 0),
        "out": sum(amount for amount in amounts if amount < 0),
        "closing": opening + sum(amounts),
    }


def _by_name(shown: list[ShownLine]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in shown:
        name = name_of(one)
        sums[name] = sums.get(name, 0) + one.line.amount_minor
    return sums


def name_of(one: ShownLine) -> str:
    """Return the name under which a line is summed: its category's code, or what kind it is."""
    if one.line.kind in (BookKind.ENTRY, BookKind.COUNT) and one.category is not None:
        return one.category.code
    return one.line.kind.value


def month_figures(books: ClubBooks, month: date) -> dict[str, Any]:
    """Return the figures of a month: its movements, and what counts in its profit."""
    return day_figures(books, month, month_end(month))


def figures_now(closing: Closing) -> dict[str, Any]:
    """Return the figures of a closing as they would be told today; the count stays as it was."""
    books = books_of(closing.club_id)
    if closing.kind is ClosingKind.MONTH:
        return month_figures(books, closing.first_on)
    told = json.loads(closing.figures)
    return day_figures(books, closing.first_on, closing.last_on) | {
        name: told[name] for name in ("count",) if name in told
    }
