"""Services: a chunk of checked people is written in bulk, with one audit line and one fact."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.people import findability
from clubcrm.people.arrived_extras import write_extras
from clubcrm.people.events import PeopleImported, PersonRegistered
from clubcrm.people.models import ContactKind, ContactPoint, Person, SearchWord
from clubcrm.people.rules.contacts import reversed_digits
from clubcrm.people.rules.drafts import NO_EXTRAS, CheckedDraft
from clubcrm.people.rules.naming import search_text, sort_name

Lines = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person of a table; one the club knows already only gets the table's reference."""

    draft: CheckedDraft
    person_id: int | None = None


def write_arrivals(
    club_id: int, batch_id: int, arrivals: Sequence[Arrival], *, by: str
) -> list[int]:
    """The new people exist and can be found, the known ones carry their reference; returns ids."""
    for arrival in arrivals:
        if arrival.person_id is not None and arrival.draft.external_ref:
            person = db.session.get_one(Person, arrival.person_id)
            person.external_ref = arrival.draft.external_ref
            findability.set_search_word(person.id, arrival.draft.external_ref)
    drafts = [arrival.draft for arrival in arrivals if arrival.person_id is None]
    if not drafts:
        return []
    ids = _write(club_id, drafts)
    told = [(one, draft.extras) for one, draft in zip(ids, drafts, strict=True)]
    write_extras([pair for pair in told if pair[1] is not NO_EXTRAS], by=by)
    audit.note(
        "people.imported",
        "import_batch",
        batch_id,
        after={"first_person": min(ids), "last_person": max(ids), "count": len(ids)},
        by=by,
    )
    events.record(
        PeopleImported(
            club_id=club_id,
            happened_at=clock.now(),
            batch_id=batch_id,
            first_id=min(ids),
            last_id=max(ids),
        )
    )
    return ids


def register_many(drafts: Sequence[CheckedDraft], club_id: int, *, by: str) -> list[int]:
    """New people of the club exist, each with a line and a fact of his own; returns their ids."""
    if not drafts:
        return []
    ids, moment = _write(club_id, drafts), clock.now()
    pairs = list(zip(ids, drafts, strict=True))
    lines = [(one, {"club_id": club_id, "source": draft.source}) for one, draft in pairs]
    audit.note_many("person.registered", "person", lines, by=by)
    events.record_many(
        [
            PersonRegistered(club_id, moment, person_id=one, source=each.source)
            for one, each in pairs
        ]
    )
    return ids


def _write(club_id: int, drafts: Sequence[CheckedDraft]) -> list[int]:
    ids = _insert_people(club_id, drafts)
    pairs = list(zip(ids, drafts, strict=True))
    ways = [line for number, draft in pairs for line in _ways(number, draft)]
    if ways:
        db.session.execute(insert(ContactPoint), ways)
    words = [line for number, draft in pairs for line in _words(number, draft)]
    if words:
        db.session.execute(insert(SearchWord), words)
    return ids


def _insert_people(club_id: int, drafts: Sequence[CheckedDraft]) -> list[int]:
    moment = clock.now()
    lines = [
        {
            "club_id": club_id,
            "given_name": draft.given_name,
            "family_name": draft.family_name,
            "sort_name": sort_name(draft.given_name, draft.family_name),
            "search_text": search_text(
                (draft.given_name, draft.family_name), [draft.email] if draft.email else []
            ),
            "birth_date": draft.birth_date,
            "language": draft.language,
            "desk_note": draft.desk_note,
            "source": draft.source,
            "external_ref": draft.external_ref,
            "created_at": moment,
            "changed_at": moment,
        }
        for draft in drafts
    ]
    statement = insert(Person).returning(Person.id, sort_by_parameter_order=True)
    return list(db.session.scalars(statement, lines))


def _ways(person_id: int, draft: CheckedDraft) -> Lines:
    moment = clock.now()
    known = [(ContactKind.EMAIL, draft.email, draft.email_typed)] if draft.email else []
    if draft.phone:
        known.append((ContactKind.PHONE, draft.phone, draft.phone_typed))
    known += [(ContactKind.PHONE, each, each) for each in draft.more_phones if each != draft.phone]
    return [
        {
            "person_id": person_id,
            "kind": kind,
            "value": value,
            "as_typed": typed,
            "reversed_digits": reversed_digits(value) if kind is ContactKind.PHONE else None,
            "is_primary": value not in draft.more_phones or value == draft.phone,
            "created_at": moment,
        }
        for kind, value, typed in known
    ]


def _words(person_id: int, draft: CheckedDraft) -> Lines:
    emails = [draft.email] if draft.email else []
    found = findability.words_of(
        draft.given_name, draft.family_name, emails, draft.external_ref or ""
    )
    return [{"person_id": person_id, "kind": kind, "word": word} for kind, word in found]
