"""Views room: coming months with their range, models by term, and how well forecasts held."""

from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.export import amount, download
from clubcrm.core.web import require
from clubcrm.reports import drawings as drawn
from clubcrm.reports.ended import SHOWN_TURNS, Ended, ended_of
from clubcrm.reports.lens import By, Lens, Part
from clubcrm.reports.models import AnalysisKind, AnalysisResult
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.renewals import lines_of
from clubcrm.reports.results import newest, tried
from clubcrm.reports.rules.rates import about
from clubcrm.reports.views.blueprint import Asked, asked, reports
from clubcrm.reports.words import term_words

TRIED_SHOWN = 12


@reports.get("/forecast")
@require(SEE_REPORTS)
def forecast() -> ResponseReturnValue:
    what = asked()
    result = newest((what.club.id,), AnalysisKind.FORECAST)
    months = result.figures["months"] if result else []
    if request.args.get("as"):
        return _sheet(what, months)
    past = tried(what.club.id, what.today)[-TRIED_SHOWN:]
    return render_template(
        "clubcrm/reports/forecast.html",
        what=what,
        result=result,
        months=with_known(what, months),
        about=about,
        finding=_finding(what, result, months),
        fan=drawn.fan([(one["renewals"], one["low"], one["high"], None) for one in months]),
        past=past,
        held=sum(one.held for one in past),
        past_fan=drawn.fan([(one.renewals, one.low, one.high, one.came) for one in past]),
        terms=_terms(what, result),
        labels=[formats.month_short(date.fromisoformat(one["month"])) for one in months],
        past_labels=[formats.month_short(one.month) for one in past],
    )


def with_known(what: Asked, months: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The months with how many ends of each are known today, which is what their list holds."""
    days = [date.fromisoformat(one["month"]) for one in months]
    if not days:
        return []
    lines = lines_of(Lens((what.club.id,), days[0], days[-1]), By.MONTH)
    known = {line.key: line.count(Part.DUE) for line in lines}
    return [
        one | {"day": day, "known": known.get(day, 0)}
        for one, day in zip(months, days, strict=True)
    ]


def _terms(what: Asked, result: AnalysisResult | None) -> list[dict[str, Any]]:
    """The models by length with how many ends they learned from, which is what the lists hold."""
    if result is None:
        return []
    nobody: tuple[int, list[tuple[int, int] | None]] = (0, [None] * SHOWN_TURNS)
    counted = ended_of(Ended(what.club.id, result.as_of))
    found = []
    for one in result.figures["terms"]:
        number, turns = counted.get(one["term"], nobody)
        found.append(one | {"words": term_words(one["term"]), "ended": number, "turns": turns})
    return found


def _finding(what: Asked, result: AnalysisResult | None, months: list[dict[str, Any]]) -> str:
    if result is None:
        return _("The first forecast is made tonight.")
    if result.figures["refusal"]:
        return _("Too little is known for an honest forecast.")
    coming = months[1] if len(months) > 1 else months[0]
    return _(
        "%(low)s to %(high)s renewals in %(month)s, worth %(from)s to %(to)s.",
        low=formats.number(round(coming["low"])),
        high=formats.number(round(coming["high"])),
        month=formats.month_year(date.fromisoformat(coming["month"])),
        **{
            "from": formats.money(about(coming["money_low_minor"]), what.club.currency),
            "to": formats.money(about(coming["money_high_minor"]), what.club.currency),
        },
    )


def _sheet(what: Asked, months: list[dict[str, Any]]) -> ResponseReturnValue:
    heads = ("month", "due", "renewals", "low", "high", "amount", "amount_low", "amount_high")
    rows = [
        (
            one["month"],
            f"{one['due']:.1f}",
            f"{one['renewals']:.1f}",
            f"{one['low']:.1f}",
            f"{one['high']:.1f}",
            *(
                amount(one[name], what.club.currency)
                for name in ("money_minor", "money_low_minor", "money_high_minor")
            ),
        )
        for one in months
    ]
    return download(f"forecast-{what.today}", request.args["as"], heads, rows)
