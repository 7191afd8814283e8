"""Queries room: the people behind one number of the map, page by page, each with his reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select, tuple_

from clubcrm.core.db import db
from clubcrm.core.formats import day_short
from clubcrm.journeys.crowds import DROPPED, RENEWED, Ground, Group, people_in
from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchRefusal, TouchState
from clubcrm.journeys.names import stage_words, touch_name
from clubcrm.journeys.reasons import why_words
from clubcrm.people.models import Person
from clubcrm.people.queries.hits import PersonHit, load_hits

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One person of a group: where he stands and what was said."""

    hit: PersonHit
    stage: str
    silent: str
    note: str


def page_of_group(group: Group, ground: Ground, after: str) -> tuple[list[Listed], str]:
    """Return a page of a group by name, and the key of the next page or nothing."""
    chosen = (
        select(Person.id)
        .where(Person.id.in_(people_in(group, ground)))
        .order_by(Person.sort_name, Person.id)
        .limit(PAGE + 1)
    )
    behind = db.session.execute(
        select(Person.sort_name, Person.id).where(Person.public_id == after)
    ).first()
    if behind is not None:
        chosen = chosen.where(tuple_(Person.sort_name, Person.id) > tuple_(*behind))
    ids = db.session.scalars(chosen).all()
    hits = load_hits(ids[:PAGE])
    facts = _facts(ids)
    notes = _notes(group, ground, ids)
    rows = [Listed(hit, *_standing(facts.get(hit.id)), note=notes.get(hit.id, "")) for hit in hits]
    return rows, hits[-1].public_id if len(ids) > PAGE else ""


def heading(group: Group) -> str:
    """Return what a group is called."""
    if group.code:
        words = {
            "waiting": _("%(name)s: waiting", name=touch_name(group.code)),
            "done": _("%(name)s: done", name=touch_name(group.code)),
            "held": _("%(name)s: held out", name=touch_name(group.code)),
            "dropped": _("%(name)s: not said", name=touch_name(group.code)),
        }
        return words[group.what]
    if group.target == RENEWED:
        return _("Renewed")
    if group.target:
        return _(
            "From %(source)s to %(target)s",
            source=stage_words(group.source),
            target=stage_words(group.target),
        )
    return stage_words(group.stage)


def _facts(ids: Sequence[int]) -> Mapping[int, MemberFacts]:
    rows = db.session.scalars(select(MemberFacts).where(MemberFacts.person_id.in_(ids)))
    return {row.person_id: row for row in rows}


def _standing(facts: MemberFacts | None) -> tuple[str, str]:
    if facts is None or facts.stage is None:
        return "", ""
    if not facts.visits:
        return facts.stage.value, _("never came")
    silent = ngettext("%(num)s quiet day", "%(num)s quiet days", facts.silent_days)
    return facts.stage.value, silent if facts.silent_days else _("came today")


def _notes(group: Group, ground: Ground, ids: Sequence[int]) -> dict[int, str]:
    if not group.code:
        return {}
    notes: dict[int, tuple[date, str]] = {}
    for touch in db.session.scalars(
        select(Touchpoint).where(Touchpoint.person_id.in_(ids), Touchpoint.code == group.code)
    ):
        _keep(notes, touch.person_id, touch.planned_on, _said(touch))
    if group.what == DROPPED:
        for one in db.session.scalars(
            select(TouchRefusal).where(
                TouchRefusal.person_id.in_(ids),
                TouchRefusal.code == group.code,
                TouchRefusal.last_on >= ground.since,
            )
        ):
            _keep(notes, one.person_id, one.last_on, why_words(one.why))
    return {
        person: " ".join(part for part in (day_short(day), text) if part)
        for person, (day, text) in notes.items()
    }


def _keep(notes: dict[int, tuple[date, str]], person: int, day: date, text: str) -> None:
    if person not in notes or notes[person][0] <= day:
        notes[person] = (day, text)


def _said(touch: Touchpoint) -> str:
    if touch.state in (TouchState.PLANNED, TouchState.QUEUED, TouchState.DELIVERED):
        return ""
    return why_words(touch.why)
