"""Views room: closing days and months, the count of cash, and the reports as sealed."""

import json
from datetime import date, timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.months import month_after, month_end, month_of
from clubcrm.core.web import current_actor, require
from memberships.books.calendar import ClubBooks, closing_for, closings_of
from memberships.books.closings import (
    DayCount,
    cash_expected,
    close_day,
    close_month,
    first_open_day,
)
from memberships.books.counting import FACES, counted_sum, differences
from memberships.books.figures import figures_now
from memberships.books.forms import CountForm, typed_pieces
from memberships.books.kinds import Account, ClosingKind
from memberships.books.models import Closing
from memberships.books.owed import OwedKind
from memberships.books.views.blueprint import books, club_books
from memberships.books.words import flow_words, owed_words, profit_words
from memberships.permissions import CLOSE_BOOKS, SEE_BOOKS


@books.get("/closings")
@require(SEE_BOOKS)
def closings() -> ResponseReturnValue:
    here = club_books()
    days = closings_of(here.club_id, ClosingKind.DAY, 40)
    return render_template(
        "memberships/books/closings.html",
        books=here,
        days=[(one, json.loads(one.figures)) for one in days],
        months=[
            (one, json.loads(one.figures)) for one in closings_of(here.club_id, ClosingKind.MONTH)
        ],
        next_month=_next_month(here),
        next_day=min(here.open_day or here.today, here.today),
        is_today_closed=here.open_day is not None and here.open_day > here.today,
        DAY=timedelta(days=1),
    )


@books.route("/closings/day", methods=["GET", "POST"])
@require(CLOSE_BOOKS)
def day() -> ResponseReturnValue:
    """First the count, then what it comes to, then the closing."""
    here, form = club_books(), CountForm()
    form.counted.currency = here.currency
    if request.method == "GET":
        form.last_on.data = _asked_day(here)
        return _day_page(form, here)
    count = _typed_count(form, here)
    if count is None:
        return _day_page(form, here, status=400)
    if form.confirmed.data != "yes":
        return _day_page(form, here, count)
    try:
        done = close_day(count, by=current_actor().ref)
    except DomainError as error:
        return _day_page(form, here, refusal=form.accept(error), status=error.status)
    flash(_("Closed up to %(day)s.", day=formats.day(done.last_on)), "success")
    return redirect(url_for("books.closing", public_id=done.public_id), 303)


@books.post("/closings/month")
@require(CLOSE_BOOKS)
def month() -> ResponseReturnValue:
    here = club_books()
    wanted = _next_month(here)
    if wanted is None or request.form.get("month") != f"{wanted:%Y-%m}":
        raise DomainError("STATE", _("Months are closed one after the other, when they are over."))
    done = close_month(here.club_id, wanted, by=current_actor().ref)
    flash(_("The month is closed. Its report stays as it is now."), "success")
    return redirect(url_for("books.closing", public_id=done.public_id), 303)


@books.get("/closings/<public_id>")
@require(SEE_BOOKS)
def closing(public_id: str) -> ResponseReturnValue:
    found = _closing(public_id)
    stored = json.loads(found.figures)
    return render_template(
        "memberships/books/closing.html",
        books=club_books(),
        closing=found,
        figures=stored,
        since=differences(stored, figures_now(found)),
        accounts=tuple(Account),
        faces=FACES.get(stored["currency"], ()),
        shown_name=flow_words,
        profit_words=profit_words,
        owed_words=owed_words,
        owed_kinds=tuple(OwedKind),
        is_month=found.kind is ClosingKind.MONTH,
    )


@books.get("/closings/<public_id>/report.json")
@require(SEE_BOOKS)
def report(public_id: str) -> ResponseReturnValue:
    """The report as it was sealed, byte for byte."""
    found = _closing(public_id)
    answer = Response(found.figures.encode(), mimetype="application/json")
    answer.headers["X-Content-Sha256"] = found.sha256
    return answer


def _closing(public_id: str) -> Closing:
    found = closing_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such closing in your clubs."))
    return found


def _next_month(here: ClubBooks) -> date | None:
    """Return the next month that may be closed, None while it still runs."""
    wanted = here.open_month or month_after(month_of(here.today), -1)
    return wanted if month_end(wanted) < here.today else None


def _asked_day(here: ClubBooks) -> date:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return here.today


def _typed_count(form: CountForm, here: ClubBooks) -> DayCount | None:
    if not form.validate() or form.last_on.data is None:
        return None
    try:
        pieces = typed_pieces(request.form, FACES.get(here.currency, ()))
        counted_sum(pieces)
    except ValueError:
        form.form_errors.append(_("Expected a number of pieces for each coin and note."))
        return None
    counted = form.counted.minor if form.counted.data else None
    return DayCount(here.club_id, form.last_on.data, pieces, counted, form.note.data or "")


def _day_page(
    form: CountForm, here: ClubBooks, count: DayCount | None = None, **more: Any
) -> ResponseReturnValue:
    last = min(form.last_on.data or here.today, here.today)
    expected = cash_expected(here, last)
    counted = None
    if count is not None:
        counted = counted_sum(count.pieces) if count.pieces else count.counted_minor
    page = render_template(
        "memberships/books/close_day.html",
        form=form,
        books=here,
        first=min(first_open_day(here, last), last),
        last=last,
        faces=FACES.get(here.currency, ()),
        typed=request.form,
        is_checked=count is not None,
        expected=expected,
        counted=counted,
        refusal=" ".join([*map(str, form.form_errors), str(more.get("refusal", ""))]).strip(),
    )
    return page, int(more.get("status", 200))
