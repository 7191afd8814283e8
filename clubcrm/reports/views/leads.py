"""Views room: the funnel of leads, how fast they are answered, what they cost, what they bring."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from clubcrm.core import clock, formats
from clubcrm.core.db import db
from clubcrm.core.months import month_end, month_of
from clubcrm.core.web import require
from clubcrm.leads.rules.stages import LeadStage
from clubcrm.leads.words import STAGES
from clubcrm.reports import answering, funnel, lead_costs, pipeline
from clubcrm.reports.costs import noted_cost
from clubcrm.reports.funnel import STEPS, FunnelLine, LeadLens, LeadsBy, Step
from clubcrm.reports.lead_words import by_lead_words, channel_label, group_words, step_words
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.views import lead_sheets
from clubcrm.reports.views.blueprint import Asked, asked, month_in, reports
from clubcrm.reports.views.people import EVERYBODY, paged

OPEN_SINCE = timedelta(days=90)
# A number of those who stand at a stage now; a step is what they have ever come to.
AT_STAGE = "at_"
FILTERS = ("source", "seller", "campaign", "channel")


@reports.get("/leads")
@require(SEE_REPORTS)
def leads() -> ResponseReturnValue:
    """Seven numbers from question to contract, by month of arrival or by group."""
    what, lens = _asked()
    by = _by(LeadsBy.MONTH)
    lines = funnel.funnel_of(lens, by)
    if request.args.get("as"):
        return lead_sheets.funnel_sheet(what, lines, by)
    return render_template(
        "clubcrm/reports/leads.html",
        what=what,
        lens=lens,
        by=by,
        lines=lines[::-1] if by is LeadsBy.MONTH else lines,
        whole=funnel.total_of(lines),
        is_open=lambda line: by is LeadsBy.MONTH and _is_open(line.key, what.today),
        **_words(what, lens),
    )


@reports.get("/leads/people")
@require(SEE_REPORTS)
def leads_people() -> ResponseReturnValue:
    """The people behind a number of leads; the list is as long as the number says."""
    what, lens = _asked()
    part = request.args.get("part", "")
    if part == Step.ASKED:
        count, fetch = funnel.count_asked(lens), funnel.people_asked
        title = step_words(Step.ASKED)
    else:
        title, chosen, lens = _part(part, lens)
        count = funnel.count_leads(lens, chosen)

        def fetch(lens: LeadLens, limit: int, offset: int = 0) -> list[funnel.LeadPerson]:
            return funnel.leads_of(lens, chosen, limit, offset)

    if request.args.get("as"):
        return lead_sheets.people_sheet(what, fetch(lens, EVERYBODY))
    return render_template(
        "clubcrm/reports/leads_people.html",
        what=what,
        lens=lens,
        title=title,
        **paged(count, partial(fetch, lens)),
        arguments=what.address() | request.args.to_dict(),
        stage_words=stage_words,
        **_words(what, lens),
    )


@reports.get("/leads/answers")
@require(SEE_REPORTS)
def leads_answers() -> ResponseReturnValue:
    """Minutes of opening hours until the first try, by seller and source, and who is late now."""
    what, lens = _asked()
    moment = clock.now()
    groups = {by: answering.answers_of(lens, by, moment) for by in (LeadsBy.SELLER, LeadsBy.SOURCE)}
    whole = answering.answers_of(lens, LeadsBy.MONTH, moment)
    if request.args.get("as"):
        return lead_sheets.answers_sheet(what, groups)
    late = funnel.count_leads(lens.whenever(), answering.late_at(moment))
    return render_template(
        "clubcrm/reports/leads_answers.html",
        what=what,
        lens=lens,
        groups=groups,
        months=whole[::-1],
        late=late,
        late_people=funnel.leads_of(lens.whenever(), answering.late_at(moment), 8),
        speed=answering.whole_speed(lens),
        **_words(what, lens),
    )


@reports.get("/leads/costs")
@require(SEE_REPORTS)
def leads_costs() -> ResponseReturnValue:
    """What each source and campaign cost and brought, and what a client is worth."""
    what, lens = _asked()
    lines = lead_costs.source_costs(lens, what.club.currency)
    campaigns = lead_costs.campaign_costs(lens)
    cost = noted_cost(db.session(), what.club.id)
    margin = cost.margin_bp
    if request.args.get("as"):
        return lead_sheets.costs_sheet(what, lines, campaigns, margin)
    return render_template(
        "clubcrm/reports/leads_costs.html",
        what=what,
        lens=lens,
        lines=lines,
        campaigns=campaigns,
        whole=lead_costs.whole_cost(lines),
        margin=margin,
        channel_label=channel_label,
        **_words(what, lens),
    )


@reports.get("/leads/forecast")
@require(SEE_REPORTS)
def leads_forecast() -> ResponseReturnValue:
    """What open leads bring until the month's end, with its range; plan and fact of each seller."""
    what = asked()
    month = max(month_in("month", month_of(what.today)), month_of(what.today))
    found = pipeline.pipeline_of(what.club.id, what.club.zone, month, clock.now())
    if request.args.get("as"):
        return lead_sheets.forecast_sheet(what, found)
    return render_template(
        "clubcrm/reports/leads_forecast.html",
        what=what,
        month=month,
        found=found,
        stage_words=stage_words,
        lens=_lens(what),
    )


