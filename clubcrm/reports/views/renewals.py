"""Views room: the renewal report: rate, cohorts, survival, reasons, and before and after."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core import formats
from clubcrm.core.export import amount, download
from clubcrm.core.months import month_after, month_end, month_of
from clubcrm.core.web import current_actor, require
from clubcrm.reports import drawings as drawn
from clubcrm.reports.curves import curve_holds, seen_after
from clubcrm.reports.kpis import compared
from clubcrm.reports.lens import By, Lens, Part
from clubcrm.reports.lives import MATRIX_MONTHS, count_each, matrix_of
from clubcrm.reports.models import AnalysisKind, AnalysisResult
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.renewals import (
    Line,
    choices_of,
    club_names,
    lines_of,
    most_at_risk,
    reasons_of,
    seals_of,
    total,
)
from clubcrm.reports.results import newest
from clubcrm.reports.rules.dues import is_final
from clubcrm.reports.views.blueprint import Asked, asked, reports
from clubcrm.reports.words import (
    by_words,
    curve_words,
    finding,
    part_words,
    source_words,
    term_words,
)

DUE_SHOWN = 8
CURVE_MONTHS = (6, 12, 24)
SHEET = (
    Part.DUE,
    Part.RENEWED,
    Part.EARLY,
    Part.LATE,
    Part.CHANGED,
    Part.ROLLED_ON,
    Part.LOST,
    Part.BACK,
    Part.OPEN,
)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the table: its words, whether it is final or sealed, and its arguments."""

    line: Line
    words: str
    is_final: bool
    is_sealed: bool
    arguments: dict[str, str]


@reports.get("/renewals")
@require(SEE_REPORTS)
def renewals() -> ResponseReturnValue:
    what = asked()
    by = _by()
    shown = shown_lines(what, by)
    if request.args.get("as"):
        return _sheet(what, by, shown)
    months = shown if by is By.MONTH else shown_lines(what, By.MONTH)
    over = [one for one in months if one.line.key < month_of(what.today)]
    final = [one.line for one in over if one.is_final]
    this_month = this_month_of(what)
    columns = [part for part in SHEET if any(one.line.count(part) for one in shown)]
    survival = newest(what.lens.club_ids, AnalysisKind.SURVIVAL)
    curves = drawn.survival(survival.figures if survival else {}, request.args.get("curve"))
    return render_template(
        "clubcrm/reports/renewals.html",
        what=what,
        by=by,
        shown=[one for one in shown if one.line.count(Part.DUE)],
        total=total(one.line for one in shown if one.is_final),
        finding=finding(final),
        picture=drawn.rates([(one.line.key, one.line.rate, one.is_final) for one in over]),
        columns=columns,
        chips=_chips(what, by),
        filters=_filters(what),
        due_now=most_at_risk(this_month, Part.OPEN, DUE_SHOWN),
        due_total=total(lines_of(this_month, By.MONTH)),
        this_month=f"{this_month.first:%Y-%m}",
        cohorts=matrix_of(what.lens.club_ids, month_of(what.today), what.today),
        cohort_months=range(1, MATRIX_MONTHS + 1),
        survival=survival,
        curves=curves,
        reasons=reasons_of(what.lens),
        before=compared(what.club.id, _last_final(what.today)) if len(what.clubs) == 1 else None,
        month_short=formats.month_short,
        final_span=_arguments_of(_over(what.lens, what.today), what),
        curve_chips=_curve_chips(what),
        curve_words=curve_words,
        curve_sizes=_curve_sizes(what, survival, curves),
        curve_months=CURVE_MONTHS,
        curve_seen=_curve_seen(what, survival, curves),
        latest=final[-1] if final else None,
        heads=[(part_words(part), "num") for part in columns],
    )


def shown_lines(what: Asked, by: By) -> list[ShownLine]:
    """Return the lines of the report with their words."""
    lens, sealed = what.lens, seals_of(what.lens.club_ids)
    whole = is_final(month_end(lens.last), what.today)
    names = club_names(current_actor().scope) if by is By.CLUB else {}
    if by is not By.MONTH:
        lens = _over(lens, what.today)
        whole = True
    return [
        ShownLine(
            line,
            _words(by, line.key, names),
            is_final(month_end(line.key), what.today) if by is By.MONTH else whole,
            by is By.MONTH and line.key in sealed,
            what.address(**_arguments(what, by, line.key, lens)),
        )
        for line in lines_of(lens, by)
    ]


def _over(lens: Lens, today: date) -> Lens:
    """Rates by plan or trainer count final months only: running ones would be lost ones."""
    last = min(lens.last, _last_final(today))
    return Lens(
        lens.club_ids,
        min(lens.first, last),
        last,
        lens.plan,
        lens.term,
        lens.source,
        lens.trainer,
    )


