"""Views room: the day of the introduction, and figures of months that only people know."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError
from clubcrm.core.web import current_actor, require
from clubcrm.reports.baseline import MonthFigures, introduce, note_month
from clubcrm.reports.introduction import introduced_on
from clubcrm.reports.permissions import EDIT_BASELINE
from clubcrm.reports.views.blueprint import Asked, asked, reports

FIGURES = ("leads", "contracts", "minutes")


@reports.route("/baseline", methods=["GET", "POST"])
@require(EDIT_BASELINE)
def baseline() -> ResponseReturnValue:
    what = asked()
    if request.method == "GET":
        return _page(what, {}, 200)
    wrong = {name: _("Expected a whole number.") for name in FIGURES if not _fits(name)}
    month = _month()
    if month is None:
        wrong["month"] = _("Expected a month such as 2025-03.")
    if wrong or month is None:
        return _page(what, wrong, 400)
    figures = MonthFigures(month, *(_number(one) for one in FIGURES))
    try:
        note_month(what.club.id, figures, what.today, by=current_actor().ref)
    except DomainError as error:
        return _page(what, _wrong(error), error.status)
    flash(_("The figures of the month are noted."), "success")
    return redirect(url_for("reports.index", **what.address()), 303)  # type: ignore[arg-type] # a path


@reports.post("/introduction")
@require(EDIT_BASELINE)
def introduction() -> ResponseReturnValue:
    what = asked()
    try:
        day = date.fromisoformat(request.form.get("introduced_on", ""))
        introduce(what.club.id, day, what.today, by=current_actor().ref)
    except ValueError:
        return _page(what, {"introduced_on": _("Expected a day.")}, 400)
    except DomainError as error:
        return _page(what, _wrong(error), error.status)
    flash(_("The year before this day is what later months are compared with."), "success")
    return redirect(url_for("reports.renewals", **what.address()), 303)  # type: ignore[arg-type] # a path


def _page(what: Asked, wrong: dict[str, str], status: int) -> ResponseReturnValue:
    page = render_template(
        "clubcrm/reports/baseline.html",
        what=what,
        wrong=wrong,
        errors={name: [sentence] for name, sentence in wrong.items()},
        typed=request.form,
        introduced=introduced_on(what.club.id),
    )
    return page, status


def _month() -> date | None:
    try:
        return date.fromisoformat(f"{request.form.get('month', '')[:7]}-01")
    except ValueError:
        return None


def _fits(name: str) -> bool:
    typed = request.form.get(name, "").strip()
    return not typed or (typed.isdecimal() and len(typed) < 8)


def _number(name: str) -> int | None:
    typed = request.form.get(name, "").strip()
    return int(typed) if typed else None


def _wrong(error: DomainError) -> dict[str, str]:
    return {one.field: one.message for one in error.fields}
