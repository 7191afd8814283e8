"""Views room: what the club itself keeps about one person: tags, its own fields, ties."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.web import current_actor, require
from clubcrm.people import own_fields, tagging
from clubcrm.people.models import Person
from clubcrm.people.permissions import EDIT_PEOPLE, SEE_PEOPLE
from clubcrm.people.queries.about import (
    carriers,
    fields_for,
    tag_by_public_id,
    tag_uses,
    tags_of,
    ties_of,
    values_of,
)
from clubcrm.people.queries.hits import load_hits
from clubcrm.people.queries.persons import person_in
from clubcrm.people.queries.search import search
from clubcrm.people.rules.ties import TieKind
from clubcrm.people.tie_words import tie_words
from clubcrm.people.views.about_words import field_choices, value_words
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.words import spoken

SHOWN_HITS = 6


@people.get("/members/<public_id>/about")
@require(SEE_PEOPLE)
def about(public_id: str) -> ResponseReturnValue:
    return _page(_person(public_id), {}, {})


@people.post("/members/<public_id>/about")
@require(EDIT_PEOPLE)
def fill_in(public_id: str) -> ResponseReturnValue:
    person, role = _person(public_id), current_actor().role
    asked = {field.public_id for field in fields_for(role)}
    typed = {name: value for name, value in request.form.items() if name in asked}
    try:
        own_fields.fill_in(person, typed, role=role)
    except DomainError as error:
        faults = {one.field: spoken(one.message) for one in error.fields}
        return _page(person, typed, faults), 400
    flash(_("Saved."), "success")
    return _back(public_id)


@people.post("/members/<public_id>/tags")
@require(EDIT_PEOPLE)
def put_tag(public_id: str) -> ResponseReturnValue:
    person, typed = _person(public_id), request.form.get("tag", "")
    try:
        tagging.put_tag(person, typed)
    except DomainError as error:
        return _page(person, {"tag": typed}, {"tag": spoken(error.fields[0].message)}), 400
    return _back(public_id)


@people.post("/members/<public_id>/tags/<tag_id>/take")
@require(EDIT_PEOPLE)
def take_tag(public_id: str, tag_id: str) -> ResponseReturnValue:
    person, tag = _person(public_id), tag_by_public_id(tag_id)
    if tag is None:
        raise not_found(_("There is no such tag."))
    tagging.take_tag(person, tag)
    return _back(public_id)


@people.post("/members/<public_id>/ties")
@require(EDIT_PEOPLE)
def tie(public_id: str) -> ResponseReturnValue:
    person = _person(public_id)
    typed = {name: request.form.get(name, "") for name in ("kind", "other", "note")}
    if typed["kind"] not in set(TieKind):
        return _page(person, typed, {"kind": _("Choose one of the list.")}), 400
    try:
        other = person_in(current_actor().scope, typed["other"])
        tagging.tie_people(person, other, TieKind(typed["kind"]), typed["note"])
    except DomainError as error:
        fault = spoken(error.fields[0].message if error.fields else error.text)
        return _page(person, typed, {"other": fault}), 400
    flash(_("%(name)s is on the card now.", name=other.full_name), "success")
    return _back(public_id)


@people.post("/members/<public_id>/ties/<int:tie_id>/untie")
@require(EDIT_PEOPLE)
def untie(public_id: str, tie_id: int) -> ResponseReturnValue:
    tagging.untie(_person(public_id), tie_id)
    return _back(public_id)


@people.get("/tags/<public_id>")
@require(SEE_PEOPLE)
def tagged(public_id: str) -> ResponseReturnValue:
    tag = tag_by_public_id(public_id)
    if tag is None:
        raise not_found(_("There is no such tag."))
    hits = load_hits(carriers(current_actor().scope, tag.id))
    return render_template("clubcrm/people/tagged.html", tag=tag, hits=hits)


def _person(public_id: str) -> Person:
    return person_in(current_actor().scope, public_id)


def _back(public_id: str) -> ResponseReturnValue:
    return redirect(url_for("people.about", public_id=public_id), 303)


def _page(person: Person, typed: dict[str, str], faults: dict[str, str]) -> str:
    actor, wanted = current_actor(), request.args.get("find", "")[:80]
    carried = tags_of(person.id)
    names = {tag.name for tag in carried}
    found = search(actor.scope, wanted, SHOWN_HITS + 1) if wanted.strip() else []
    return render_template(
        "clubcrm/people/about.html",
        person=person,
        tags=carried,
        known_tags=[use.name for use in tag_uses(actor.scope) if use.name not in names],
        fields=fields_for(actor.role),
        values=values_of(person.id),
        value_words=value_words,
        field_choices=field_choices,
        ties=ties_of(person.id),
        tie_words=tie_words(),
        wanted=wanted,
        found=[hit for hit in found if hit.public_id != person.public_id][:SHOWN_HITS],
        typed=typed,
        faults=faults,
    )
