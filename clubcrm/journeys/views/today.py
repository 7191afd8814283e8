"""Views room: the dry run of the journey, and what it has in mind for one member."""

from flask import render_template, request
from flask_babel import gettext as _

from clubcrm.core.clock import now, visit_day
from clubcrm.core.errors import not_found
from clubcrm.core.policy import require
from clubcrm.core.shell import current_club
from clubcrm.journeys.permissions import SEE_JOURNEY
from clubcrm.journeys.reasons import why_words
from clubcrm.journeys.rehearsal import people_of, rehearse
from clubcrm.journeys.setting_words import rule_name, when_words
from clubcrm.journeys.versions import current_settings
from clubcrm.journeys.views.map import journeys


@journeys.get("/journeys/today")
@require(SEE_JOURNEY)
def today() -> str:
    """Who would get what today, who is held out, and who would not and why; nothing is sent."""
    club = current_club()
    return render_template(
        "clubcrm/journeys/today.html",
        run=rehearse(club.id, visit_day(now(), club.zone)),
        rules=current_settings(club.id).codes,
        rule_name=rule_name,
        when_words=when_words,
        why_words=why_words,
    )


@journeys.get("/journeys/today/<code>")
@require(SEE_JOURNEY)
def today_people(code: str) -> str:
    """The people of one touchpoint in the dry run, each with what speaks against it."""
    club = current_club()
    rule = current_settings(club.id).rule(code)
    if rule is None:
        raise not_found(_("There is no such touchpoint."))
    run = rehearse(club.id, visit_day(now(), club.zone))
    entry = run.codes.get(code)
    what = request.args.get("what", "goes")
    words: dict[int, str] = {}
    if entry is not None:
        groups = {"goes": entry.goes, "held": entry.held, "refused": list(entry.refused)}
        words = {one: why_words(entry.refused.get(one, "")) for one in groups.get(what, [])}
    return render_template(
        "clubcrm/journeys/today_people.html",
        name=rule_name(rule),
        what=what,
        hits=people_of(list(words)),
        words=words,
    )
