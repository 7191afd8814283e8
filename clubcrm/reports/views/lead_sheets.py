"""Views room: the reports on leads as tables that leave the house."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from clubcrm.core import clock
from clubcrm.core.export import amount, download
from clubcrm.reports import answering, funnel, lead_costs, pipeline
from clubcrm.reports.funnel import STEPS, FunnelLine, LeadsBy
from clubcrm.reports.lead_words import group_words
from clubcrm.reports.views.blueprint import Asked


def funnel_sheet(what: Asked, lines: list[FunnelLine], by: LeadsBy) -> ResponseReturnValue:
    """Hand over the funnel as a table."""
    heads = (by.value, *(step.value for step in STEPS))
    rows = [
        (
            line.key if by is LeadsBy.MONTH else group_words(by, line),
            *(line.numbers[step] for step in STEPS),
        )
        for line in lines
    ]
    return download(f"funnel-{what.lens.last:%Y-%m}", request.args["as"], heads, rows)


def people_sheet(what: Asked, people: list[funnel.LeadPerson]) -> ResponseReturnValue:
    """Hand over the people behind a number as a table."""
    heads = ("person", "name", "arrived_on", "stage", "source", "campaign", "seller", "minutes")
    rows = [
        (
            one.person_id,
            one.name,
            clock.local_day((one.lead or one.inquiry).arrived_at, what.club.zone),  # type: ignore[union-attr]
            one.lead.state.value if one.lead else None,
            one.source,
            one.lead.campaign if one.lead else None,
            one.seller,
            one.lead.first_attempt_minutes if one.lead else None,
        )
        for one in people
    ]
    return download(f"leads-{what.lens.last:%Y-%m}", request.args["as"], heads, rows)


def answers_sheet(
    what: Asked, groups: dict[LeadsBy, list[answering.AnswerLine]]
) -> ResponseReturnValue:
    """Hand over how fast leads are tried as a table."""
    heads = ("by", "name", "leads", "tried", "median_minutes", "p90_minutes", "in_time", "late_now")
    rows = [
        (
            by.value,
            group_words(by, one),
            one.leads,
            one.speed.answered,
            one.speed.median,
            one.speed.ninth_tenth,
            one.speed.in_time,
            one.late,
        )
        for by, lines in groups.items()
        for one in lines
    ]
    return download(f"answers-{what.lens.last:%Y-%m}", request.args["as"], heads, rows)


def costs_sheet(
    what: Asked,
    lines: list[lead_costs.LeadCost],
    campaigns: list[lead_costs.LeadCost],
    margin: int,
) -> ResponseReturnValue:
    """Hand over what leads cost and bring as a table."""
    heads = ("kind", "name", "leads", "clients", "spent", "per_lead", "per_client", "paid", "worth")
    currency = what.club.currency

    def money(minor: int | None) -> Any:
        return None if minor is None else amount(minor, currency)

    rows = [
        (
            kind,
            one.name or one.channel,
            one.leads,
            one.joined,
            money(one.spent_minor),
            money(one.per_lead_minor),
            money(one.per_client_minor),
            money(one.worth.paid_minor),
            money(one.worth.lifetime_minor(margin)),
        )
        for kind, group in (("source", lines), ("campaign", campaigns))
        for one in group
    ]
    return download(f"lead-costs-{what.lens.last:%Y-%m}", request.args["as"], heads, rows)


def forecast_sheet(what: Asked, found: pipeline.Pipeline) -> ResponseReturnValue:
    """Hand over plan, fact and what is to come of each seller as a table."""
    heads = ("seller", "target", "signed", "expected_more", "low", "high", "target_amount",
             "signed_amount", "expected_amount")  # fmt: skip
    rows = [
        (
            one.name,
            one.target,
            one.won,
            f"{one.outlook.contracts:.1f}",
            one.outlook.low,
            one.outlook.high,
            amount(one.target_minor, what.club.currency),
            amount(one.won_minor, what.club.currency),
            amount(one.outlook.money_minor, what.club.currency),
        )
        for one in found.sellers
    ]
    return download(f"pipeline-{what.today}", request.args["as"], heads, rows)
