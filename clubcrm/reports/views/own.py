"""Views room: reports somebody puts together: asked by form, kept, shared, mailed, taken along."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.export import download
from clubcrm.core.shell import current_club
from clubcrm.core.text import ascii_digits
from clubcrm.core.web import current_actor, require
from clubcrm.reports import built
from clubcrm.reports.built_fields import SUBJECTS, Asker
from clubcrm.reports.built_models import BuiltReport
from clubcrm.reports.built_sheets import heads_of, lines_of
from clubcrm.reports.built_traits import subject_of
from clubcrm.reports.built_words import about_words, rhythm_words
from clubcrm.reports.permissions import SEE_REPORTS
from clubcrm.reports.rules.built import WINDOW, Definition, Rhythm, asked_for, definition_of
from clubcrm.reports.views.blueprint import reports
from clubcrm.reports.views.own_page import Asked, page_values
from clubcrm.reports.views.own_starters import starters


@reports.get("/own")
@require(SEE_REPORTS)
def own() -> ResponseReturnValue:
    """Reports one has kept or that are shared, and questions to begin with."""
    actor = current_actor()
    kept = built.reports_for(actor.scope, actor.id)
    return render_template(
        "clubcrm/reports/own.html",
        kept=[one for one in kept if one.club_id == current_club().id],
        mailings={one.id: built.mailing_of(one, actor.id) for one in kept},
        starters=starters(),
        abouts=[(one, about_words(one)) for one in SUBJECTS],
        about_words=about_words,
        rhythm_words=rhythm_words,
        me=actor.id,
    )


@reports.get("/own/build")
@require(SEE_REPORTS)
def build() -> ResponseReturnValue:
    """A question that nobody has kept yet, and what it finds."""
    return _answer(_typed(request.args), None)


@reports.post("/own")
@require(SEE_REPORTS)
def keep() -> ResponseReturnValue:
    """The question is kept under a name."""
    asked = _typed(request.form)
    _only_people()
    try:
        report = built.keep_report(
            current_club().id,
            current_actor().id,
            request.form.get("name", ""),
            asked.definition,
        )
    except DomainError as error:
        return _answer(asked, None, fault=_words(error), status=error.status)
    flash(_("Kept. It stands among your reports; it may be mailed each week."), "success")
    return redirect(url_for("reports.own_report", public_id=report.public_id), 303)


@reports.get("/own/<public_id>")
@require(SEE_REPORTS)
def own_report(public_id: str) -> ResponseReturnValue:
    """A kept question, perhaps changed by what the address says, and what it finds."""
    report = _report(public_id)
    if "about" in request.args:
        return _answer(_typed(request.args), report)
    return _answer(_kept(report), report)


@reports.post("/own/<public_id>")
@require(SEE_REPORTS)
def change_own(public_id: str) -> ResponseReturnValue:
    """The kept question is the one on the page."""
    report, asked = _report(public_id), _typed(request.form)
    try:
        name = request.form.get("name", "")
        built.change_report(report, name, asked.definition, by=current_actor().id)
    except DomainError as error:
        return _answer(asked, report, fault=_words(error), status=error.status)
    flash(_("Saved."), "success")
    return redirect(url_for("reports.own_report", public_id=public_id), 303)


@reports.post("/own/<public_id>/share")
@require(SEE_REPORTS)
def share_own(public_id: str) -> ResponseReturnValue:
    """Colleagues see it, or no more."""
    wanted = request.form.get("shared") == "1"
    return _do(public_id, lambda one, me: built.share_report(one, wanted, by=me), _("Saved."))


@reports.post("/own/<public_id>/mail")
@require(SEE_REPORTS)
def mail_own(public_id: str) -> ResponseReturnValue:
    """It comes by mail from now on, or no more."""
    zone = current_club().zone
    rhythm = request.form.get("rhythm", "")
    if rhythm not in set(Rhythm):
        return _do(public_id, built.stop_mailing, _("It is not mailed to you any more."))
    typed = ascii_digits(request.form.get("weekday", "0"))
    weekday = int(typed) if typed.isdecimal() and len(typed) == 1 else -1
    wish = built.Mailing(Rhythm(rhythm), weekday, request.form.get("kind", "xlsx"))
    return _do(
        public_id,
        lambda one, me: built.mail_report(one, me, wish, zone),
        _("It comes to you by mail from now on."),
    )


@reports.post("/own/<public_id>/drop")
@require(SEE_REPORTS)
def drop_own(public_id: str) -> ResponseReturnValue:
    """It is on no list any more, and may be taken back."""
    report = _report(public_id)
    try:
        built.drop_report(report, by=current_actor().id)
    except DomainError as error:
        flash(error.text, "danger")
        return redirect(url_for("reports.own_report", public_id=public_id), 303)
    return redirect(url_for("reports.own", dropped=public_id), 303)


@reports.post("/own/<public_id>/back")
@require(SEE_REPORTS)
def take_back_own(public_id: str) -> ResponseReturnValue:
    """A dropped report is on its list again."""
    actor = current_actor()
    report = built.report_for(actor.scope, actor.id, public_id, dropped=True)
    if report is None:
        raise not_found(_("There is no such report."))
    built.take_back_report(report, by=actor.id)
    return redirect(url_for("reports.own_report", public_id=public_id), 303)


def _do(public_id: str, act: Callable[[BuiltReport, int], Any], said: str) -> ResponseReturnValue:
    report = _report(public_id)
    _only_people()
    try:
        act(report, current_actor().id)
        flash(said, "success")
    except DomainError as error:
        flash(_words(error), "danger")
    return redirect(url_for("reports.own_report", public_id=public_id), 303)


def _answer(
    asked: Asked, report: BuiltReport | None, *, fault: str = "", status: int = 200
) -> ResponseReturnValue:
    if request.method == "GET" and request.args.get("as"):
        lines = lines_of(asked.definition, asked.subject, asked.asker)
        heads = heads_of(asked.definition, asked.subject)
        name = f"{asked.definition.about}-{asked.asker.today}"
        return download(name, request.args["as"], heads, lines)
    me = current_actor().id
    page = render_template(
        "clubcrm/reports/own_build.html",
        report=report,
        mailing=built.mailing_of(report, me) if report else None,
        is_mine=report is not None and report.owner_id == me,
        fault=fault,
        typed_name=request.form.get("name", "") or (report.name if report else ""),
        **page_values(asked, report),
    )
    return page, status


def _typed(given: MultiDict[str, str]) -> Asked:
    asker = _asker()
    subject = subject_of(given.get("about", "members"), asker)
    rows = list(zip(given.getlist("f"), given.getlist("o"), given.getlist("v"), strict=False))
    drop = given.get("drop", "")
    if drop.isdecimal() and len(drop) < 3:
        rows = [row for place, row in enumerate(rows) if place != int(drop)]
    wish = {
        "match": given.get("m", ""),
        "columns": given.getlist("c"),
        "group": given.get("g", ""),
        "measure": given.get("n", ""),
        "sort": given.get("s", ""),
        "descending": given.get("d", "") == "1",
        "windows": {
            key.removeprefix(WINDOW): ascii_digits(value)
            for key, value in given.items()
            if key.startswith(WINDOW)
        },
    }
    return Asked(asked_for(subject.shape, rows, wish), subject, asker)


def _kept(report: BuiltReport) -> Asked:
    asker = _asker()
    subject = subject_of(str(report.definition.get("about", "")), asker)
    definition: Definition = definition_of(report.definition, subject.shape)
    return Asked(definition, subject, asker)


def _asker() -> Asker:
    club = current_club()
    today = clock.today(club.zone)
    return Asker(club.id, today, club.currency, club.zone, current_actor().role)


def _report(public_id: str) -> BuiltReport:
    actor = current_actor()
    report = built.report_for(actor.scope, actor.id, public_id)
    if report is None or report.club_id != current_club().id:
        raise not_found(_("There is no such report, or nobody has shared it with you."))
    return report


def _only_people() -> None:
    """Programs keep no reports of their own."""
    if current_actor().kind != "user":
        abort(403)


def _words(error: DomainError) -> str:
    return " ".join(one.message for one in error.fields) or error.text
