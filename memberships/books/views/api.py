"""Views room: the cash book under /api/v1: lines, transfers, categories, what recurs."""

from datetime import date
from typing import Any

from flask_babel import gettext as _

from clubcrm.core.api import ApiBlueprint, page_key
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.shell import my_clubs
from clubcrm.core.web import current_actor, require
from memberships.books.calendar import ClubBooks, books_of
from memberships.books.cash_book import EntryRequest, TransferRequest, add_entry, transfer
from memberships.books.categories import add_category
from memberships.books.kinds import Standard, direction_of
from memberships.books.lines import (
    LineFilter,
    ShownItem,
    ShownLine,
    categories_of,
    line_for,
    lines_page,
    recurring_for,
    recurring_of,
)
from memberships.books.models import BookLine
from memberships.books.recurring import (
    RecurringRequest,
    add_recurring,
    resume_recurring,
    stop_recurring,
)
from memberships.books.reversals import reverse_line
from memberships.books.views import schemas
from memberships.books.words import category_words, standard_words
from memberships.permissions import SEE_BOOKS, WRITE_BOOKS

books_api = ApiBlueprint(
    "books_api",
    __name__,
    url_prefix="/api/v1/books",
    description="Cash book, cash flow, profit, closings",
)


def asked_books(club: str | None) -> ClubBooks:
    """Return the books of the named club of the actor, by default of the first; INVALID_INPUT."""
    clubs = my_clubs()
    if club is None and clubs:
        return books_of(min(one.id for one in clubs))
    found = [one for one in clubs if club in {one.public_id, one.name}]
    if not found:
        raise invalid({"club": _("Expected the id or the name of one of your clubs.")})
    return books_of(found[0].id)


def month_from(text: str | None) -> date | None:
    """Return the first day of a month such as 2026-11, which the schema has checked."""
    return date.fromisoformat(f"{text}-01") if text else None


@books_api.get("/lines")
@books_api.doc(summary="Lines of a club's cash book, the last written first")
@require(SEE_BOOKS)
@books_api.arguments(schemas.LineQuery, location="query")
@books_api.response(200, schemas.LineList)
def list_lines(asked: dict[str, Any]) -> dict[str, Any]:
    here = asked_books(asked["club"])
    wanted = LineFilter(
        asked["first"], asked["last"], asked["account"], asked["category"], asked["payee"]
    )
    rows = lines_page(
        here.club_id, wanted, before_id=page_key(asked["after"]), limit=asked["limit"] + 1
    )
    shown = rows[: asked["limit"]]
    more = str(shown[-1].line.id) if len(rows) > len(shown) else None
    return {"items": [_shown(one) for one in shown], "next": more}


@books_api.post("/lines")
@books_api.doc(summary="Write income or an expense; on a closed day it lands on the next open one")
@require(WRITE_BOOKS)
@books_api.arguments(schemas.EntryBody)
@books_api.response(201, schemas.BookLineShown)
def post_line(body: dict[str, Any]) -> dict[str, Any]:
    here = asked_books(body["club"])
    return _written(add_entry(_entry(here, body), by=current_actor().ref))


@books_api.get("/lines/<string:line_id>")
@books_api.doc(summary="One line of the cash book")
@require(SEE_BOOKS)
@books_api.response(200, schemas.BookLineShown)
def get_line(line_id: str) -> dict[str, Any]:
    return _shown(_wanted(line_id))


@books_api.post("/lines/<string:line_id>/reverse")
@books_api.doc(summary="Take a line back by an opposite line of today; both sides of a transfer")
@require(WRITE_BOOKS)
@books_api.arguments(schemas.ReasonBody)
@books_api.response(201, schemas.BookLineShown)
def post_reversal(body: dict[str, Any], line_id: str) -> dict[str, Any]:
    line = _wanted(line_id).line
    return _written(reverse_line(line, body["reason"], by=current_actor().ref))


@books_api.post("/transfers")
@books_api.doc(summary="Carry money from one account to another: two lines of one day")
@require(WRITE_BOOKS)
@books_api.arguments(schemas.CashTransferBody)
@books_api.response(201, schemas.LineList)
def post_transfer(body: dict[str, Any]) -> dict[str, Any]:
    here = asked_books(body["club"])
    order = TransferRequest(
        here.club_id,
        body["from_account"],
        body["to_account"],
        body["amount_minor"],
        body["on"] or here.today,
        body["text"],
    )
    sides = transfer(order, by=current_actor().ref)
    return {"items": [_written(one) for one in sides], "next": None}


@books_api.get("/categories")
@books_api.doc(summary="Categories of a club: the standard ones and its own")
@require(SEE_BOOKS)
@books_api.arguments(schemas.ClubQuery, location="query")
@books_api.response(200, schemas.CategoryList)
def list_categories(asked: dict[str, Any]) -> dict[str, Any]:
    own = [one for one in categories_of(asked_books(asked["club"]).club_id) if one.name]
    standard = [
        {"code": one.value, "name": standard_words(one), "direction": direction_of(one).value}
        for one in Standard
    ]
    return {"items": [*standard, *own]}


