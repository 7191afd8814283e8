"""Views room: a club's holidays: when each comes, who is greeted, and in which words."""

from datetime import date, time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from clubcrm.campaigns.campaign_words import state_look
from clubcrm.campaigns.greetings import (
    AHEAD,
    add_holiday,
    change_holiday,
    greet_on,
    name_in,
    put_away,
    take_over,
    type_day,
    words_in,
)
from clubcrm.campaigns.holiday_forms import HolidayForm
from clubcrm.campaigns.holiday_queries import coming_holidays, holiday_for, typed_days
from clubcrm.campaigns.holiday_tables import Holiday
from clubcrm.campaigns.models import Segment
from clubcrm.campaigns.permissions import RUN_CAMPAIGNS, SEE_CAMPAIGNS
from clubcrm.campaigns.segment_queries import segment_for, segments_of
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.i18n import LANGUAGES, OWN_NAMES
from clubcrm.core.shell import current_club
from clubcrm.core.web import current_actor, require

holidays = Blueprint("holidays", __name__)
FORM = "clubcrm/campaigns/holiday.html"
Words = dict[str, tuple[str, str, str]]


@holidays.get("/holidays")
@require(SEE_CAMPAIGNS)
def index() -> ResponseReturnValue:
    """The calendar: the next days first, those without a day in front."""
    club = current_club()
    return render_template(
        "clubcrm/campaigns/holidays.html",
        coming=coming_holidays(club.id, clock.today(club.zone)),
        name=lambda one: name_in(one, _language()),
        look=state_look,
        ahead=AHEAD.days,
        year=clock.today(club.zone).year,
    )


@holidays.post("/holidays/take-over")
@require(RUN_CAMPAIGNS)
def fill_in() -> ResponseReturnValue:
    """The calendar of the club's country stands here."""
    club = db.session.get_one(Club, current_club().id)
    count = take_over(club, by=current_actor().ref)
    if count:
        told = ngettext("%(num)s holiday taken over.", "%(num)s holidays taken over.", count)
        flash(told, "success")
    else:
        flash(_("We have no further holidays for this country. Add your own."), "success")
    return redirect(url_for("holidays.index"), 303)


@holidays.route("/holidays/new", methods=["GET", "POST"])
@require(RUN_CAMPAIGNS)
def new() -> ResponseReturnValue:
    """One more holiday of the club's own."""
    form = _form()
    if request.method == "GET":
        form.at.data = time(10)
        return _page(form, None, {}, {})
    return _saved(form, None)


@holidays.route("/holidays/<holiday_id>", methods=["GET", "POST"])
@require(RUN_CAMPAIGNS)
def edit(holiday_id: str) -> ResponseReturnValue:
    """Names, day, hour, people and words of one holiday."""
    holiday, form = _holiday(holiday_id), _form()
    if request.method == "POST":
        return _saved(form, holiday)
    segment = db.session.get(Segment, holiday.segment_id) if holiday.segment_id else None
    form.show(holiday, segment)
    own = {
        language: (words[0], words[1], words[2] if len(words) > 2 else "")
        for language, words in holiday.words.items()
    }
    return _page(form, holiday, dict(holiday.names), own)


@holidays.post("/holidays/<holiday_id>/day")
@require(RUN_CAMPAIGNS)
def save_day(holiday_id: str) -> ResponseReturnValue:
    """The day of one year is typed, or follows the rule again."""
    holiday = _holiday(holiday_id)
    typed, year = request.form.get("falls_on", ""), request.form.get("year", "")
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        flash(_("There is no such day."), "error")
        return redirect(url_for("holidays.index"), 303)
    wanted = day.year if day else int(year) if year.isdecimal() and len(year) == 4 else 0
    if wanted:
        type_day(holiday, wanted, day, by=current_actor().ref)
        flash(_("Saved."), "success")
    return redirect(url_for("holidays.index"), 303)


@holidays.post("/holidays/<holiday_id>/greets")
@require(RUN_CAMPAIGNS)
def switch(holiday_id: str) -> ResponseReturnValue:
    """Members are greeted on this day, or not any more."""
    holiday = _holiday(holiday_id)
    greet_on(holiday, greets=not holiday.greets, by=current_actor().ref)
    return redirect(url_for("holidays.index"), 303)


@holidays.post("/holidays/<holiday_id>/away")
@require(RUN_CAMPAIGNS)
def away(holiday_id: str) -> ResponseReturnValue:
    """The holiday leaves the calendar."""
    put_away(_holiday(holiday_id), by=current_actor().ref)
    return redirect(url_for("holidays.index"), 303)


def _saved(form: HolidayForm, holiday: Holiday | None) -> ResponseReturnValue:
    names = {one: request.form.get(f"name_{one}", "") for one in LANGUAGES}
    words = _typed_words()
    if not form.validate():
        return _page(form, holiday, names, words), 400
    me = current_actor()
    chosen = segment_for(me.scope, form.segment.data, me.ref) if form.segment.data else None
    try:
        draft = form.draft(names, words, chosen)
        if holiday is None:
            add_holiday(current_club().id, draft, by=me.ref)
        else:
            change_holiday(holiday, draft, by=me.ref)
    except DomainError as error:
        faults = {one.field: str(one.message) for one in error.fields}
        refusal = form.accept(error)
        return _page(form, holiday, names, words, faults=faults, refusal=refusal), error.status
    flash(_("Saved."), "success")
    return redirect(url_for("holidays.index"), 303)


def _typed_words() -> Words:
    return {
        one: (
            request.form.get(f"subject_{one}", ""),
            request.form.get(f"body_{one}", "").replace("\r\n", "\n"),
            request.form.get(f"short_{one}", "").replace("\r\n", "\n"),
        )
        for one in LANGUAGES
    }


def _page(
    form: HolidayForm, holiday: Holiday | None, names: dict[str, str], words: Words, **more: Any
) -> str:
    shipped = {one: words_in(holiday, one) for one in LANGUAGES} if holiday else {}
    typed = typed_days([holiday.id])[holiday.id] if holiday else {}
    return render_template(
        FORM,
        form=form,
        holiday=holiday,
        title=name_in(holiday, _language()) if holiday else _("New holiday"),
        names=names,
        words=words,
        shipped=shipped,
        typed=typed,
        languages={code: OWN_NAMES[code].capitalize() for code in LANGUAGES},
        faults=more.get("faults", {}),
        refusal=more.get("refusal", ""),
    )


def _form() -> HolidayForm:
    form = HolidayForm(request.form if request.method == "POST" else None)
    form.offer(segments_of(current_club().id, current_actor().ref))
    return form


def _holiday(public_id: str) -> Holiday:
    found = holiday_for(current_actor().scope, public_id)
    if found is None or found.club_id != current_club().id:
        raise not_found(_("There is no such holiday in this club."))
    return found


def _language() -> str:
    return str(get_locale() or "en")
