"""Views room: the touchpoints and their numbers, own triggers, limits, and the versions of all."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from clubcrm.core.clock import now, visit_day
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import ClubChoice, current_club
from clubcrm.core.text import ascii_digits
from clubcrm.journeys.editing import (
    changes_for,
    next_own_code,
    save,
    settings_of_number,
    with_rule,
)
from clubcrm.journeys.forms import OwnForm, TouchForm
from clubcrm.journeys.names import touch_aim
from clubcrm.journeys.permissions import EDIT_JOURNEY, SEE_JOURNEY
from clubcrm.journeys.rehearsal import trigger_reach
from clubcrm.journeys.rules import general
from clubcrm.journeys.rules.codes import Term
from clubcrm.journeys.rules.own import Trigger, to_own
from clubcrm.journeys.rules.settings import CodeRule, JourneySettings
from clubcrm.journeys.setting_words import (
    change_words,
    field_words,
    rule_name,
    term_words,
    weekday_words,
    when_words,
)
from clubcrm.journeys.versions import SHIPPED, current_version, settings_of
from clubcrm.journeys.views.map import journeys
from clubcrm.journeys.workings import plan_names, running_cycles, versions_of

# Left out when what was typed is carried through the page that asks for a yes.
_OF_THE_FORM = frozenset({"csrf_token", "_key", "confirm", "seen_version"})


@journeys.get("/journeys/touchpoints")
@require(SEE_JOURNEY)
def touchpoints() -> str:
    """Every touchpoint of the journey with its time, its performer and its limits."""
    _club, _number, settings = _standing()
    rules = sorted(settings.codes.values(), key=lambda one: (not one.own, one.code))
    return render_template(
        "clubcrm/journeys/touchpoints.html",
        own=[one for one in rules if one.own],
        shipped=[one for one in rules if not one.own],
        rule_name=rule_name,
        when_words=when_words,
        touch_aim=touch_aim,
    )


@journeys.route("/journeys/touchpoints/<code>", methods=["GET", "POST"])
@require(EDIT_JOURNEY)
def touchpoint(code: str) -> ResponseReturnValue:
    """The numbers of a touchpoint; what is typed is shown as a difference before it is saved."""
    club, number, settings = _standing()
    rule = settings.rule(code)
    if rule is None:
        raise not_found(_("There is no such touchpoint."))
    return _edit(club, number, settings, rule)


@journeys.route("/journeys/own", methods=["GET", "POST"])
@require(EDIT_JOURNEY)
def own() -> ResponseReturnValue:
    """A new trigger of the club's own."""
    club, number, settings = _standing()
    code = next_own_code(settings)
    return _edit(club, number, settings, _draft(code), new=True)


@journeys.route("/journeys/limits", methods=["GET", "POST"])
@require(EDIT_JOURNEY)
def limits() -> ResponseReturnValue:
    """The numbers that hold for all touchpoints: budgets, gaps, hours, risk, trial, capacity."""
    club, number, settings = _standing()
    faults: dict[str, str] = {}
    typed = general.typed_of(settings)
    if request.method == "POST":
        given = {name: ascii_digits(value) for name, value in request.form.items() if name in typed}
        days = {ascii_digits(one) for one in request.form.getlist("no_call_weekdays")}
        weekdays = tuple(one for one in range(7) if str(one) in days)
        after, faults = general.from_typed(given, weekdays, settings)
        typed |= given
        if not faults:
            return _review(club, after, url_for("journeys.limits"))
    return _limits_page(settings, typed, faults, number)


@journeys.get("/journeys/versions")
@require(SEE_JOURNEY)
def versions() -> str:
    """Who changed the journey, when, and what."""
    club = current_club()
    return render_template(
        "clubcrm/journeys/versions.html",
        versions=versions_of(club.id),
        zone=club.zone,
        change_words=change_words,
    )


@journeys.route("/journeys/versions/<int:number>", methods=["GET", "POST"])
@require(EDIT_JOURNEY)
def version(number: int) -> ResponseReturnValue:
    """An earlier version is shown beside the present one, and stands again once confirmed."""
    club = current_club()
    after = settings_of_number(club.id, number)
    if request.method == "POST":
        return _review(club, after, url_for("journeys.version", number=number))
    return _show_review(club, after, url_for("journeys.version", number=number))


def _edit(
    club: ClubChoice, number: int, settings: JourneySettings, rule: CodeRule, *, new: bool = False
) -> ResponseReturnValue:
    form = _form(club, settings, rule)
    if request.method == "GET":
        form.show(rule, number)
        if isinstance(form, OwnForm):
            form.show_own(rule)
    elif form.validate():
        made = form.own_rule(rule) if isinstance(form, OwnForm) else form.rule(rule)
        here = url_for("journeys.own") if new else _address(rule.code)
        return _review(club, with_rule(settings, made), here)
    return (
        render_template(
            "clubcrm/journeys/touchpoint.html",
            form=form,
            rule=rule,
            new=new,
            name=rule_name(rule) if not new else _("New trigger"),
            aim=touch_aim(rule.code),
            when=when_words(rule),
        ),
        200 if request.method == "GET" else 400,
    )


