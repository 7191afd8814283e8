"""Short ways to write into the books of the cast's club."""

from datetime import date
from typing import Any

from memberships.books.cash_book import EntryRequest, add_entry
from memberships.books.kinds import Account
from memberships.books.models import BookLine
from tests.cast import Cast

ANNA = "user:7"


def entry(cast: Cast, text: str, amount: int, on: date, **more: Any) -> EntryRequest:
    """What Anna would type for an expense out of the drawer."""
    values = {"account": Account.CASH, "category": "office", **more}
    return EntryRequest(club_id=cast.club, amount_minor=amount, on=on, text=text, **values)


def write(cast: Cast, text: str, amount: int, on: date, **more: Any) -> BookLine:
    """Anna has written an expense into the book."""
    return add_entry(entry(cast, text, amount, on, **more), by=ANNA)
