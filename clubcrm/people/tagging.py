"""Services room: people are marked with tags, and two people are tied together."""

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.policy import current_actor
from clubcrm.core.text import clean, fold
from clubcrm.people.about_tables import PersonTag, Tag, Tie
from clubcrm.people.models import Person
from clubcrm.people.queries.about import find_tag, tie_between
from clubcrm.people.rules.ties import TieKind, from_other_side, is_stored_way

LONGEST_TAG = 40
LONGEST_NOTE = 120


def put_tag(person: Person, typed: str, *, by: str | None = None) -> Tag:
    """The person carries the tag, which is made if nobody had it; once, however often told."""
    actor = by or current_actor().ref
    tag = tag_named(typed, actor)
    carried = db.session.get(PersonTag, (person.id, tag.id))
    if carried is None:
        try:
            with db.session.begin_nested():
                db.session.add(PersonTag(person_id=person.id, tag_id=tag.id, put_by=actor))
        except IntegrityError:
            return tag
        audit.note("tag.put", "person", person.id, after={"tag": tag.name}, by=by)
    return tag


def take_tag(person: Person, tag: Tag) -> None:
    """The person carries the tag no more."""
    gone = db.session.execute(
        delete(PersonTag).where(PersonTag.person_id == person.id, PersonTag.tag_id == tag.id)
    )
    if gone.rowcount:  # type: ignore[attr-defined]  # a delete counts its rows
        audit.note("tag.taken", "person", person.id, before={"tag": tag.name})


def drop_tag(tag: Tag) -> None:
    """The tag is gone from everybody."""
    people = list(db.session.scalars(select(PersonTag.person_id).where(PersonTag.tag_id == tag.id)))
    db.session.execute(delete(PersonTag).where(PersonTag.tag_id == tag.id))
    audit.note("tag.dropped", "tag", tag.id, before={"name": tag.name, "people": len(people)})
    db.session.delete(tag)
    db.session.flush()


def tie_people(
    person: Person, other: Person, kind: TieKind, note: str = "", *, by: str | None = None
) -> Tie:
    """The other one is this to the person; told again, the note is the new one.

    Raises INVALID_INPUT when a person is tied to himself.
    """
    if person.id == other.id:
        raise invalid({"other": "Choose another person."})
    words = clean(note, "note", longest=LONGEST_NOTE)
    if not is_stored_way(kind) or (from_other_side(kind) is kind and person.id > other.id):
        person, other, kind = other, person, from_other_side(kind)
    tie = db.session.scalar(
        select(Tie).where(Tie.person_id == person.id, Tie.other_id == other.id, Tie.kind == kind)
    )
    if tie is None:
        actor = by or current_actor().ref
        tie = Tie(person_id=person.id, other_id=other.id, kind=kind, made_by=actor)
        db.session.add(tie)
    tie.note = words
    db.session.flush()
    after = {"other_id": other.id, "kind": kind.value}
    audit.note("people.tied", "person", person.id, after=after, by=by)
    return tie


def untie(person: Person, tie_id: int) -> None:
    """The tie is gone; raises NOT_FOUND when the person has no such tie."""
    tie = tie_between(person.id, tie_id)
    if tie is None:
        raise not_found("There is no such tie.")
    before = {"person_id": tie.person_id, "other_id": tie.other_id, "kind": tie.kind.value}
    db.session.delete(tie)
    db.session.flush()
    audit.note("people.untied", "person", person.id, before=before)


def tag_named(typed: str, by: str) -> Tag:
    """Return the tag of this name, which is made if nobody had it; raises INVALID_INPUT."""
    name = clean(typed, "tag", longest=LONGEST_TAG)
    if not fold(name):
        raise invalid({"tag": "Write the tag first."})
    known = find_tag(fold(name))
    if known is not None:
        return known
    tag = Tag(name=name, folded=fold(name), made_by=by)
    try:
        with db.session.begin_nested():
            db.session.add(tag)
    except IntegrityError:
        raced = find_tag(fold(name))
        if raced is None:
            raise
        return raced
    return tag
