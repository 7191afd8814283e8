"""Services room: entries of the cash book by hand, transfers, opening balances and reversals."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_id
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean, fold
from clubcrm.core.types import new_public_id
from memberships.books.calendar import ClubBooks, books_of
from memberships.books.kinds import (
    BY_COUNT,
    CHANNELS,
    Account,
    BookKind,
    Direction,
    PayeeKind,
    Standard,
    direction_of,
    signed,
)
from memberships.books.models import BookCategory, BookLine, Payee
from memberships.books.schedule import month_of

OLDEST = date(2000, 1, 1)
MOST_MINOR = 10**14


@dataclass(frozen=True, slots=True)
class EntryRequest:
    """Income or expense as somebody types it; the amount is positive, tax is part of it."""

    club_id: int
    account: Account
    category: str
    amount_minor: int
    on: date
    text: str
    tax_minor: int = 0
    payee: str = ""
    payee_kind: PayeeKind = PayeeKind.SUPPLIER
    channel: str = ""
    first_month: date | None = None
    months: int = 1
    reference: str = ""
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """Money carried from one account of a club to another."""

    club_id: int
    from_account: Account
    to_account: Account
    amount_minor: int
    on: date
    text: str = ""


def lock_books(club_id: int) -> ClubBooks:
    """Nobody else closes or writes the books of the club until this unit of work ends."""
    db.session.execute(select(Club.id).where(Club.id == club_id).with_for_update(key_share=True))
    return books_of(club_id)


def add_entry(request: EntryRequest, *, by: str) -> BookLine:
    """The cash book has one line more, on the day asked for or on the first open day after it.

    The same source twice is one line. Raises INVALID_INPUT naming the field.
    """
    books = lock_books(request.club_id)
    source_id = request.source_id or new_public_id()
    known = _line_of_source(request.club_id, "hand", source_id)
    if known is not None:
        return known
    check_entry(request, books)
    category = category_of(request.club_id, request.category)
    month = month_of(request.first_month or request.on)
    line = BookLine(
        **_dated(books, request.on),
        kind=BookKind.ENTRY,
        account=request.account,
        category_id=category.id,
        payee_id=payee_of(request.club_id, request.payee_kind, request.payee),
        channel=request.channel if category.code == Standard.MARKETING else "",
        amount_minor=signed(category.direction, request.amount_minor),
        tax_minor=signed(category.direction, request.tax_minor),
        first_month=month if request.months > 1 else books.landing_month(month),
        months=request.months,
        text=clean(request.text, "text"),
        reference=clean(request.reference, "reference", longest=80),
        source_kind="hand",
        source_id=source_id,
        by=by,
    )
    return keep(line, "book.entry")


def transfer(request: TransferRequest, *, by: str) -> tuple[BookLine, BookLine]:
    """The money has left one account and stands in the other, by two lines of one day."""
    books = lock_books(request.club_id)
    _check_amount(request.amount_minor)
    _check_day(request.on, books)
    if request.from_account is request.to_account:
        raise invalid({"to_account": _("Choose another account than the one it comes from.")})
    text = clean(request.text, "text") or _("Carried over")
    number = new_public_id()
    return tuple(  # type: ignore[return-value] # two sides, two lines
        keep(
            BookLine(
                **_dated(books, request.on),
                kind=BookKind.TRANSFER,
                account=account,
                amount_minor=amount,
                first_month=month_of(request.on),
                text=text,
                source_kind="transfer",
                source_id=f"{number}:{side}",
                by=by,
            ),
            "book.transfer",
        )
        for side, account, amount in (
            ("out", request.from_account, -request.amount_minor),
            ("in", request.to_account, request.amount_minor),
        )
    )


def open_account(club_id: int, account: Account, amount_minor: int, on: date, *, by: str) -> None:
    """The account begins with this amount; once per account, corrected by reversal."""
    books = lock_books(club_id)
    _check_day(on, books)
    if amount_minor == 0:
        raise invalid({"amount": _("An account that begins with nothing needs no line.")})
    standing = db.session.scalars(
        select(BookLine.id).where(
            BookLine.club_id == club_id,
            BookLine.kind == BookKind.OPENING,
            BookLine.account == account,
            BookLine.reverses_id.is_(None),
            BookLine.id.not_in(
                select(BookLine.reverses_id).where(BookLine.reverses_id.is_not(None))
            ),
        )
    ).first()
    if standing is not None:
        raise DomainError("STATE", _("This account has its opening balance. Reverse it first."))
    keep(
        BookLine(
            **_dated(books, on),
            kind=BookKind.OPENING,
            account=account,
            amount_minor=amount_minor,
            first_month=month_of(on),
            text=_("Opening balance"),
            source_kind="opening",
            source_id=new_public_id(),
            by=by,
        ),
        "book.opening",
    )


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


def category_of(club_id: int, code: str) -> BookCategory:
    """Return the club's category of this code; a standard one comes to be with its first use."""
    found = db.session.scalars(
        select(BookCategory).where(BookCategory.club_id == club_id, BookCategory.code == code)
    ).first()
    if found is not None:
        return found
    if code not in set(Standard):
        raise invalid({"category": _("Choose a category from the list.")})
    category = BookCategory(club_id=club_id, code=code, direction=direction_of(Standard(code)))
    db.session.add(category)
    db.session.flush()
    return category


