"""Services room: recurring income and expenses; each due day gets its line of the book once."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.months import month_of
from clubcrm.core.states import move
from memberships.books.cash_book import EntryRequest, check_entry, keep
from memberships.books.categories import category_of, lock_books, payee_of
from memberships.books.kinds import (
    RECURRING_MOVES,
    BookKind,
    RecurringState,
    Standard,
    signed,
)
from memberships.books.models import BookLine, RecurringItem
from memberships.books.schedule import Every, due_days

FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class RecurringRequest:
    """An entry that comes again: its first due day is the day of the entry."""

    entry: EntryRequest
    every: Every
    until_on: date | None = None


def add_recurring(request: RecurringRequest, *, by: str) -> RecurringItem:
    """The item falls due from its first day on; what is due by today is booked at once."""
    entry = request.entry
    books = lock_books(entry.club_id)
    check_entry(replace(entry, on=min(entry.on, books.today)), books)
    if entry.on > books.today + FURTHEST:
        raise invalid({"on": _("The first day may lie at most a year ahead.")})
    if request.until_on is not None and request.until_on < entry.on:
        raise invalid({"until_on": _("The last day lies before the first.")})
    category = category_of(entry.club_id, entry.category)
    item = RecurringItem(
        club_id=entry.club_id,
        text=entry.text.strip(),
        account=entry.account,
        category_id=category.id,
        payee_id=payee_of(entry.club_id, entry.payee_kind, entry.payee),
        channel=entry.channel if category.code == Standard.MARKETING else "",
        amount_minor=signed(category.direction, entry.amount_minor),
        tax_minor=signed(category.direction, entry.tax_minor),
        currency=books.currency,
        every=request.every,
        first_on=entry.on,
        until_on=request.until_on,
        created_by=by,
    )
    db.session.add(item)
    db.session.flush()
    audit.note("recurring.added", "recurring_item", item.public_id, after=_kept(item), by=by)
    book_due(item.id, books.today, by=by)
    return item


def stop_recurring(item: RecurringItem, *, by: str) -> None:
    """The item produces no more lines; those it has produced stay."""
    move(item, RecurringState.STOPPED, moves=RECURRING_MOVES, by=by)
    audit.note("recurring.stopped", "recurring_item", item.public_id, after=_kept(item), by=by)


def resume_recurring(item: RecurringItem, *, by: str) -> None:
    """The item produces lines again from today on; what fell due while it stood is left out."""
    books = lock_books(item.club_id)
    move(item, RecurringState.RUNNING, moves=RECURRING_MOVES, by=by)
    yesterday = books.today - timedelta(days=1)
    item.booked_until = max(item.booked_until or yesterday, yesterday)
    db.session.flush()
    audit.note("recurring.resumed", "recurring_item", item.public_id, after=_kept(item), by=by)


def book_due(item_id: int, until: date, *, by: str) -> int:
    """Each due day of the item up to the day has its line; returns how many were written now."""
    item = db.session.get_one(RecurringItem, item_id)
    books = lock_books(item.club_id)
    db.session.refresh(item, with_for_update=True)
    if item.state is not RecurringState.RUNNING:
        return 0
    after = item.booked_until or item.first_on - timedelta(days=1)
    last = min(until, item.until_on or until)
    known = set(db.session.scalars(select(BookLine.due_on).where(BookLine.recurring_id == item.id)))
    written = 0
    for day in due_days(item.first_on, item.every, after, last):
        if day in known:
            continue
        month = books.landing_month(month_of(day))
        keep(_line(item, day, (books.landing_day(day), month), by), "book.recurring")
        written += 1
    if last > after:
        item.booked_until = last
    db.session.flush()
    return written


def _line(item: RecurringItem, due: date, lands: tuple[date, date], by: str) -> BookLine:
    return BookLine(
        club_id=item.club_id,
        kind=BookKind.ENTRY,
        account=item.account,
        category_id=item.category_id,
        payee_id=item.payee_id,
        channel=item.channel,
        amount_minor=item.amount_minor,
        tax_minor=item.tax_minor,
        currency=item.currency,
        booked_on=lands[0],
        wanted_on=due,
        first_month=lands[1],
        text=item.text,
        recurring_id=item.id,
        due_on=due,
        source_kind="recurring",
        source_id=f"{item.id}:{due.isoformat()}",
        by=by,
    )


def _kept(item: RecurringItem) -> dict[str, object]:
    return {
        "state": item.state.value,
        "text": item.text,
        "amount_minor": item.amount_minor,
        "every": item.every.value,
        "first_on": item.first_on,
        "until_on": item.until_on,
    }
