"""Queries: who in the club may already be the person somebody is about to register."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.text import fold
from clubcrm.people.models import ContactKind, ContactPoint, Person, SearchWord, WordKind
from clubcrm.people.queries.addresses import places_of
from clubcrm.people.queries.hits import PersonHit, load_hits
from clubcrm.people.rules.likeness import Identity, Likeness, duplicate_score
from clubcrm.people.rules.naming import LONGEST_WORD, sound_words

MOST_CANDIDATES = 60


@dataclass(frozen=True, slots=True)
class Match:
    """A person who may be the same, how likely, and why."""

    hit: PersonHit
    likeness: Likeness


def likely_duplicates(scope: Scope, probe: Identity, limit: int = 5) -> list[Match]:
    """Return the people of the scope worth looking at before a new one is made, likeliest first."""
    ids = _candidates(scope, probe)
    if not ids:
        return []
    identities = identities_of(ids)
    matches = [
        Match(hit, duplicate_score(probe, identities[hit.id])) for hit in load_hits(sorted(ids))
    ]
    worth = [match for match in matches if match.likeness.is_worth_showing]
    return sorted(worth, key=lambda match: (-match.likeness.score, match.hit.id))[:limit]


def identities_of(ids: set[int]) -> dict[int, Identity]:
    """Return what tells each of the people apart; three selects."""
    ways: dict[tuple[int, ContactKind], set[str]] = {}
    points = db.session.execute(
        select(ContactPoint.person_id, ContactPoint.kind, ContactPoint.value).where(
            ContactPoint.person_id.in_(ids)
        )
    )
    for person_id, kind, value in points:
        ways.setdefault((person_id, kind), set()).add(value)
    places = places_of(ids)
    people = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name, Person.birth_date).where(
            Person.id.in_(ids)
        )
    )
    return {
        row.id: Identity(
            f"{row.given_name} {row.family_name}".strip(),
            frozenset(ways.get((row.id, ContactKind.PHONE), ())),
            frozenset(ways.get((row.id, ContactKind.EMAIL), ())),
            row.birth_date,
            places.get(row.id, ""),
        )
        for row in people
    }


def _candidates(scope: Scope, probe: Identity) -> set[int]:
    reached = probe.phones | probe.emails
    ids: set[int] = set()
    if reached:
        ids.update(
            db.session.scalars(
                select(Person.id)
                .join(ContactPoint, ContactPoint.person_id == Person.id)
                .where(
                    ContactPoint.kind.in_((ContactKind.PHONE, ContactKind.EMAIL)),
                    ContactPoint.value.in_(reached),
                    Person.club_id.in_(scope.club_ids),
                )
                .order_by(Person.id)
                .limit(MOST_CANDIDATES)
            )
        )
    ids.update(_namesakes(scope, probe.name))
    return ids


def _namesakes(scope: Scope, name: str) -> list[int]:
    words = [word[:LONGEST_WORD] for word in fold(name).split()]
    if not words:
        return []
    sounds = sorted(sound_words(name))
    ways = [and_(*[_having(WordKind.NAME, word) for word in words])]
    if len(sounds) == len(words):
        ways.append(and_(*[_having(WordKind.SOUND, sound) for sound in sounds]))
    return list(
        db.session.scalars(
            select(Person.id)
            .where((Person.club_id + 0).in_(scope.club_ids), or_(*ways))
            .order_by(Person.id)
            .limit(MOST_CANDIDATES)
        )
    )


def _having(kind: WordKind, word: str) -> ColumnElement[bool]:
    return Person.id.in_(
        select(SearchWord.person_id).where(SearchWord.kind == kind, SearchWord.word == word)
    )