def add_category(club_id: int, name: str, direction: Direction, *, by: str) -> BookCategory:
    """The club has a category of its own beside the standard ones."""
    lock_books(club_id)
    words = clean(name, "name", longest=80)
    if not words:
        raise invalid({"name": _("A category needs a name.")})
    same = db.session.scalars(select(BookCategory).where(BookCategory.club_id == club_id))
    if any(fold(one.name) == fold(words) for one in same):
        raise DomainError("STATE", _("There is a category of this name already."))
    category = BookCategory(
        club_id=club_id, code=f"own-{new_public_id()}", name=words, direction=direction
    )
    db.session.add(category)
    db.session.flush()
    audit.note("book.category", "book_category", category.id, after={"name": words}, by=by)
    return category


def payee_of(club_id: int, kind: PayeeKind, name: str) -> int | None:
    """Return the payee of this name, who comes to be with the first use; None without a name."""
    words = clean(name, "payee", longest=120)
    if not words:
        return None
    found = db.session.scalar(
        select(Payee.id).where(
            Payee.club_id == club_id, Payee.kind == kind, Payee.name_folded == fold(words)[:120]
        )
    )
    if found is not None:
        return found
    payee = Payee(club_id=club_id, kind=kind, name=words, name_folded=fold(words)[:120])
    db.session.add(payee)
    db.session.flush()
    return payee.id


def check_entry(request: EntryRequest, books: ClubBooks) -> None:
    """The request is whole; raises INVALID_INPUT naming the field that is not."""
    _check_amount(request.amount_minor)
    _check_day(request.on, books)
    if not 0 <= request.tax_minor <= request.amount_minor:
        raise invalid({"tax": _("The tax is a part of the amount.")})
    if not 1 <= request.months <= 60:
        raise invalid({"months": _("Spread it over 1 to 60 months.")})
    if not request.text.strip():
        raise invalid({"text": _("Say what this is for.")})
    if request.category in set(BY_COUNT):
        raise invalid({"category": _("Over and short are booked by the count of cash.")})
    if request.category == Standard.MARKETING and request.channel not in CHANNELS:
        raise invalid({"channel": _("Say which channel this money went to.")})


def keep(line: BookLine, action: str) -> BookLine:
    """The line stands in the book, and the audit chain says so."""
    line.unit_id = unit_id()
    db.session.add(line)
    db.session.flush()
    audit.note(
        action,
        "book_line",
        line.public_id,
        after={
            "account": line.account.value,
            "amount_minor": line.amount_minor,
            "booked_on": line.booked_on,
            "text": line.text,
        },
        by=line.by,
    )
    return line


def _opposite(line: BookLine, books: ClubBooks, why: str, by: str) -> BookLine:
    gone = db.session.scalar(select(BookLine.id).where(BookLine.reverses_id == line.id))
    if gone is not None:
        raise DomainError("STATE", _("This line has been taken back already."))
    return keep(
        BookLine(
            **_dated(books, books.today),
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


def _dated(books: ClubBooks, wanted: date) -> dict[str, object]:
    return {
        "club_id": books.club_id,
        "currency": books.currency,
        "booked_on": books.landing_day(wanted),
        "wanted_on": wanted,
    }


def _line_of_source(club_id: int, kind: str, source_id: str) -> BookLine | None:
    return db.session.scalars(
        select(BookLine).where(
            BookLine.club_id == club_id,
            BookLine.source_kind == kind,
            BookLine.source_id == source_id,
        )
    ).first()


def _check_amount(amount_minor: int) -> None:
    if not 0 < amount_minor <= MOST_MINOR:
        raise invalid({"amount": _("An amount above zero is needed.")})


def _check_day(on: date, books: ClubBooks) -> None:
    if not OLDEST <= on <= books.today:
        raise invalid({"on": _("The day lies ahead, or too far back.")})
