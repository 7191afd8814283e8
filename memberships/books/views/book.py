"""Views room: the cash book: its lines, new ones, transfers, and taking a line back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.errors import DomainError
from clubcrm.core.export import amount, download
from clubcrm.core.months import month_after, month_end
from clubcrm.core.web import current_actor, require
from memberships.billing.orders import Tender
from memberships.billing.words import tender_words
from memberships.books.calendar import ClubBooks
from memberships.books.cash_book import add_entry, open_account, transfer
from memberships.books.cash_flow import balances_of
from memberships.books.categories import add_category
from memberships.books.forms import CategoryForm, EntryForm, OpeningForm, TransferForm
from memberships.books.kinds import Account, Direction
from memberships.books.lines import (
    LineFilter,
    ShownLine,
    categories_of,
    lines_of,
    payees_of,
)
from memberships.books.models import BookLine
from memberships.books.recurring import add_recurring
from memberships.books.reversals import reverse_line
from memberships.books.takings import ACCOUNT_OF, day_sums
from memberships.books.views.blueprint import asked_month, books, club_books, wanted_line
from memberships.books.words import account_words, category_words, kind_words
from memberships.permissions import SEE_BOOKS, WRITE_BOOKS

MOST_LINES = 1_000


@books.get("/book")
@require(SEE_BOOKS)
def book() -> ResponseReturnValue:
    here = club_books()
    wanted = _filter(here)
    shown = lines_of(here.club_id, wanted, MOST_LINES)
    if request.args.get("as"):
        return _sheet(here, wanted)
    taken = _taken(here, wanted)
    amounts = [one.line.amount_minor for one in shown if not one.line.kind.is_between]
    amounts += [one.amount_minor for one in taken]
    return render_template(
        "memberships/books/book.html",
        books=here,
        shown=shown,
        month=wanted.first,
        earlier=month_after(wanted.first or here.today, -1),
        later=month_after(wanted.first or here.today),
        account=wanted.account,
        category=wanted.category,
        accounts=tuple(Account),
        chips=_chips(wanted),
        categories=categories_of(here.club_id),
        money_in=sum(one for one in amounts if one > 0),
        money_out=sum(one for one in amounts if one < 0),
        rows=_by_day(shown, taken),
        balances=balances_of(here, here.today),
        tender_words=tender_words,
        account_of=ACCOUNT_OF,
        is_cut=len(shown) == MOST_LINES,
    )


@books.route("/book/new", methods=["GET", "POST"])
@require(WRITE_BOOKS)
def entry() -> ResponseReturnValue:
    here = club_books()
    form = EntryForm()
    form.offer(here.currency, categories_of(here.club_id))
    if request.method == "GET":
        form.on.data, form.category.data = here.today, request.args.get("category", "")
        form.channel.data = request.args.get("channel", "")
        return _entry_page(form, here)
    if not form.validate():
        return _entry_page(form, here, status=400)
    by, again = current_actor().ref, form.recurring(here.club_id)
    try:
        if again is not None:
            item = add_recurring(again, by=by)
            flash(_("%(text)s comes again by itself from now on.", text=item.text), "success")
            return redirect(url_for("books.recurring"), 303)
        line = add_entry(form.request(here.club_id), by=by)
    except DomainError as error:
        return _entry_page(form, here, refusal=form.accept(error), status=error.status)
    flash(_landed(line), "success")
    return redirect(url_for("books.line", public_id=line.public_id), 303)


@books.route("/book/transfer", methods=["GET", "POST"])
@require(WRITE_BOOKS)
def carry() -> ResponseReturnValue:
    here = club_books()
    form = TransferForm()
    form.offer(here.currency)
    if request.method == "GET":
        form.on.data = here.today
        form.to_account.data = Account.BANK.value
        return _small_page(form, here, "transfer")
    if not form.validate():
        return _small_page(form, here, "transfer", status=400)
    try:
        gone, _come = transfer(form.request(here.club_id), by=current_actor().ref)
    except DomainError as error:
        return _small_page(form, here, "transfer", refusal=form.accept(error), status=error.status)
    flash(_landed(gone), "success")
    return redirect(url_for("books.book"), 303)


@books.route("/book/opening", methods=["GET", "POST"])
@require(WRITE_BOOKS)
def opening() -> ResponseReturnValue:
    here = club_books()
    form = OpeningForm()
    form.offer(here.currency)
    if request.method == "GET":
        form.on.data = here.today
        return _small_page(form, here, "opening")
    if not form.validate():
        return _small_page(form, here, "opening", status=400)
    by, on = current_actor().ref, form.on.data or here.today
    try:
        open_account(here.club_id, Account(form.account.data), form.amount.minor or 0, on, by=by)
    except DomainError as error:
        return _small_page(form, here, "opening", refusal=form.accept(error), status=error.status)
    flash(_("The account begins with this amount."), "success")
    return redirect(url_for("books.book"), 303)


@books.route("/book/categories", methods=["GET", "POST"])
@require(WRITE_BOOKS)
def category() -> ResponseReturnValue:
    here = club_books()
    form = CategoryForm()
    form.offer()
    if request.method == "GET":
        return _small_page(form, here, "category")
    if not form.validate():
        return _small_page(form, here, "category", status=400)
    by, direction = current_actor().ref, Direction(form.direction.data)
    try:
        made = add_category(here.club_id, form.name.data or "", direction, by=by)
    except DomainError as error:
        return _small_page(form, here, "category", refusal=form.accept(error), status=error.status)
    flash(_("%(name)s can be chosen now.", name=made.name), "success")
    return redirect(url_for("books.entry", category=made.code), 303)


@books.get("/book/lines/<public_id>")
@require(SEE_BOOKS)
def line(public_id: str) -> ResponseReturnValue:
    return render_template(
        "memberships/books/line.html", one=wanted_line(public_id), books=club_books(), refusal=""
    )


@books.post("/book/lines/<public_id>/reverse")
@require(WRITE_BOOKS)
def reverse(public_id: str) -> ResponseReturnValue:
    one = wanted_line(public_id)
    try:
        back = reverse_line(one.line, request.form.get("reason", ""), by=current_actor().ref)
    except DomainError as error:
        page = render_template(
            "memberships/books/line.html", one=one, books=club_books(), refusal=error.text
        )
        return page, error.status
    flash(_("Taken back by a line of %(day)s.", day=formats.day(back.booked_on)), "success")
    return redirect(url_for("books.line", public_id=public_id), 303)


@dataclass(frozen=True, slots=True)
class DayTaking:
    """What members paid or got back on one day by one tender."""

    day: date
    tender: Tender
    is_refund: bool
    amount_minor: int
    count: int


def _taken(here: ClubBooks, wanted: LineFilter) -> list[DayTaking]:
    """Payments by day and tender; none where a category or a payee is asked for."""
    if wanted.category or wanted.payee or wanted.first is None or wanted.last is None:
        return []
    sums = day_sums(here.club_id, wanted.first, wanted.last)
    return [
        DayTaking(day, tender, back, total, count)
        for (day, tender, back), (total, count) in sums.items()
        if tender in ACCOUNT_OF and wanted.account in (None, ACCOUNT_OF[tender])
    ]


def _by_day(
    shown: list[ShownLine], taken: list[DayTaking]
) -> list[tuple[date, list[ShownLine], list[DayTaking]]]:
    days = sorted({one.line.booked_on for one in shown} | {one.day for one in taken}, reverse=True)
    return [
        (
            day,
            [one for one in shown if one.line.booked_on == day],
            [one for one in taken if one.day == day],
        )
        for day in days
    ]


def _filter(here: ClubBooks) -> LineFilter:
    month = asked_month(here)
    account = request.args.get("account", "")
    return LineFilter(
        month,
        month_end(month),
        Account(account) if account in set(Account) else None,
        request.args.get("category") or None,
        request.args.get("payee") or None,
    )


def _chips(wanted: LineFilter) -> list[tuple[str, str, bool, None]]:
    month = f"{wanted.first:%Y-%m}"
    every = (_("All"), url_for("books.book", month=month), wanted.account is None, None)
    return [
        every,
        *(
            (
                account_words(one),
                url_for("books.book", month=month, account=one.value, category=wanted.category),
                wanted.account is one,
                None,
            )
            for one in Account
        ),
    ]


def _landed(line: BookLine) -> str:
    if line.booked_on != line.wanted_on:
        return _(
            "%(wanted)s is closed already: the line stands on %(day)s.",
            wanted=formats.day(line.wanted_on),
            day=formats.day(line.booked_on),
        )
    return _("It stands in the cash book on %(day)s.", day=formats.day(line.booked_on))


def _entry_page(form: EntryForm, here: ClubBooks, **more: Any) -> ResponseReturnValue:
    page = render_template(
        "memberships/books/entry.html",
        form=form,
        books=here,
        payees=payees_of(here.club_id),
        refusal=more.get("refusal", ""),
    )
    return page, int(more.get("status", 200))


def _small_page(form: Any, here: ClubBooks, what: str, **more: Any) -> ResponseReturnValue:
    page = render_template(
        "memberships/books/small.html",
        form=form,
        books=here,
        what=what,
        refusal=more.get("refusal", ""),
    )
    return page, int(more.get("status", 200))


def _sheet(here: ClubBooks, wanted: LineFilter) -> ResponseReturnValue:
    month = wanted.first or date.min
    heads = ("Day", "Kind", "Category", "Text", "Payee", "Bill", "Account", "Amount", "Tax", "Id")
    rows = (
        (
            one.line.booked_on,
            kind_words(one.line.kind),
            category_words(one.category),
            one.line.text,
            one.payee.name if one.payee else "",
            one.line.reference,
            account_words(one.line.account),
            amount(one.line.amount_minor, here.currency),
            amount(one.line.tax_minor, here.currency),
            one.line.public_id,
        )
        for one in reversed(lines_of(here.club_id, wanted, 100_000))
    )
    return download(f"cash-book-{month:%Y-%m}", request.args["as"], heads, rows)
