"""Pages of the books; importing this folder hangs every page on its blueprint."""

from memberships.books.views import (
    book,
    closings,
    flow,
    liability,
    marketing,
    profit,
    recurring,
    reports_api,
    taxes,
)
from memberships.books.views.api import books_api
from memberships.books.views.blueprint import books

__all__ = [
    "book",
    "books",
    "books_api",
    "closings",
    "flow",
    "liability",
    "marketing",
    "profit",
    "recurring",
    "reports_api",
    "taxes",
]
