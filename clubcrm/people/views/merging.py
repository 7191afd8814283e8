"""Views room: likely doubles, two records side by side, the merge, and its undo."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.accounts.queries import names_of_actors
from clubcrm.core import clock
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import current_club, my_clubs
from clubcrm.core.web import current_actor, require
from clubcrm.people.doubles import find_doubles, keep_apart
from clubcrm.people.merging import merge
from clubcrm.people.models import Person
from clubcrm.people.permissions import MERGE_PEOPLE
from clubcrm.people.queries.doubles import double_in, open_count, open_doubles
from clubcrm.people.queries.duplicates import Match, identities_of, likely_duplicates
from clubcrm.people.queries.hits import load_hits
from clubcrm.people.queries.merges import (
    merge_in,
    merge_stops,
    moved_counts,
    newest_merges,
)
from clubcrm.people.queries.persons import person_in
from clubcrm.people.queries.search import search
from clubcrm.people.rules.merging import CHOICES, GONE, KEPT, differing
from clubcrm.people.unmerging import undo_merge
from clubcrm.people.views.blueprint import people
from clubcrm.people.views.merge_words import group_words, side_words, told_counts
from clubcrm.people.views.words import reason_words

SHOWN = 100


@people.get("/members/doubles")
@require(MERGE_PEOPLE)
def doubles() -> ResponseReturnValue:
    scope = current_actor().scope
    return render_template(
        "clubcrm/people/doubles.html",
        pairs=open_doubles(scope, SHOWN),
        total=open_count(scope),
        merges=newest_merges(scope),
        reason_words=reason_words,
        now=clock.now(),
        zone=current_club().zone,
    )


@people.post("/members/doubles")
@require(MERGE_PEOPLE)
def look_for_doubles() -> ResponseReturnValue:
    new = sum(find_doubles(club.id) for club in my_clubs())
    flash(_("Looked through everybody: %(count)s new.", count=new), "success")
    return redirect(url_for("people.doubles"), 303)


@people.post("/members/doubles/<int:pair_id>/apart")
@require(MERGE_PEOPLE)
def two_people(pair_id: int) -> ResponseReturnValue:
    pair = double_in(current_actor().scope, pair_id) if pair_id < 2**31 else None
    if pair is None:
        raise not_found(_("This pair is not on the list any more."))
    keep_apart(pair)
    flash(_("They are two people and will not be shown again."), "success")
    return redirect(url_for("people.doubles"), 303)


@people.get("/members/<public_id>/merge")
@require(MERGE_PEOPLE)
def choose_double(public_id: str) -> ResponseReturnValue:
    scope = current_actor().scope
    person = person_in(scope, public_id)
    typed = request.args.get("q", "")[:80]
    found = [hit for hit in search(scope, typed, 20) if hit.id != person.id] if typed else []
    return render_template(
        "clubcrm/people/choose_double.html",
        person=person,
        typed=typed,
        found=found,
        likely=[] if typed else _likely(person),
        reason_words=reason_words,
    )


def _likely(person: Person) -> list[Match]:
    known = identities_of({person.id})[person.id]
    matches = likely_duplicates(current_actor().scope, known, limit=8)
    return [match for match in matches if match.hit.id != person.id]


@people.get("/members/<public_id>/merge/<other_id>")
@require(MERGE_PEOPLE)
def compare(public_id: str, other_id: str) -> ResponseReturnValue:
    return _compare_page(*_two(public_id, other_id))


@people.post("/members/<public_id>/merge/<other_id>")
@require(MERGE_PEOPLE)
def merge_two(public_id: str, other_id: str) -> ResponseReturnValue:
    kept, gone = _two(public_id, other_id)
    try:
        made = merge(kept, gone, _choice(request.form))
    except DomainError as error:
        if error.code != "MERGE_STOPPED":
            raise
        return _compare_page(kept, gone), 409
    flash(_("The two are one person now. This can be undone for 30 days."), "success")
    return redirect(url_for("people.merge_made", merge_id=made.public_id), 303)


@people.get("/merges/<merge_id>")
@require(MERGE_PEOPLE)
def merge_made(merge_id: str) -> ResponseReturnValue:
    made = merge_in(current_actor().scope, merge_id)
    line = next(one for one in newest_merges(current_actor().scope, limit=1, merge_id=made.id))
    return render_template(
        "clubcrm/people/merge_made.html",
        line=line,
        by=names_of_actors([line.merged_by]).get(line.merged_by, line.merged_by),
        can_undo=made.undone_at is None
        and made.sealed_at is None
        and made.undo_until > clock.now(),
        zone=current_club().zone,
    )


@people.post("/merges/<merge_id>/undo")
@require(MERGE_PEOPLE)
def undo_two(merge_id: str) -> ResponseReturnValue:
    made = merge_in(current_actor().scope, merge_id)
    try:
        undo_merge(made)
    except DomainError as error:
        flash(error.text, "error")
        return redirect(url_for("people.merge_made", merge_id=merge_id), 303)
    flash(_("Both records stand as they did before."), "success")
    return redirect(url_for("people.merge_made", merge_id=merge_id), 303)


def _two(public_id: str, other_id: str) -> tuple[Person, Person]:
    scope = current_actor().scope
    return person_in(scope, public_id), person_in(scope, other_id)


def _choice(form: Mapping[str, str]) -> dict[str, str]:
    return {group: GONE for group in CHOICES if form.get(group) == GONE}


def _compare_page(kept: Person, gone: Person) -> str:
    ours, theirs = ({c.name: getattr(one, c.name) for c in _columns()} for one in (kept, gone))
    cards = {hit.id: hit for hit in load_hits([kept.id, gone.id])}
    return render_template(
        "clubcrm/people/compare.html",
        kept=kept,
        gone=gone,
        cards=cards,
        stops=merge_stops(kept, gone),
        choices=[
            (one.group, group_words(one.group), *_sides(one.group, kept, gone))
            for one in differing(ours, theirs)
        ],
        counts=told_counts(moved_counts(gone.id)),
        KEPT=KEPT,
        GONE=GONE,
    )


def _columns() -> Any:
    return Person.__table__.columns


def _sides(group: str, kept: Person, gone: Person) -> tuple[str, str]:
    return side_words(group, kept), side_words(group, gone)
