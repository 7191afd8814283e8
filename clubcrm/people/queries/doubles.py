"""Queries room: pairs of people who may be one, over the whole base of a club."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import func, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.address_tables import PostalAddress
from clubcrm.people.merge_tables import DoublePair
from clubcrm.people.models import ContactKind, ContactPoint, Person, WordKind
from clubcrm.people.models import SearchWord as Word
from clubcrm.people.queries.duplicates import identities_of
from clubcrm.people.queries.hits import PersonHit, load_hits
from clubcrm.people.rules.likeness import Likeness, Reason, duplicate_score

# Below this a pair shares a name or a phone only: namesakes and families.
LEAST_SCORE = 60
# A number or a birthday of more people than this tells nobody apart: it is the club's own.
MOST_IN_GROUP = 40
PIECE = 400
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Double:
    """Two people who may be one, as a list shows them."""

    pair_id: int
    one: PersonHit
    other: PersonHit
    score: int
    reasons: tuple[Reason, ...]


def likely_pairs(club_id: int) -> Iterator[tuple[Pair, Likeness]]:
    """Give every pair of the club worth a look, judged by all that is known of both."""
    pairs = sorted(_by_address(club_id) | _by_birthday(club_id) | _by_place(club_id))
    for start in range(0, len(pairs), PIECE):
        piece = pairs[start : start + PIECE]
        known = identities_of({number for pair in piece for number in pair})
        for one, other in piece:
            likeness = duplicate_score(known[one], known[other])
            if likeness.score >= LEAST_SCORE:
                yield (one, other), likeness


def _by_address(club_id: int) -> set[Pair]:
    shared = (
        select(ContactPoint.kind, ContactPoint.value)
        .join(Person, Person.id == ContactPoint.person_id)
        .where(
            Person.club_id == club_id,
            ContactPoint.kind.in_((ContactKind.PHONE, ContactKind.EMAIL)),
        )
        .group_by(ContactPoint.kind, ContactPoint.value)
        .having(func.count().between(2, MOST_IN_GROUP))
        .subquery()
    )
    rows = db.session.execute(
        select(ContactPoint.kind, ContactPoint.value, ContactPoint.person_id)
        .join(
            shared,
            (shared.c.kind == ContactPoint.kind) & (shared.c.value == ContactPoint.value),
        )
        .join(Person, Person.id == ContactPoint.person_id)
        .where(Person.club_id == club_id, Person.sort_name > "")
    )
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for kind, value, person_id in rows:
        groups[(kind, value)].add(person_id)
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


def _by_birthday(club_id: int) -> set[Pair]:
    """Return pairs born on one day of whom a part of the name sounds the same."""
    shared = (
        select(Person.birth_date)
        .where(Person.club_id == club_id, Person.birth_date.is_not(None), Person.sort_name > "")
        .group_by(Person.birth_date)
        .having(func.count().between(2, MOST_IN_GROUP))
    )
    rows = db.session.execute(
        select(Person.birth_date, Word.word, Person.id)
        .join(Word, (Word.person_id == Person.id) & (Word.kind == WordKind.SOUND))
        .where(Person.club_id == club_id, Person.birth_date.in_(shared))
    )
    groups: dict[tuple[object, str], set[int]] = defaultdict(set)
    for born, sound, person_id in rows:
        groups[(born, sound)].add(person_id)
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


def _by_place(club_id: int) -> set[Pair]:
    """Return pairs who live in one house and of whom a part of the name sounds the same."""
    shared = (
        select(PostalAddress.place_key)
        .join(Person, Person.id == PostalAddress.person_id)
        .where(Person.club_id == club_id, PostalAddress.place_key > "", Person.sort_name > "")
        .group_by(PostalAddress.place_key)
        .having(func.count().between(2, MOST_IN_GROUP))
    )
    rows = db.session.execute(
        select(PostalAddress.place_key, Word.word, Person.id)
        .join(Person, Person.id == PostalAddress.person_id)
        .join(Word, (Word.person_id == Person.id) & (Word.kind == WordKind.SOUND))
        .where(Person.club_id == club_id, PostalAddress.place_key.in_(shared))
    )
    groups: dict[tuple[object, str], set[int]] = defaultdict(set)
    for place, sound, person_id in rows:
        groups[(place, sound)].add(person_id)
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


def open_doubles(scope: Scope, limit: int, person_id: int | None = None) -> list[Double]:
    """Return the pairs nobody has decided about, likeliest first; all or those of one person."""
    query = select(DoublePair).where(
        DoublePair.club_id.in_(scope.club_ids), DoublePair.decided_at.is_(None)
    )
    if person_id is not None:
        query = query.where((DoublePair.one_id == person_id) | (DoublePair.other_id == person_id))
    pairs = db.session.scalars(
        query.order_by(DoublePair.score.desc(), DoublePair.id).limit(limit)
    ).all()
    return _shown(pairs)


def _shown(pairs: Sequence[DoublePair]) -> list[Double]:
    ids = sorted({number for pair in pairs for number in (pair.one_id, pair.other_id)})
    hits = {hit.id: hit for hit in load_hits(ids)}
    return [
        Double(
            pair.id,
            hits[pair.one_id],
            hits[pair.other_id],
            pair.score,
            tuple(Reason(each) for each in pair.reasons),
        )
        for pair in pairs
    ]


def open_count(scope: Scope) -> int:
    """Return how many pairs of the scope wait for a decision."""
    return db.session.execute(
        select(func.count())
        .select_from(DoublePair)
        .where(DoublePair.club_id.in_(scope.club_ids), DoublePair.decided_at.is_(None))
    ).scalar_one()


def double_in(scope: Scope, pair_id: int) -> DoublePair | None:
    """Return the pair if it belongs to a club of the scope."""
    return db.session.scalars(
        select(DoublePair).where(DoublePair.id == pair_id, DoublePair.club_id.in_(scope.club_ids))
    ).first()


def known_pairs(club_id: int) -> dict[Pair, DoublePair]:
    """Return the pairs of a club that were found before, decided or not."""
    rows = db.session.scalars(select(DoublePair).where(DoublePair.club_id == club_id))
    return {(row.one_id, row.other_id): row for row in rows}
