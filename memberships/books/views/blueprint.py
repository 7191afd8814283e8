"""Views room: the address under which all pages of the books live, and what they share."""

from datetime import date
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _

from clubcrm.accounts.queries import names_of_actors
from clubcrm.core.errors import not_found
from clubcrm.core.months import month_of
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor
from memberships.books.calendar import ClubBooks, books_of
from memberships.books.lines import ShownLine, line_for
from memberships.books.words import (
    account_icon,
    account_words,
    category_words,
    channel_words,
    code_words,
    every_words,
    kind_words,
    payee_kind_words,
)

books = Blueprint("books", __name__, url_prefix="/money")


@books.context_processor
def words() -> dict[str, Any]:
    """Templates of the books name things by these words."""
    return {
        "account_words": account_words,
        "account_icon": account_icon,
        "category_words": category_words,
        "code_words": code_words,
        "channel_words": channel_words,
        "every_words": every_words,
        "book_kind_words": kind_words,
        "payee_kind_words": payee_kind_words,
        "writer_of": writer_of,
    }


def writer_of(ref: str) -> str:
    """Return the name of who wrote a line, as people know him."""
    return names_of_actors([ref]).get(ref, ref)


def club_books() -> ClubBooks:
    """Return the books of the club this person works in now."""
    return books_of(current_club().id)


def asked_month(books_now: ClubBooks) -> date:
    """Return the month of the address, or the running one."""
    try:
        return date.fromisoformat(f"{request.args.get('month', '')}-01")
    except ValueError:
        return month_of(books_now.today)


def wanted_line(public_id: str) -> ShownLine:
    """Return the line of the address; raises NOT_FOUND outside the scope."""
    found = line_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such line in your clubs."))
    return found
