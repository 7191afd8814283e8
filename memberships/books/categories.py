"""Services room: categories and payees, made with their first use, and the lock of the books."""

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean, fold
from clubcrm.core.types import new_public_id
from memberships.books.calendar import ClubBooks, books_of
from memberships.books.kinds import Direction, PayeeKind, Standard, direction_of
from memberships.books.models import BookCategory, Payee


def lock_books(club_id: int) -> ClubBooks:
    """Nobody else closes or writes the books of the club until this unit of work ends."""
    db.session.execute(select(Club.id).where(Club.id == club_id).with_for_update(key_share=True))
    return books_of(club_id)


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
