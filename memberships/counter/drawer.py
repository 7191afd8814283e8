"""Services room: what happens to cash in a shift also stands in the cash book, in the same step."""

from flask_babel import gettext as _

from clubcrm.core.db import db
from clubcrm.core.months import month_of
from clubcrm.core.types import new_public_id
from memberships.books.calendar import ClubBooks
from memberships.books.cash_book import dated, keep
from memberships.books.categories import category_of, lock_books
from memberships.books.kinds import Account, BookKind, Standard, signed
from memberships.books.models import BookLine
from memberships.tills.models import Purpose, Shift, ShiftLine, ShiftReport
from memberships.tills.rules import Counted
from memberships.tills.services import CashMove, close, move_cash


def put_cash(order: CashMove, *, by: str) -> ShiftLine:
    """Cash is put in or taken out, and the book says where from or what for."""
    line = move_cash(order, by=by)
    shift = db.session.get_one(Shift, order.shift_id)
    books = lock_books(shift.club_id)
    if order.purpose is Purpose.BANK:
        for side, account, amount in (
            ("drawer", Account.CASH, line.amount_minor),
            ("bank", Account.BANK, -line.amount_minor),
        ):
            _book(books, BookKind.TRANSFER, account, (amount, f"{line.id}:{side}"), line.reason, by)
    else:
        code = Standard.OTHER_INCOME if line.amount_minor > 0 else Standard.OTHER_EXPENSE
        _entry(books, code, line.amount_minor, str(line.id), line.reason, by=by)
    return line


def close_shift(shift_id: int, counted: Counted, *, by: str) -> ShiftReport:
    """The shift is closed, and what was over or short is a line of the cash book as well."""
    report = close(shift_id, counted, by=by)
    shift = db.session.get_one(Shift, shift_id)
    over = (shift.counted_minor or 0) - (shift.expected_minor or 0)
    if over:
        books = lock_books(shift.club_id)
        code = Standard.CASH_OVER if over > 0 else Standard.CASH_SHORT
        text = _("Difference of a shift")
        _entry(books, code, over, f"{shift.id}:difference", text, by=by)
    return report


def _entry(
    books: ClubBooks, code: Standard, amount_minor: int, source: str, text: str, *, by: str
) -> None:
    category = category_of(books.club_id, code)
    line = _line(books, BookKind.ENTRY, Account.CASH, (amount_minor, source), text, by)
    line.category_id = category.id
    line.amount_minor = signed(category.direction, abs(amount_minor))
    line.first_month = books.landing_month(month_of(books.today))
    keep(line, "book.shift")


def _book(
    books: ClubBooks,
    kind: BookKind,
    account: Account,
    what: tuple[int, str],
    text: str,
    by: str,
) -> None:
    keep(_line(books, kind, account, what, text, by), "book.shift")


def _line(
    books: ClubBooks, kind: BookKind, account: Account, what: tuple[int, str], text: str, by: str
) -> BookLine:
    return BookLine(
        **dated(books, books.today),
        kind=kind,
        account=account,
        amount_minor=what[0],
        first_month=month_of(books.today),
        text=text[:200],
        source_kind="shift",
        source_id=what[1] or new_public_id(),
        by=by,
    )
