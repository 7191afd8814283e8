"""The report of the bar: what it earned, on what, when, by whom, and what was thrown away."""

from datetime import date, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from bar_inventory.insight.queries import (
    Period,
    items_sold,
    months_sold,
    sales_at,
    sellers,
    slow_movers,
    stock_value,
    waste,
)
from bar_inventory.insight.rules import ItemSum, abc_classes, busiest, by_hour, columns, month_bars
from bar_inventory.permissions import SEE_COSTS
from bar_inventory.stock.models import WasteReason
from bar_inventory.stock.rules import to_minor
from bar_inventory.stock.words import waste_words
from clubcrm.core import clock
from clubcrm.core.export import amount, download
from clubcrm.core.shell import ClubChoice, current_club
from clubcrm.core.web import require
from memberships.approvals.queries import names_of

bar_report = Blueprint("bar_report", __name__)
USUAL_DAYS, MOST_DAYS = 28, 366
WIDTH, HEIGHT, MONTH_WIDTH = 640, 120, 90
SPANS = (28, 91, 182, 365)


@bar_report.get("/stock/report")
@require(SEE_COSTS)
def show() -> ResponseReturnValue:
    """Sales, margin, classes, hours, people, waste and what lies still, for some days."""
    club = current_club()
    period = _period(club)
    items = items_sold(period)
    if request.args.get("as"):
        return _sheet(club, period, items)
    hours = by_hour(sales_at(period), club.zone)
    people = sellers(period)
    return render_template(
        "bar_inventory/insight/report.html",
        club=club,
        period=period,
        items=items,
        classes=abc_classes(items),
        months=month_bars(months_sold(period), MONTH_WIDTH),
        spans=_spans(period),
        net=sum(one.net_minor for one in items),
        margin=sum(one.margin_minor for one in items),
        sales=sum(count for count, _taken in hours.values()),
        hours=hours,
        top=busiest(hours),
        columns=columns(hours, WIDTH, HEIGHT),
        people=people,
        names=names_of(one.by for one in people),
        waste=[
            (waste_words(why or WasteReason.OTHER), count, to_minor(value))
            for why, count, value in waste(period)
        ],
        slow=[(one, units, to_minor(value)) for one, units, value in slow_movers(period)],
        worth=to_minor(stock_value(club.id)),
    )


def _sheet(club: ClubChoice, period: Period, items: list[ItemSum]) -> ResponseReturnValue:
    """The products of the period as a table that a sheet calculates with."""
    classes = abc_classes(items)
    heads = ("product", "class", "sold", "sales_without_tax", "cost", "margin", "margin_share")
    rows = [
        (
            one.name,
            classes[one.product_id],
            one.quantity,
            amount(one.net_minor, club.currency),
            amount(to_minor(one.cost_micro), club.currency),
            amount(one.margin_minor, club.currency),
            None if one.margin_share is None else f"{one.margin_share:.4f}",
        )
        for one in items
    ]
    return download(f"bar-{period.first}-{period.last}", request.args["as"], heads, rows)


def _spans(period: Period) -> list[tuple[int, str, bool]]:
    """Return the usual lengths of the period: days, first day, and whether it is the one shown."""
    shown = (period.last - period.first).days + 1
    return [
        (days, (period.last - timedelta(days=days - 1)).isoformat(), days == shown)
        for days in SPANS
    ]


def _period(club: ClubChoice) -> Period:
    today = clock.today(club.zone)
    last = min(_day("to") or today, today)
    first = _day("from") or last - timedelta(days=USUAL_DAYS - 1)
    return Period(club.id, max(min(first, last), last - timedelta(days=MOST_DAYS)), last)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
