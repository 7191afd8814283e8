"""Pages of the books; importing this folder hangs every page on its blueprint."""

from memberships.books.views import (
    book,
    closings,
    flow,
    liability,
    marketing,
    profit,
    recurring,
    taxes,
)
from memberships.books.views.blueprint import books

__all__ = [
    "book",
    "books",
    "closings",
    "flow",
    "liability",
    "marketing",
    "profit",
    "recurring",
    "taxes",
]
