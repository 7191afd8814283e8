"""Services: people are registered, found again and changed."""

from dataclasses import asdict

from flask_babel import gettext as _
from sqlalchemy import update as sql_update

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.types import JsonObject
from clubcrm.people import contact_points, findability
from clubcrm.people.changes import note_change
from clubcrm.people.events import LeftAlone, PersonRegistered
from clubcrm.people.models import ContactKind, Person
from clubcrm.people.queries.duplicates import likely_duplicates
from clubcrm.people.refusals import note_wish
from clubcrm.people.rules.contacts import email_address, phone_number
from clubcrm.people.rules.drafts import CheckedDraft, PersonDraft, check_draft

EDITED = ("given_name", "family_name", "phone", "email", "birth_date", "language", "desk_note")


def register(draft: PersonDraft, club_id: int, *, by: str | None = None) -> Person:
    """A new person of the club exists and can be found; raises INVALID_INPUT naming every fault."""
    return add_person(checked(draft, club_id), club_id, by=by)


def checked(draft: PersonDraft, club_id: int) -> CheckedDraft:
    """Return the draft in normal form by the club's country and day; raises INVALID_INPUT."""
    club = _club(club_id)
    return check_draft(draft, club.country, clock.today(club.zone))


def country_of(club_id: int) -> str:
    """Return the country in which local phone numbers of the club are read."""
    return _club(club_id).country


def _club(club_id: int) -> Club:
    club = db.session.get(Club, club_id)
    if club is None:
        raise not_found(_("There is no such club."))
    return club


def add_person(draft: CheckedDraft, club_id: int, *, by: str | None = None) -> Person:
    """The person of a checked draft exists, with his ways to be reached and words to be found."""
    person = Person(
        club_id=club_id,
        given_name=draft.given_name,
        family_name=draft.family_name,
        birth_date=draft.birth_date,
        language=draft.language,
        desk_note=draft.desk_note,
        source=draft.source,
        external_ref=draft.external_ref,
    )
    db.session.add(person)
    db.session.flush()
    if draft.phone:
        contact_points.put_first(person, ContactKind.PHONE, draft.phone, draft.phone_typed)
    if draft.email:
        contact_points.put_first(person, ContactKind.EMAIL, draft.email, draft.email_typed)
    findability.refresh(person)
    audit.note(
        "person.registered",
        "person",
        person.id,
        after={"club_id": club_id, "source": draft.source},
        by=by,
    )
    events.record(
        PersonRegistered(
            club_id=club_id,
            happened_at=clock.now(),
            person_id=person.id,
            source=draft.source,
        )
    )
    return person


def find_or_register(
    draft: PersonDraft, club_id: int, *, by: str | None = None
) -> tuple[Person, bool]:
    """Return the person who is certainly meant, or a new one; True when it is new."""
    ready = checked(draft, club_id)
    for match in likely_duplicates(Scope((club_id,)), ready.identity, limit=1):
        if match.likeness.is_certain:
            return db.session.get_one(Person, match.hit.id), False
    return add_person(ready, club_id, by=by), True


def change(person: Person, draft: PersonDraft, version: int, *, by: str | None = None) -> Person:
    """The person is as the draft says, if nobody changed him since `version` was read.

    Raises STALE (409) with what is stored and what was sent, INVALID_INPUT naming every fault.
    """
    ready = checked(draft, person.club_id)
    before = fields_of(person)
    done = db.session.execute(
        sql_update(Person)
        .where(Person.id == person.id, Person.version == version)
        .values(
            given_name=ready.given_name,
            family_name=ready.family_name,
            birth_date=ready.birth_date,
            language=ready.language,
            desk_note=ready.desk_note,
            changed_at=clock.now(),
            version=version + 1,
        )
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise _stale(person, draft, version)
    db.session.refresh(person)
    contact_points.replace_first(person, ContactKind.PHONE, ready.phone, ready.phone_typed)
    contact_points.replace_first(person, ContactKind.EMAIL, ready.email, ready.email_typed)
    findability.refresh(person)
    _note_change(person, before, by)
    return person


def fields_of(person: Person) -> JsonObject:
    """Return what a form about the person shows, as plain values."""
    phone = contact_points.first_of(person.id, ContactKind.PHONE)
    email = contact_points.first_of(person.id, ContactKind.EMAIL)
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "phone": phone.value if phone else "",
        "email": email.value if email else "",
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "language": person.language,
        "desk_note": person.desk_note,
    }


