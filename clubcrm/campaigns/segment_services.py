"""Services room: segments are made, changed, put aside and counted."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.campaigns.models import Segment, SegmentCount
from clubcrm.campaigns.rules.tree import Fault, Group, as_values, conditions_of, faults_of
from clubcrm.campaigns.segment_words import facts_of, fault_words
from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.people.traits import known_traits


@dataclass(frozen=True, slots=True)
class SegmentDraft:
    """What a segment shall be."""

    name: str
    rule: Group
    shared: bool = True


def places_at_fault(rule: Group, club_id: int) -> dict[str, Fault]:
    """Return what is wrong with a rule by the place of its tree."""
    used = {one.trait for one in conditions_of(rule)}
    return faults_of(rule, facts_of(known_traits(used), club_id, used))


def make_segment(club_id: int, draft: SegmentDraft, *, by: str) -> Segment:
    """The segment stands in the list.

    Raises INVALID_INPUT, or NAME_TAKEN.
    """
    name = _checked(club_id, draft, but=None)
    moment = clock.now()
    segment = Segment(
        club_id=club_id,
        name=name,
        rule=as_values(draft.rule),
        shared=draft.shared,
        made_by=by,
        made_at=moment,
        changed_at=moment,
    )
    db.session.add(segment)
    db.session.flush()
    audit.note("segment.made", "segment", segment.id, after=_told(segment), by=by)
    return segment


def change_segment(segment: Segment, draft: SegmentDraft, seen: int, *, by: str) -> Segment:
    """The segment is as the draft says, unless somebody else changed it since `seen`.

    Raises INVALID_INPUT, NAME_TAKEN, or STALE.
    """
    name = _checked(segment.club_id, draft, but=segment.id)
    before = _told(segment)
    changed = db.session.execute(
        update(Segment)
        .where(Segment.id == segment.id, Segment.version == seen)
        .values(
            name=name,
            rule=as_values(draft.rule),
            shared=draft.shared,
            changed_at=clock.now(),
            version=seen + 1,
        )
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError("STALE", _("Somebody else has changed this segment. Load it again."))
    db.session.refresh(segment)
    audit.note("segment.changed", "segment", segment.id, before=before, after=_told(segment), by=by)
    return segment


def put_aside(segment: Segment, *, active: bool, by: str) -> None:
    """The segment is off the list and not counted any more, or back on it."""
    if segment.active is active:
        return
    segment.active = active
    db.session.flush()
    what = "segment.back" if active else "segment.put_aside"
    before = {"active": not active}
    audit.note(what, "segment", segment.id, before=before, after={"active": active}, by=by)


def keep_count(segment_id: int, day: date, people: int) -> None:
    """The number of the day stands in the store; a later count of the day takes its place."""
    make: Any = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    told = {"people": people, "counted_at": clock.now()}
    row = make(SegmentCount).values(segment_id=segment_id, day=day, **told)
    db.session.execute(row.on_conflict_do_update(index_elements=["segment_id", "day"], set_=told))


def _checked(club_id: int, draft: SegmentDraft, but: int | None) -> str:
    name = clean(draft.name, "name", longest=120)
    wrong = {
        f"rule.{place}": fault_words(one)
        for place, one in places_at_fault(draft.rule, club_id).items()
    }
    if not name:
        wrong["name"] = _("This is needed.")
    if wrong:
        raise invalid(wrong)
    taken = select(Segment.id).where(Segment.club_id == club_id, Segment.name == name)
    if but is not None:
        taken = taken.where(Segment.id != but)
    if db.session.scalar(taken) is not None:
        raise DomainError("NAME_TAKEN", _("Another segment has this name."))
    return name


def _told(segment: Segment) -> dict[str, object]:
    return {"name": segment.name, "rule": segment.rule, "shared": segment.shared}
