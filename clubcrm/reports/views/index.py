"""Views room: the owner's overview: the renewal rate, who falls due, the figures of each month."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from clubcrm.core import formats
from clubcrm.core.export import amount, download
from clubcrm.core.months import month_end, month_of
from clubcrm.core.web import require
from clubcrm.reports import drawings as drawn
from clubcrm.reports.comers import active_use
from clubcrm.reports.introduction import introduced_on
from clubcrm.reports.kpis import MonthKpis, kpis_of
from clubcrm.reports.lens import By, Part
from clubcrm.reports.models import AnalysisKind
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.renewals import lines_of, money_at_risk, most_at_risk, total
from clubcrm.reports.results import newest
from clubcrm.reports.rules.dues import is_final
from clubcrm.reports.views.blueprint import Asked, asked, reports
from clubcrm.reports.views.forecast import with_known
from clubcrm.reports.views.renewals import this_month_of
from clubcrm.reports.words import finding

DUE_SHOWN, FORECAST_SHOWN = 6, 3


@reports.get("/")
@require(SEE_REPORTS)
def index() -> ResponseReturnValue:
    what = asked()
    months = kpis_of(what.club.id, what.lens.first, what.lens.last, what.today)
    if request.args.get("as"):
        return _sheet(what, months)
    lines = lines_of(what.lens, By.MONTH)
    over = [line for line in lines if line.key < month_of(what.today)]
    final = [line for line in over if is_final(month_end(line.key), what.today)]
    this_month = this_month_of(what)
    forecast = newest(what.lens.club_ids, AnalysisKind.FORECAST)
    return render_template(
        "clubcrm/reports/index.html",
        what=what,
        months=months[::-1],
        finding=finding(final),
        latest=final[-1] if final else None,
        picture=drawn.rates([(line.key, line.rate, line in final) for line in over]),
        due=total(lines_of(this_month, By.MONTH)),
        at_risk=money_at_risk(this_month),
        people=most_at_risk(this_month, Part.OPEN, DUE_SHOWN),
        active=active_use(what.lens.club_ids),
        ahead=with_known(what, (forecast.figures["months"] if forecast else [])[:FORECAST_SHOWN]),
        running={one.month for one in months if not is_final(month_end(one.month), what.today)},
        introduced=introduced_on(what.club.id),
        month_short=formats.month_short,
    )


def _sheet(what: Asked, months: list[MonthKpis]) -> ResponseReturnValue:
    heads = (
        "month", "due", "renewed", "active_start", "active_end", "came", "went",
        "receipts", "average_check", "leads", "contracts_per_100_leads", "minutes_to_first_contact",
    )  # fmt: skip
    rows = [
        (
            one.month,
            one.renewals.out_of,
            one.renewals.made,
            one.base.at_start,
            one.base.at_end,
            one.base.came,
            one.base.went,
            one.receipts,
            None if one.average_minor is None else amount(one.average_minor, what.club.currency),
            one.leads,
            None if one.per_hundred is None else f"{one.per_hundred:.1f}",
            one.minutes,
        )
        for one in months
    ]
    return download(f"kpis-{what.lens.last:%Y-%m}", request.args["as"], heads, rows)