def _form(club: ClubChoice, settings: JourneySettings, rule: CodeRule) -> TouchForm:
    form: TouchForm
    if not rule.own:
        form = TouchForm()
        form.offer(club.currency)
        return form
    form = OwnForm()
    form.offer(club.currency)
    names = {one.code: rule_name(one) for one in settings.codes.values()}
    form.offer_own(rule.code, names, plan_names(club.id))
    return form


def _review(club: ClubChoice, after: JourneySettings, here: str) -> ResponseReturnValue:
    """Show what would change; with a yes in the form it is saved."""
    if request.form.get("confirm") != "yes":
        return _show_review(club, after, here)
    typed = request.form.get("seen_version", "")
    seen = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else -1
    try:
        made = save(club.id, after, seen=seen, by=current_actor().ref)
    except DomainError as error:
        return _show_review(club, after, here, refusal=error.text), error.status
    if made is None:
        flash(_("Nothing was changed."))
    else:
        flash(_("Version %(number)s is saved.", number=made.number), "success")
    return redirect(url_for("journeys.touchpoints"), 303)


def _show_review(club: ClubChoice, after: JourneySettings, here: str, refusal: str = "") -> str:
    standing = current_version(club.id)
    changes = changes_for(club.id, after)
    typed: MultiDict[str, str] = request.form
    return render_template(
        "clubcrm/journeys/review.html",
        changes=[change_words(one) for one in changes],
        reach=_reach(club, after, {one.key for one in changes if one.part == "codes"}),
        cycles=running_cycles(club.id),
        here=here,
        refusal=refusal,
        seen=request.form.get("seen_version") or (standing.number if standing else SHIPPED),
        typed=[(k, v) for k, v in typed.items(multi=True) if k not in _OF_THE_FORM],
    )


def _reach(
    club: ClubChoice, after: JourneySettings, codes: set[str]
) -> list[tuple[str, int, list[str]]]:
    """Return whom each changed own trigger would concern today."""
    rules = [after.codes[code] for code in sorted(codes) if after.codes[code].own]
    today = visit_day(now(), club.zone)
    return [(rule_name(one), *trigger_reach(club.id, one, today)) for one in rules]


def _limits_page(
    settings: JourneySettings, typed: dict[str, str], faults: dict[str, str], number: int
) -> ResponseReturnValue:
    words = {
        "time": _("Expected a time such as 21:00."),
        "needed": _("This is needed."),
        "whole_number": _("Expected a whole number."),
        "codes": _("Expected codes such as J06a, J13a."),
        "percent": _("Expected a share from 0 to 90, or nothing."),
        "least_most": _("The least must not exceed the most."),
    }
    page = render_template(
        "clubcrm/journeys/limits.html",
        typed=typed,
        errors={name: [words[fault]] for name, fault in faults.items()},
        parts=_parts(typed),
        terms=[(term.value, term_words(term)) for term in Term],
        budget_numbers=[(name, field_words("budgets", name)) for name in general.BUDGET_NUMBERS],
        weekdays=[(one, weekday_words(one), one in _weekdays(settings)) for one in range(7)],
        number=number,
    )
    return page, 400 if faults else 200


def _weekdays(settings: JourneySettings) -> set[int]:
    if request.method == "GET":
        return set(settings.hours.no_call_weekdays)
    return {int(one) for one in request.form.getlist("no_call_weekdays") if one in set("0123456")}


def _parts(typed: dict[str, str]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    titles = {
        "pace": _("How often one person is spoken to"),
        "hours": _("Hours"),
        "rhythm": _("When somebody is at risk"),
        "stages": _("Stages of a member"),
        "capacity": _("What the team can do"),
        "trial": _("Trying out what works"),
    }
    return [
        (
            part,
            title,
            [
                (name, field_words(part, name.split(".")[1]))
                for name in typed
                if name.startswith(f"{part}.")
            ],
        )
        for part, title in titles.items()
    ]


def _standing() -> tuple[ClubChoice, int, JourneySettings]:
    club = current_club()
    found = current_version(club.id)
    return club, found.number if found else SHIPPED, settings_of(found)


def _draft(code: str) -> CodeRule:
    return CodeRule(code, 20, 7, hold_out=None, own=to_own(Trigger(days=10)), minutes=5.0)


def _address(code: str) -> str:
    return url_for("journeys.touchpoint", code=code)
