"""Views room: reports under /api/v1: renewals by month or group, and the figures of months."""

from datetime import date
from typing import Any

from marshmallow import fields, validate

from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.months import month_after, month_end, month_of
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import ClubChoice, current_club, my_clubs
from clubcrm.reports.funnel import STEPS, LeadLens, LeadsBy, funnel_of
from clubcrm.reports.introduction import introduced_on
from clubcrm.reports.kpis import MonthKpis, kpis_of
from clubcrm.reports.lens import By, Lens, Part
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.renewals import Line, lines_of
from clubcrm.reports.rules.dues import is_final

api = ApiBlueprint("reports_api", __name__, url_prefix="/api/v1", description="Reports")
SHOWN_MONTHS = 13


class SpanQuery(InputSchema):
    from_ = fields.Date(data_key="from", load_default=None)
    to = fields.Date(load_default=None)
    club = fields.String(load_default=None, validate=validate.Length(min=1, max=64))


class RenewalQuery(SpanQuery):
    by = fields.Enum(By, by_value=True, load_default=By.MONTH)


class RenewalLine(InputSchema):
    key = fields.String(metadata={"description": "the month's first day, or the group's name"})
    due = fields.Integer()
    renewed = fields.Integer()
    early = fields.Integer()
    late = fields.Integer()
    changed = fields.Integer()
    rolled_on = fields.Integer()
    lost = fields.Integer()
    back = fields.Integer()
    open = fields.Integer()
    rate = fields.Float(allow_none=True)
    low = fields.Float(allow_none=True, metadata={"description": "95% interval of Wilson"})
    high = fields.Float(allow_none=True)
    final = fields.Boolean(metadata={"description": "false until 30 days after the month"})


class RenewalReport(InputSchema):
    by = fields.String()
    items = fields.List(fields.Nested(RenewalLine))


class LeadQuery(SpanQuery):
    by = fields.Enum(LeadsBy, by_value=True, load_default=LeadsBy.MONTH)


class LeadFunnelLine(InputSchema):
    key = fields.String(metadata={"description": "the month's first day, or the group's key"})
    name = fields.String()
    asked = fields.Integer()
    leads = fields.Integer()
    attempted = fields.Integer()
    reached = fields.Integer()
    booked = fields.Integer()
    attended = fields.Integer()
    joined = fields.Integer()
    joined_share = fields.Float(allow_none=True)


class LeadReport(InputSchema):
    by = fields.String()
    items = fields.List(fields.Nested(LeadFunnelLine))


class KpiLine(InputSchema):
    month = fields.Date()
    before_introduction = fields.Boolean()
    due = fields.Integer()
    renewed = fields.Integer()
    active_start = fields.Integer()
    active_end = fields.Integer()
    came = fields.Integer()
    went = fields.Integer()
    growth = fields.Float(allow_none=True)
    receipts = fields.Integer()
    paid_minor = fields.Integer()
    average_check_minor = fields.Integer(allow_none=True)
    leads = fields.Integer(allow_none=True)
    contracts_per_100_leads = fields.Float(allow_none=True)
    minutes_to_first_contact = fields.Integer(allow_none=True)


class KpiReport(InputSchema):
    club = fields.String()
    currency = fields.String()
    items = fields.List(fields.Nested(KpiLine))


@api.get("/reports/renewals")
@api.doc(summary="Renewals of months, or of groups over final months")
@require(SEE_REPORTS)
@api.arguments(RenewalQuery, location="query")
@api.response(200, RenewalReport)
def renewals(asked: dict[str, Any]) -> dict[str, Any]:
    clubs = _clubs(asked["club"])
    today = clock.today(clubs[0].zone) if clubs else clock.now().date()
    first, last = _span(asked, today)
    by: By = asked["by"]
    if by is not By.MONTH:
        while not is_final(month_end(last), today):
            last = month_after(last, -1)
    lens = Lens(tuple(club.id for club in clubs), first, last)
    names = {club.id: club.public_id for club in clubs}
    return {"by": by.value, "items": [_line(one, by, names, today) for one in lines_of(lens, by)]}


@api.get("/reports/leads")
@api.doc(summary="The funnel of leads by month of arrival or by group: seven numbers each")
@require(SEE_REPORTS)
@api.arguments(LeadQuery, location="query")
@api.response(200, LeadReport)
def leads(asked: dict[str, Any]) -> dict[str, Any]:
    clubs = _clubs(asked["club"])
    zone = clubs[0].zone if clubs else "UTC"
    first, last = _span(asked, clock.today(zone))
    lens = LeadLens(tuple(club.id for club in clubs), zone, first, last)
    by: LeadsBy = asked["by"]
    lines = funnel_of(lens, by)
    return {
        "by": by.value,
        "items": [
            {
                "key": str(line.key),
                "name": line.name,
                **{step.value: line.numbers[step] for step in STEPS},
                "joined_share": line.whole.share,
            }
            for line in lines
        ],
    }


@api.get("/reports/kpis")
@api.doc(summary="The figures of each month of a club, those before the introduction among them")
@require(SEE_REPORTS)
@api.arguments(SpanQuery, location="query")
@api.response(200, KpiReport)
def kpis(asked: dict[str, Any]) -> dict[str, Any]:
    clubs = _clubs(asked["club"])
    club = clubs[0] if asked["club"] and clubs else current_club()
    today = clock.today(club.zone)
    first, last = _span(asked, today)
    introduced = introduced_on(club.id)
    return {
        "club": club.public_id,
        "currency": club.currency,
        "items": [_figures(one, introduced) for one in kpis_of(club.id, first, last, today)],
    }


def _clubs(wanted: str | None) -> tuple[ClubChoice, ...]:
    scope = current_actor().scope
    mine = tuple(club for club in my_clubs() if scope.covers(club.id))
    return tuple(club for club in mine if wanted in (None, club.public_id))


def _span(asked: dict[str, Any], today: date) -> tuple[date, date]:
    last = month_of(asked["to"] or today)
    first = month_of(asked["from_"] or month_after(last, 1 - SHOWN_MONTHS))
    return min(first, last), last


def _line(line: Line, by: By, names: dict[int, str], today: date) -> dict[str, Any]:
    low, high = line.rate.interval or (None, None)
    key = names.get(line.key, "") if by is By.CLUB else str(line.key)
    return {
        "key": key,
        **{part.value: line.count(part) for part in Part if part is not Part.LEAVING},
        "rate": line.rate.share,
        "low": low,
        "high": high,
        "final": by is not By.MONTH or is_final(month_end(line.key), today),
    }


def _figures(one: MonthKpis, introduced: date) -> dict[str, Any]:
    return {
        "month": one.month,
        "before_introduction": one.month < introduced,
        "due": one.renewals.out_of,
        "renewed": one.renewals.made,
        "active_start": one.base.at_start,
        "active_end": one.base.at_end,
        "came": one.base.came,
        "went": one.base.went,
        "growth": one.base.growth,
        "receipts": one.receipts,
        "paid_minor": one.paid_minor,
        "average_check_minor": one.average_minor,
        "leads": one.leads,
        "contracts_per_100_leads": one.per_hundred,
        "minutes_to_first_contact": one.minutes,
    }
