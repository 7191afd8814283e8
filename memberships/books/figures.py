"""Queries room: the figures of days and months as they are sealed when a club closes them."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from clubcrm.core.months import month_end
from memberships.books.calendar import ClubBooks, books_of
from memberships.books.cash_flow import Movement, balances_of, movements, other_tenders
from memberships.books.kinds import Account, ClosingKind
from memberships.books.models import Closing
from memberships.books.owed import owed_by_kind, owed_lines, owed_rows, receivable
from memberships.books.profit import profit_now, to_date
from memberships.books.takings import day_sums


def day_figures(books: ClubBooks, first: date, last: date) -> dict[str, Any]:
    """Return what moved on these days, by account and by name, and what each account holds."""
    moved = movements(books, first, last)
    after = balances_of(books, last)
    return {
        "club": books.name,
        "currency": books.currency,
        "first_on": first.isoformat(),
        "last_on": last.isoformat(),
        "accounts": {one.value: _account(after[one], one, moved) for one in Account},
        "book": _by_name(moved),
        "without_money": other_tenders(day_sums(books.club_id, first, last)),
    }


def month_figures(
    books: ClubBooks, month: date, before: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """Return the figures of a month: movements, profit, what is owed to and by members.

    Who knows the sums to the end of the month before may give them.
    """
    last = month_end(month)
    lines = owed_lines(books, last)
    after = to_date(books, last, lines)
    profit = profit_now(books, month, None if before is None else dict(before), after)
    owed = owed_by_kind(owed_rows(books, last, lines))
    return day_figures(books, month, last) | {
        "profit": {
            "sums": dict(profit.sums),
            "changes": dict(profit.changes),
            "total": profit.profit,
        },
        "owed": {kind.value: amount for kind, amount in owed.items()},
        "receivable": receivable(books, last),
        "to_date": after,
    }


def figures_now(closing: Closing) -> dict[str, Any]:
    """Return the figures of a closing as they would be told today; the count stays as it was."""
    books = books_of(closing.club_id)
    if closing.kind is ClosingKind.MONTH:
        return month_figures(books, closing.first_on)
    told = json.loads(closing.figures)
    return day_figures(books, closing.first_on, closing.last_on) | {
        name: told[name] for name in ("count",) if name in told
    }


def _account(closing: int, account: Account, moved: Sequence[Movement]) -> Mapping[str, int]:
    amounts = [one.amount_minor for one in moved if one.account is account]
    return {
        "opening": closing - sum(amounts),
        "in": sum(amount for amount in amounts if amount > 0),
        "out": sum(amount for amount in amounts if amount < 0),
        "closing": closing,
    }


def _by_name(moved: Sequence[Movement]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in moved:
        sums[one.name] = sums.get(one.name, 0) + one.amount_minor
    return sums
