"""Views room: segments: the list, the form that builds a rule, the people of one."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.campaigns.builder import Builder, builder_of, read_builder
from clubcrm.campaigns.counting import count_now
from clubcrm.campaigns.models import Segment
from clubcrm.campaigns.permissions import EDIT_SEGMENTS, SEE_CAMPAIGNS
from clubcrm.campaigns.rules.tree import Group, Join
from clubcrm.campaigns.segment_queries import (
    count_people,
    counts_since,
    newest_counts,
    page_of_people,
    segment_for,
    segments_of,
    tree_of,
)
from clubcrm.campaigns.segment_services import (
    SegmentDraft,
    change_segment,
    make_segment,
    places_at_fault,
    put_aside,
)
from clubcrm.campaigns.segment_words import join_words, rule_words, traits_offered
from clubcrm.core import clock
from clubcrm.core.db import end_reading, unit_of_work
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.shell import ClubChoice, current_club
from clubcrm.core.web import current_actor, require
from clubcrm.people.permissions import SEE_PEOPLE
from clubcrm.people.queries.hits import load_hits
from clubcrm.people.queries.persons import find_person, page_key
from clubcrm.people.traits import Ground, known_traits

segments = Blueprint("segments", __name__)
PER_PAGE = 50
DRAWN_DAYS = 90
SAMPLE = 5
FORM = "clubcrm/campaigns/segment_form.html"


@segments.get("/segments")
@require(SEE_CAMPAIGNS)
def index() -> str:
    club, me = current_club(), current_actor().ref
    found = segments_of(club.id, me)
    traits = known_traits()
    return render_template(
        "clubcrm/campaigns/segments.html",
        segments=found,
        counts=newest_counts([one.id for one in found]),
        words={one.id: rule_words(tree_of(one), traits, _here(club)) for one in found},
        me=me,
        zone=club.zone,
    )


@segments.get("/segments/new")
@require(EDIT_SEGMENTS)
def new() -> str:
    builder = builder_of(Group(Join.ALL), known_traits(), _here(current_club()))
    return _form(builder, None, {"name": "", "shared": "1"}, {})


@segments.get("/segments/<segment_id>")
@require(SEE_CAMPAIGNS)
def show(segment_id: str) -> str:
    """The rule in words, how many it holds for today and held for before."""
    segment, club = _segment(segment_id), current_club()
    tree, ground = tree_of(segment), _ground(club)
    broken = bool(places_at_fault(tree, segment.club_id))
    drawn = counts_since(segment.id, ground.today - timedelta(days=DRAWN_DAYS))
    return render_template(
        "clubcrm/campaigns/segment.html",
        segment=segment,
        words=rule_words(tree, known_traits(), _here(club)),
        broken=broken,
        people=None if broken else count_people(tree, ground),
        sample=[] if broken else load_hits(page_of_people(tree, ground, None, SAMPLE)),
        drawn=drawn,
        zone=club.zone,
    )


@segments.get("/segments/<segment_id>/edit")
@require(EDIT_SEGMENTS)
def edit(segment_id: str) -> str:
    segment = _segment(segment_id)
    builder = builder_of(tree_of(segment), known_traits(), _here(current_club()))
    shown = {"name": segment.name, "shared": "1" if segment.shared else ""}
    return _form(builder, segment, shown, {})


@segments.post("/segments/look")
@require(EDIT_SEGMENTS, own_units=True)
def look() -> str:
    """The form with one step more, and how many people its rule holds for now; nothing is kept."""
    with unit_of_work(write=False):
        builder = read_builder(request.form, known_traits(), _here(current_club()))
        builder.act(request.form.get("do", "")[:60])
        segment = _edited()
        page = _form(builder, segment, request.form, {})
    end_reading()
    return page


@segments.post("/segments/save")
@require(EDIT_SEGMENTS)
def save() -> ResponseReturnValue:
    """The segment is kept: a new one, or the one that was being changed."""
    club = current_club()
    builder = read_builder(request.form, known_traits(), _here(club))
    segment = _edited()
    draft = SegmentDraft(
        request.form.get("name", ""), builder.tree(), shared=bool(request.form.get("shared"))
    )
    faults = builder.blame(places_at_fault(draft.rule, club.id))
    try:
        if segment is None:
            kept = make_segment(club.id, draft, by=current_actor().ref)
        else:
            kept = change_segment(segment, draft, _seen(), by=current_actor().ref)
    except DomainError as error:
        named = {one.field: [one.message] for one in error.fields if one.field == "name"}
        wrong = {**named, **faults} or {"name": [error.text]}
        return _form(builder, segment, request.form, wrong), error.status
    flash(_("“%(name)s” is kept.", name=kept.name), "success")
    return redirect(url_for("segments.show", segment_id=kept.public_id), 303)


@segments.get("/segments/<segment_id>/people")
@require(SEE_PEOPLE)
def people(segment_id: str) -> str:
    """Everybody the rule holds for; the list is as long as the number."""
    segment, club = _segment(segment_id), current_club()
    tree, ground = tree_of(segment), _ground(club)
    if places_at_fault(tree, segment.club_id):
        raise not_found(_("The rule of this segment does not fit any more. Change it first."))
    behind = find_person(current_actor().scope, request.args.get("after", "")[:64])
    key = page_key(behind.id) if behind else None
    ids = page_of_people(tree, ground, key, PER_PAGE + 1)
    hits = load_hits(ids[:PER_PAGE])
    more = hits[-1].public_id if len(ids) > PER_PAGE else ""
    return render_template(
        "clubcrm/campaigns/segment_people.html",
        segment=segment,
        hits=hits,
        total=count_people(tree, ground),
        more=more,
        is_first=behind is None,
    )


@segments.post("/segments/count")
@require(SEE_CAMPAIGNS, own_units=True)
def count_all() -> ResponseReturnValue:
    """Every segment in sight has the number of this minute."""
    with unit_of_work(write=False):
        club = current_club()
        ids = [one.id for one in segments_of(club.id, current_actor().ref)]
    for one in ids:
        count_now(one)
    flash(_("Counted just now."), "success")
    return redirect(url_for("segments.index"), 303)


@segments.post("/segments/<segment_id>/aside")
@require(EDIT_SEGMENTS)
def aside(segment_id: str) -> ResponseReturnValue:
    """The segment is off the list, or back on it by the same button."""
    segment = _segment(segment_id)
    put_aside(segment, active=not segment.active, by=current_actor().ref)
    words = _("“%(name)s” is back.") if segment.active else _("“%(name)s” is put aside.")
    flash(words % {"name": segment.name}, "success")
    return redirect(url_for("segments.show", segment_id=segment.public_id), 303)


def _segment(segment_id: str) -> Segment:
    actor = current_actor()
    found = segment_for(actor.scope, segment_id, actor.ref)
    if found is None or found.club_id != current_club().id:
        raise not_found(_("There is no such segment in this club."))
    return found


def _edited() -> Segment | None:
    wanted = request.form.get("segment", "")[:64]
    return _segment(wanted) if wanted else None


def _seen() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _here(club: ClubChoice) -> tuple[int, str]:
    return club.id, club.currency


def _ground(club: ClubChoice) -> Ground:
    return Ground(club.id, clock.today(club.zone), club.zone, club.currency)


def _form(
    builder: Builder,
    segment: Segment | None,
    shown: object,
    wrong: dict[str, list[str]],
) -> str:
    club, tree = current_club(), builder.tree()
    fits = not places_at_fault(tree, club.id)
    return render_template(
        "clubcrm/campaigns/_builder.html" if request.headers.get("HX-Request") else FORM,
        builder=builder,
        segment=segment,
        shown=shown,
        wrong=wrong,
        joins=join_words(),
        offered=traits_offered(builder.traits),
        words=rule_words(tree, builder.traits, _here(club)) if fits else "",
        people=count_people(tree, _ground(club)) if fits else None,
        currency=club.currency,
    )
