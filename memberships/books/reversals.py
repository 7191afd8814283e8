"""Services room: taking lines of the cash book back by opposite lines that name them."""

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from memberships.books.calendar import ClubBooks
from memberships.books.cash_book import dated, keep
from memberships.books.categories import lock_books
from memberships.books.kinds import BookKind
from memberships.books.models import BookLine


def reverse_line(line: BookLine, reason: str, *, by: str) -> BookLine:
    """An opposite line of today takes the line back; both sides of a transfer go together.

    Raises STATE when it is reversed already, is a reversal, or belongs to a count of cash.
    """
    books = lock_books(line.club_id)
    why = clean(reason, "reason")
    if not why:
        raise invalid({"reason": _("Say why this line is taken back.")})
    if line.reverses_id is not None or line.kind is BookKind.COUNT:
        raise DomainError("STATE", _("This line cannot be taken back; write a new one."))
    sides = [line]
    if line.kind is BookKind.TRANSFER:
        number = line.source_id.partition(":")[0]
        sides = list(
            db.session.scalars(
                select(BookLine)
                .where(
                    BookLine.club_id == line.club_id,
                    BookLine.source_kind == "transfer",
                    BookLine.source_id.in_((f"{number}:out", f"{number}:in")),
                )
                .order_by(BookLine.id)
            )
        )
    taken_back = [_opposite(one, books, why, by) for one in sides]
    return next(back for back in taken_back if back.reverses_id == line.id)


def _opposite(line: BookLine, books: ClubBooks, why: str, by: str) -> BookLine:
    gone = db.session.scalar(select(BookLine.id).where(BookLine.reverses_id == line.id))
    if gone is not None:
        raise DomainError("STATE", _("This line has been taken back already."))
    return keep(
        BookLine(
            **dated(books, books.today),
            kind=line.kind,
            account=line.account,
            category_id=line.category_id,
            payee_id=line.payee_id,
            channel=line.channel,
            amount_minor=-line.amount_minor,
            tax_minor=-line.tax_minor,
            # Counts for the same months: what of them is closed shows as a change to closed months.
            first_month=line.first_month,
            months=line.months,
            text=why,
            reference=line.reference,
            reverses_id=line.id,
            source_kind="reversal",
            source_id=line.public_id,
            by=by,
        ),
        "book.reversal",
    )