def stage_words(stage: str) -> str:
    """Return what a stage of leads is called."""
    return str(STAGES[LeadStage(stage)])


def _asked() -> tuple[Asked, LeadLens]:
    what = asked()
    return what, _lens(what)


def _lens(what: Asked) -> LeadLens:
    source, seller, campaign, channel = (request.args.get(name) or None for name in FILTERS)
    span = LeadLens(what.lens.club_ids, what.club.zone, what.lens.first, what.lens.last)
    lens = replace(span, source=source, seller=seller, campaign=campaign, channel=channel)
    month = request.args.get("month")
    if month:
        only = month_in("month", lens.last)
        lens = replace(lens, first=only, last=only)
    return lens


def _by(default: LeadsBy) -> LeadsBy:
    wanted = request.args.get("by", "")
    return LeadsBy(wanted) if wanted in set(LeadsBy) else default


def _is_open(month: date, today: date) -> bool:
    """Tell whether leads of a month may still sign within their ninety days."""
    return today <= month_end(month) + OPEN_SINCE


def _part(part: str, lens: LeadLens) -> tuple[str, ColumnElement[bool], LeadLens]:
    """Return the words, the condition and the span of a number of leads."""
    moment = clock.now()
    if part == "late":
        return _("Nobody has tried them in time"), answering.late_at(moment), lens.whenever()
    if part == "answered":
        return _("Tried at least once"), answering.ANSWERED, lens
    if part == "in_time":
        return _("Tried in time"), answering.IN_TIME, lens
    if part == "open":
        return _("Open leads"), funnel.IS_OPEN, lens.whenever()
    if part == "won":
        title = _("Signed in %(month)s", month=formats.month_year(lens.last))
        return title, funnel.signed_within(lens), lens.whenever()
    stage = part.removeprefix(AT_STAGE)
    if part.startswith(AT_STAGE) and stage in set(LeadStage):
        return stage_words(stage), funnel.stands_at(LeadStage(stage)), lens.whenever()
    step = Step(part) if part in set(Step) else Step.LEADS
    if step is Step.ASKED:
        step = Step.LEADS
    return step_words(step), funnel.REACHED_STEP[step], lens


def _words(what: Asked, lens: LeadLens) -> dict[str, Any]:
    kept = {name: getattr(lens, name) for name in FILTERS if getattr(lens, name)}

    def link(line: FunnelLine | None, by: LeadsBy) -> dict[str, str]:
        """Return the arguments of the list behind a line."""
        arguments = what.address(by=None) | kept
        if line is None:
            return arguments
        if by is LeadsBy.MONTH:
            return arguments | {"month": line.key.strftime("%Y-%m")}
        return arguments | {by.value: str(line.key)}

    return {
        "link": link,
        "kept": kept,
        "STEPS": STEPS,
        "LeadsBy": LeadsBy,
        "by_lead_words": by_lead_words,
        "group_words": group_words,
        "step_words": step_words,
        "month_short": formats.month_short,
    }
