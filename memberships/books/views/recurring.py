"""Views room: what comes again by itself, and stopping it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import not_found
from clubcrm.core.months import month_after
from clubcrm.core.web import current_actor, require
from memberships.books.kinds import RecurringState
from memberships.books.lines import ShownItem, recurring_for, recurring_of
from memberships.books.models import RecurringItem
from memberships.books.recurring import resume_recurring, stop_recurring
from memberships.books.schedule import due_days
from memberships.books.views.blueprint import books, club_books
from memberships.permissions import SEE_BOOKS, WRITE_BOOKS


@books.get("/book/recurring")
@require(SEE_BOOKS)
def recurring() -> ResponseReturnValue:
    here = club_books()
    shown = recurring_of(here.club_id)
    far = month_after(here.today.replace(day=1), 13)

    def next_due(one: ShownItem) -> object:
        item = one.item
        last = min(far, item.until_on or far)
        after = max(item.booked_until or item.first_on, here.today)
        return next(due_days(item.first_on, item.every, after, last), None)

    return render_template(
        "memberships/books/recurring.html",
        books=here,
        shown=shown,
        next_due=next_due,
        running=RecurringState.RUNNING,
    )


@books.post("/book/recurring/<public_id>/stop")
@require(WRITE_BOOKS)
def stop(public_id: str) -> ResponseReturnValue:
    item = _item(public_id)
    stop_recurring(item, by=current_actor().ref)
    flash(_("%(text)s does not come again.", text=item.text), "success")
    return redirect(url_for("books.recurring"), 303)


@books.post("/book/recurring/<public_id>/resume")
@require(WRITE_BOOKS)
def resume(public_id: str) -> ResponseReturnValue:
    item = _item(public_id)
    resume_recurring(item, by=current_actor().ref)
    flash(_("%(text)s comes again from today on.", text=item.text), "success")
    return redirect(url_for("books.recurring"), 303)


def _item(public_id: str) -> RecurringItem:
    found = recurring_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such item in your clubs."))
    return found