@books_api.post("/categories")
@books_api.doc(summary="Add a category of the club's own")
@require(WRITE_BOOKS)
@books_api.arguments(schemas.CategoryBody)
@books_api.response(201, schemas.CategoryShown)
def post_category(body: dict[str, Any]) -> dict[str, Any]:
    here = asked_books(body["club"])
    made = add_category(here.club_id, body["name"], body["direction"], by=current_actor().ref)
    return {"code": made.code, "name": category_words(made), "direction": made.direction.value}


@books_api.get("/recurring")
@books_api.doc(summary="What comes again by itself, what runs first")
@require(SEE_BOOKS)
@books_api.arguments(schemas.ClubQuery, location="query")
@books_api.response(200, schemas.RecurringList)
def list_recurring(asked: dict[str, Any]) -> dict[str, Any]:
    rows = recurring_of(asked_books(asked["club"]).club_id)
    return {"items": [_item(one) for one in rows]}


@books_api.post("/recurring")
@books_api.doc(summary="Let an entry come again; what is due by today is booked at once")
@require(WRITE_BOOKS)
@books_api.arguments(schemas.RecurringBody)
@books_api.response(201, schemas.RecurringShown)
def post_recurring(body: dict[str, Any]) -> dict[str, Any]:
    here = asked_books(body["club"])
    order = RecurringRequest(_entry(here, body), body["every"], body["until_on"])
    return _item_shown(add_recurring(order, by=current_actor().ref).public_id)


@books_api.post("/recurring/<string:item_id>/stop")
@books_api.doc(summary="A recurring item produces no more lines")
@require(WRITE_BOOKS)
@books_api.response(200, schemas.RecurringShown)
def post_stop(item_id: str) -> dict[str, Any]:
    item = recurring_for(current_actor().scope, item_id)
    if item is None:
        raise not_found(_("There is no such item in your clubs."))
    stop_recurring(item, by=current_actor().ref)
    return _item_shown(item_id)


@books_api.post("/recurring/<string:item_id>/resume")
@books_api.doc(summary="A stopped item produces lines again from today on")
@require(WRITE_BOOKS)
@books_api.response(200, schemas.RecurringShown)
def post_resume(item_id: str) -> dict[str, Any]:
    item = recurring_for(current_actor().scope, item_id)
    if item is None:
        raise not_found(_("There is no such item in your clubs."))
    resume_recurring(item, by=current_actor().ref)
    return _item_shown(item_id)


def _entry(here: ClubBooks, body: dict[str, Any]) -> EntryRequest:
    return EntryRequest(
        club_id=here.club_id,
        account=body["account"],
        category=body["category"],
        amount_minor=body["amount_minor"],
        on=body["on"] or here.today,
        text=body["text"],
        tax_minor=body["tax_minor"],
        payee=body["payee"],
        payee_kind=body["payee_kind"],
        channel=body["channel"],
        first_month=month_from(body["first_month"]),
        months=body["months"],
        reference=body["reference"],
    )


def _wanted(line_id: str) -> ShownLine:
    found = line_for(current_actor().scope, line_id)
    if found is None:
        raise not_found(_("There is no such line in your clubs."))
    return found


def _written(line: BookLine) -> dict[str, Any]:
    return _shown(_wanted(line.public_id))


def _shown(one: ShownLine) -> dict[str, Any]:
    line = one.line
    return {
        "id": line.public_id,
        "kind": line.kind.value,
        "account": line.account.value,
        "category": one.category.code if one.category else None,
        "payee": one.payee.name if one.payee else None,
        "channel": line.channel,
        "amount_minor": line.amount_minor,
        "tax_minor": line.tax_minor,
        "currency": line.currency,
        "booked_on": line.booked_on,
        "wanted_on": line.wanted_on,
        "first_month": line.first_month,
        "months": line.months,
        "text": line.text,
        "reference": line.reference,
        "reversed_by": one.reversal,
    }


def _item_shown(public_id: str) -> dict[str, Any]:
    item = recurring_for(current_actor().scope, public_id)
    assert item is not None  # noqa: S101 - read in this unit of work before
    return next(_item(one) for one in recurring_of(item.club_id) if one.item is item)


def _item(one: ShownItem) -> dict[str, Any]:
    item = one.item
    return {
        "id": item.public_id,
        "state": item.state.value,
        "text": item.text,
        "account": item.account.value,
        "category": one.category.code,
        "amount_minor": item.amount_minor,
        "currency": item.currency,
        "every": item.every.value,
        "first_on": item.first_on,
        "until_on": item.until_on,
        "booked_until": item.booked_until,
    }