def _last_final(today: date) -> date:
    month = month_after(month_of(today), -1)
    while not is_final(month_end(month), today):
        month = month_after(month, -1)
    return month


def this_month_of(what: Asked) -> Lens:
    month = month_of(what.today)
    lens = what.lens
    return Lens(lens.club_ids, month, month, lens.plan, lens.term, lens.source, lens.trainer)


def _arguments(what: Asked, by: By, key: Any, lens: Lens) -> dict[str, str]:
    span = {"from": f"{lens.first:%Y-%m}", "to": f"{lens.last:%Y-%m}"}
    if by is By.MONTH:
        return {"from": f"{key:%Y-%m}", "to": f"{key:%Y-%m}"}
    if by is By.CLUB:
        return span | {"club": next(club.public_id for club in what.clubs if club.id == key)}
    return span | {by.value: key}


def _arguments_of(lens: Lens, what: Asked) -> dict[str, str]:
    return what.address(**{"from": f"{lens.first:%Y-%m}", "to": f"{lens.last:%Y-%m}", "by": None})


def _words(by: By, key: Any, names: dict[int, str]) -> str:
    if by is By.MONTH:
        return formats.month_year(key)
    if by is By.TERM:
        return term_words(key)
    if by is By.SOURCE:
        return source_words(key)
    if by is By.CLUB:
        return names[key]
    return key or _("No trainer")


def _curve_chips(what: Asked) -> list[tuple[str, str, bool, None]]:
    chosen = request.args.get("curve", "")
    names = {
        "": _("All"),
        "plan": _("Plan"),
        "source": _("Source"),
        "trainer": _("Trainer"),
        "joined": _("Year of joining"),
    }
    return [
        (
            words,
            url_for("reports.renewals", _anchor="survival", **what.address(curve=name or None)),  # type: ignore[arg-type] # a path
            name == chosen,
            None,
        )
        for name, words in names.items()
    ]


def _curve_sizes(
    what: Asked, survival: AnalysisResult | None, curves: drawn.CurvePicture | None
) -> dict[str, int]:
    """How many members each curve is made of, which is what its list holds."""
    if survival is None or curves is None:
        return {}
    holds = {one.name: curve_holds(survival, curves.by, one.name) for one in curves.curves}
    return count_each(what.lens.club_ids, holds)


def _curve_seen(
    what: Asked, survival: AnalysisResult | None, curves: drawn.CurvePicture | None
) -> dict[tuple[str, int], int]:
    """How many members of each curve have been seen for so many months, where it is drawn."""
    if survival is None or curves is None:
        return {}
    seen = {
        (one.name, month): seen_after(survival, curves.by, one.name, month)
        for one in curves.curves
        for month in CURVE_MONTHS
        if any(point[0] == month for point in one.points)
    }
    return count_each(what.lens.club_ids, seen)


def _by() -> By:
    wanted = request.args.get("by", "")
    return By(wanted) if wanted in set(By) else By.MONTH


def _chips(what: Asked, by: By) -> list[tuple[str, str, bool, None]]:
    return [
        (
            by_words(one),
            url_for("reports.renewals", **what.address(by=one.value)),  # type: ignore[arg-type] # a path
            by is one,
            None,
        )
        for one in By
        if one is not By.CLUB or len(what.clubs) > 1
    ]


def _filters(what: Asked) -> dict[str, list[tuple[str, str]]]:
    choices = choices_of(what.lens)
    return {
        by.value: [("", _("Any")), *((one, source_words(one)) for one in choices[by])]
        for by in (By.PLAN, By.SOURCE, By.TRAINER)
        if choices[by]
    }


def _sheet(what: Asked, by: By, shown: list[ShownLine]) -> ResponseReturnValue:
    heads = [by.value, *(part.value for part in SHEET), "rate", "low", "high", "final"]
    if what.one_currency:
        heads += ["due_amount", "renewed_amount"]
    rows: list[tuple[Any, ...]] = []
    for one in shown:
        low, high = one.line.rate.interval or (None, None)
        share = one.line.rate.share
        numbers = [None if x is None else f"{x:.4f}" for x in (share, low, high)]
        money = [
            amount(minor, what.club.currency)
            for minor in (one.line.due_minor, one.line.renewed_minor)
        ]
        counts = [one.line.count(part) for part in SHEET]
        key = one.line.key if by is By.MONTH else one.words
        rows.append(
            (
                key,
                *counts,
                *numbers,
                str(one.is_final).lower(),
                *(money if what.one_currency else ()),
            )
        )
    return download(f"renewals-{what.lens.last:%Y-%m}", request.args["as"], heads, rows)
