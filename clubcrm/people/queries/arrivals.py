"""Queries: which of the people of a chunk of a table the club knows already."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select

from clubcrm.core.db import db
from clubcrm.people.models import ContactKind, ContactPoint, Person
from clubcrm.people.queries.duplicates import identities_of
from clubcrm.people.rules.crowd import Crowd
from clubcrm.people.rules.drafts import CheckedDraft
from clubcrm.people.rules.naming import sort_name


@dataclass(slots=True)
class KnownPeople:
    """Those the club knows: by reference, and as a crowd; `referenced` have a reference already."""

    by_reference: dict[str, int] = field(default_factory=dict)
    crowd: Crowd = field(default_factory=Crowd)
    referenced: set[int] = field(default_factory=set)


def known_among(club_id: int, source: str, drafts: Sequence[CheckedDraft]) -> KnownPeople:
    """Return who of the drafts may be known to the club, in five selects."""
    known = KnownPeople()
    references = {draft.external_ref for draft in drafts if draft.external_ref}
    if references:
        rows = db.session.execute(
            select(Person.external_ref, Person.id).where(
                Person.club_id == club_id,
                Person.source == source,
                Person.external_ref.in_(references),
            )
        )
        known.by_reference = {str(reference): number for reference, number in rows}
    ids = _near(club_id, drafts)
    for number, identity in sorted(identities_of(set(ids)).items()):
        known.crowd.add(number, identity)
    known.referenced = {number for number, reference in ids.items() if reference}
    return known


def _near(club_id: int, drafts: Sequence[CheckedDraft]) -> dict[int, str | None]:
    reached = {way for draft in drafts for way in (draft.phone, *draft.more_phones, draft.email)}
    names = {
        name
        for draft in drafts
        for name in (
            sort_name(draft.given_name, draft.family_name),
            sort_name(draft.family_name, draft.given_name),
        )
    }
    by_way = (
        select(ContactPoint.person_id)
        .where(
            ContactPoint.kind.in_((ContactKind.PHONE, ContactKind.EMAIL)),
            ContactPoint.value.in_(reached - {""}),
        )
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Person.id, Person.external_ref).where(
            Person.club_id == club_id,
            or_(Person.id.in_(by_way), Person.sort_name.in_(names)),
        )
    )
    return {row.id: row.external_ref for row in rows}