def add_contact(person: Person, kind: ContactKind, typed: str, *, by: str | None = None) -> None:
    """The person can be reached this way too, from now on first; raises INVALID_INPUT."""
    value = _normal(person, kind, typed)
    contact_points.put_first(person, kind, value, typed.strip())
    findability.refresh(person)
    note_change(person.id, kind.value, "", value, by=by)
    audit.note("person.contact_added", "person", person.id, after={"kind": kind}, by=by)


def change_contact(person: Person, point_id: int, typed: str) -> int:
    """The way to reach the person has another value; returns its key, as it may be known already.

    Raises NOT_FOUND when it is not his, INVALID_INPUT when the value cannot be.
    """
    point = contact_points.point_of(person, point_id)
    old = point.value
    value = _normal(person, point.kind, typed)
    if value == old:
        return point.id
    changed = contact_points.revalue(point, value, typed.strip())
    findability.refresh(person)
    note_change(person.id, changed.kind.value, old, value)
    audit.note("person.contact_changed", "person", person.id, after={"kind": changed.kind})
    return changed.id


def prefer_contact(person: Person, point_id: int) -> None:
    """This way is tried before others of its kind; raises NOT_FOUND when it is not his."""
    point = contact_points.point_of(person, point_id)
    if not point.is_primary:
        contact_points.put_first(person, point.kind, point.value, point.as_typed)
        findability.refresh(person)
        audit.note("person.contact_first", "person", person.id, after={"kind": point.kind})


def remove_contact(person: Person, point_id: int, *, by: str | None = None) -> None:
    """The person is no longer reached that way; raises NOT_FOUND when he never was."""
    point = contact_points.remove(person, point_id)
    findability.refresh(person)
    note_change(person.id, point.kind.value, point.value, "", by=by)
    audit.note("person.contact_removed", "person", person.id, after={"kind": point.kind}, by=by)


def set_do_not_contact(person: Person, wish: bool, *, by: str | None = None) -> None:
    """Nobody writes to the person for any reason, or that wish is lifted."""
    if person.do_not_contact != wish:
        person.do_not_contact = wish
        note_change(person.id, "do_not_contact", not wish, wish, by=by)
        audit.note(
            "person.do_not_contact",
            "person",
            person.id,
            before={"do_not_contact": not wish},
            after={"do_not_contact": wish},
            by=by,
        )
        note_wish(person, wish)
        if wish:
            events.record(LeftAlone(person.club_id, clock.now(), person.id))
        db.session.flush()


def _normal(person: Person, kind: ContactKind, typed: str) -> str:
    if kind is ContactKind.PHONE:
        return phone_number(typed, country_of(person.club_id), "value")
    return email_address(typed, "value") if kind is ContactKind.EMAIL else typed.strip()


def _stale(person: Person, draft: PersonDraft, version: int) -> DomainError:
    db.session.refresh(person)
    sent = {name: str(value or "") for name, value in asdict(draft).items() if name in EDITED}
    return DomainError(
        "STALE",
        _("Somebody else saved this person while you were writing. Compare, then save again."),
        status=409,
        extra={
            "stored": {**fields_of(person), "version": person.version},
            "sent": {**sent, "version": version},
        },
    )


def _note_change(person: Person, before: JsonObject, by: str | None) -> None:
    # The audit chain can never forget, so it names the fields and keeps personal words out.
    after = fields_of(person)
    changed = [name for name in EDITED if before[name] != after[name]]
    for name in changed:
        note_change(person.id, name, before[name], after[name], by=by)
    audit.note("person.changed", "person", person.id, after={"fields": changed}, by=by)
