"""Views room: what the books tell under /api/v1: balances, flow, profit, spend, closings."""

import json
from datetime import date, timedelta
from typing import Any

from flask import Response
from flask_babel import gettext as _

from clubcrm.core.api import page_key
from clubcrm.core.errors import not_found
from clubcrm.core.months import month_after, month_of, months_between
from clubcrm.core.web import current_actor, require
from memberships.books.calendar import ClubBooks, closing_for, closings_page
from memberships.books.cash_flow import balances_of, flow_by_month, is_between
from memberships.books.closings import DayCount, close_day, close_month
from memberships.books.models import Closing
from memberships.books.newcomers import client_costs
from memberships.books.owed import owed_by_kind, owed_rows, receivable
from memberships.books.profit import profit_of
from memberships.books.spend import spend_parts
from memberships.books.views import schemas
from memberships.books.views.api import asked_books, books_api, month_from
from memberships.permissions import CLOSE_BOOKS, SEE_BOOKS

_DAY = timedelta(days=1)


@books_api.get("/balances")
@books_api.doc(summary="What each account holds at the end of a day, and what is owed either way")
@require(SEE_BOOKS)
@books_api.arguments(schemas.DayQuery, location="query")
@books_api.response(200, schemas.BalancesShown)
def get_balances(asked: dict[str, Any]) -> dict[str, Any]:
    here = asked_books(asked["club"])
    day = min(asked["day"] or here.today, here.today)
    owed = owed_by_kind(owed_rows(here, day))
    return {
        "day": day,
        "currency": here.currency,
        "accounts": {one.value: held for one, held in balances_of(here, day).items()},
        "owed_to_members": {kind.value: amount for kind, amount in owed.items()},
        "receivable_minor": receivable(here, day),
        "closed_until": here.open_day - _DAY if here.open_day else None,
    }


@books_api.get("/cash-flow")
@books_api.doc(summary="Money in and out by month, with what the accounts held before and after")
@require(SEE_BOOKS)
@books_api.arguments(schemas.MonthsQuery, location="query")
@books_api.response(200, schemas.FlowList)
def get_flow(asked: dict[str, Any]) -> dict[str, Any]:
    here = asked_books(asked["club"])
    items = [
        {
            "month": one.month,
            "by_name": {name: v for name, v in one.by_name.items() if not is_between(name)},
            "in_minor": one.money_in,
            "out_minor": one.money_out,
            "opening": {account.value: held for account, held in one.opening.items()},
            "closing": {account.value: held for account, held in one.closing.items()},
        }
        for one in flow_by_month(here, _months(here, asked))
    ]
    return {"currency": here.currency, "items": items}


@books_api.get("/profit")
@books_api.doc(summary="Profit and loss by month: closed months as they were sealed")
@require(SEE_BOOKS)
@books_api.arguments(schemas.MonthsQuery, location="query")
@books_api.response(200, schemas.ProfitList)
def get_profit(asked: dict[str, Any]) -> dict[str, Any]:
    here = asked_books(asked["club"])
    items = [
        {
            "month": one.month,
            "closed": one.is_closed,
            "sums": dict(one.sums),
            "changed_minor": one.changed,
            "profit_minor": one.profit,
        }
        for one in (profit_of(here, month) for month in _months(here, asked))
    ]
    return {"currency": here.currency, "items": items}


@books_api.get("/spend")
@books_api.doc(summary="Marketing spend by channel and month, and what a new client costs")
@require(SEE_BOOKS)
@books_api.arguments(schemas.MonthsQuery, location="query")
@books_api.response(200, schemas.SpendList)
def get_spend(asked: dict[str, Any]) -> dict[str, Any]:
    here = asked_books(asked["club"])
    months = _months(here, asked)
    sums: dict[tuple[date, str], int] = {}
    for part in spend_parts((here.club_id,), months[0], months[-1]):
        key = (part.month, part.shown.line.channel or "other")
        sums[key] = sums.get(key, 0) + part.amount_minor
    items = [
        {"channel": channel, "month": month, "spent_minor": spent}
        for (month, channel), spent in sorted(sums.items())
    ]
    spent: dict[date, int] = {}
    for (month, _channel), part_spent in sums.items():
        spent[month] = spent.get(month, 0) + part_spent
    clients = client_costs(here.club_id, months, spent)
    return {"currency": here.currency, "items": items, "clients": clients}


@books_api.get("/closings")
@books_api.doc(summary="Closings of days and months, the last made first")
@require(SEE_BOOKS)
@books_api.arguments(schemas.ClosingQuery, location="query")
@books_api.response(200, schemas.ClosingList)
def list_closings(asked: dict[str, Any]) -> dict[str, Any]:
    rows = closings_page(
        asked_books(asked["club"]).club_id,
        asked["kind"],
        before_id=page_key(asked["after"]),
        limit=asked["limit"] + 1,
    )
    shown = rows[: asked["limit"]]
    more = str(shown[-1].id) if len(rows) > len(shown) else None
    return {"items": [_closing(one) for one in shown], "next": more}


@books_api.get("/closings/<string:closing_id>")
@books_api.doc(summary="One closing with its figures as they were sealed")
@require(SEE_BOOKS)
@books_api.response(200, schemas.ClosingShown)
def get_closing(closing_id: str) -> dict[str, Any]:
    return _closing(_found(closing_id))


@books_api.get("/closings/<string:closing_id>/report")
@books_api.doc(summary="The sealed report byte for byte; its SHA-256 is that of the closing")
@require(SEE_BOOKS)
@books_api.response(200, content_type="application/json")
def get_report(closing_id: str) -> Response:
    found = _found(closing_id)
    answer = Response(found.figures.encode(), mimetype="application/json")
    answer.headers["X-Content-Sha256"] = found.sha256
    return answer


@books_api.post("/closings/days")
@books_api.doc(summary="Close all days up to this one, with or without a count of cash")
@require(CLOSE_BOOKS)
@books_api.arguments(schemas.DayClosingBody)
@books_api.response(201, schemas.ClosingShown)
def post_day(body: dict[str, Any]) -> dict[str, Any]:
    here = asked_books(body["club"])
    count = DayCount(
        here.club_id, body["last_on"], body["pieces"], body["counted_minor"], body["note"]
    )
    return _closing(close_day(count, by=current_actor().ref))


@books_api.post("/closings/months")
@books_api.doc(summary="Close a month that is over; months close in their order")
@require(CLOSE_BOOKS)
@books_api.arguments(schemas.MonthClosingBody)
@books_api.response(201, schemas.ClosingShown)
def post_month(body: dict[str, Any]) -> dict[str, Any]:
    here, month = asked_books(body["club"]), month_from(body["month"])
    assert month is not None  # noqa: S101 - the schema asks for it
    return _closing(close_month(here.club_id, month, body["note"], by=current_actor().ref))


def _months(here: ClubBooks, asked: dict[str, Any]) -> list[date]:
    last = month_from(asked["month"]) or month_of(here.today)
    return months_between(month_after(last, 1 - asked["months"]), last)


def _found(closing_id: str) -> Closing:
    found = closing_for(current_actor().scope, closing_id)
    if found is None:
        raise not_found(_("There is no such closing in your clubs."))
    return found


def _closing(one: Closing) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "kind": one.kind.value,
        "first_on": one.first_on,
        "last_on": one.last_on,
        "sha256": one.sha256,
        "note": one.note,
        "at": one.at,
        "figures": json.loads(one.figures),
    }
