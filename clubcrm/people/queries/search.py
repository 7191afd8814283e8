"""Queries: the search box. Each step is an indexed range or one narrow scan, the same on both
stores: literal beginnings and phone tails, then middles of words, then sounds, then slips."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, select, union_all

from clubcrm.core.clubs import Club, Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.text import ascii_digits, like_literal
from clubcrm.people.models import ContactPoint, Person, SearchWord, WordKind
from clubcrm.people.queries.hits import PersonHit, load_hits
from clubcrm.people.rules.contacts import phone_number, reversed_digits
from clubcrm.people.rules.naming import query_words
from clubcrm.people.rules.slips import MOST_CANDIDATES, SHORTEST, likely_words
from clubcrm.people.rules.sounds import is_spoken, sound_of

MOST_HITS = 100
SHORTEST_TAIL = 3
WHOLE_NUMBER = 7
TELLING_SOUND = 3
# No text begins with this code point, so [word, word + END) holds all texts that begin with word.
END = "\U0010ffff"
LITERAL = (WordKind.NAME, WordKind.EMAIL, WordKind.NUMBER)
_PHONE_LIKE = re.compile(r"[+\d][\d ()./\-]*")


def search(scope: Scope, typed: str, limit: int = 20) -> list[PersonHit]:
    """Return the people of the scope that match every word typed, best first, in a stable order."""
    return load_hits(search_ids(scope, typed, limit))


def search_ids(scope: Scope, typed: str, limit: int = 20) -> list[int]:
    """Return the ids of the people that match every word typed, best first."""
    words = query_words(typed)
    most = max(0, min(limit, MOST_HITS))
    if not words or not scope.club_ids or not most:
        return []
    found = _ranked(scope, words, _phone_tails(scope, typed), most)
    if all(word.isdigit() for word in words):
        return found
    if len(found) < most and _may_scan(words):
        found += _containing(scope, words, most - len(found), found)
    if len(found) < most:
        found += _sounding(scope, words, most - len(found), found)
    return found or _slipped(scope, words, most)


def _within(scope: Scope, without: Sequence[int] = ()) -> ColumnElement[bool]:
    # The sum keeps the planner from walking the whole club instead of the few words found.
    here = (Person.club_id + 0).in_(scope.club_ids)
    return and_(here, Person.id.not_in(without)) if without else here


def _beginning(word: str, kinds: Sequence[WordKind]) -> Select[tuple[int, int]]:
    exact = case((SearchWord.word == word, 1), else_=0).label("exact")
    return select(SearchWord.person_id, exact).where(
        SearchWord.kind.in_(kinds), SearchWord.word >= word, SearchWord.word < word + END
    )


def _tail(digits: str) -> Select[tuple[int, int]]:
    backwards = reversed_digits(digits)
    exact = case((ContactPoint.reversed_digits == backwards, 1), else_=0).label("exact")
    return select(ContactPoint.person_id, exact).where(
        ContactPoint.reversed_digits >= backwards, ContactPoint.reversed_digits < backwards + END
    )


def _matching(word: str) -> Subquery:
    parts = [_beginning(word, LITERAL)]
    if word.isdigit() and len(word) >= SHORTEST_TAIL:
        parts.append(_tail(word))
    return union_all(*parts).subquery()


def _ranked(scope: Scope, words: list[str], tails: set[str], limit: int) -> list[int]:
    # The longest word is the rarest: it leads, the others filter.
    lead, *others = sorted(words, key=len, reverse=True)
    found = _in_order(scope, _matching(lead), [_matching(word) for word in others], limit)
    if tails and len(found) < limit:
        whole = union_all(*[_tail(digits) for digits in sorted(tails)]).subquery()
        known = set(found)
        found += [each for each in _in_order(scope, whole, [], limit) if each not in known]
    return found[:limit]


def _in_order(scope: Scope, lead: Subquery, others: list[Subquery], limit: int) -> list[int]:
    statement = (
        select(Person.id)
        .join(lead, lead.c.person_id == Person.id)
        .where(_within(scope), *[Person.id.in_(select(each.c.person_id)) for each in others])
        .group_by(Person.id, Person.sort_name)
        .order_by(func.max(lead.c.exact).desc(), Person.sort_name, Person.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def _may_scan(words: list[str]) -> bool:
    return len(words) > 1 or len(words[0]) > 1 or not words[0].isalnum()


def _containing(scope: Scope, words: list[str], limit: int, without: Sequence[int]) -> list[int]:
    inside = [Person.search_text.like(f"%{like_literal(word)}%", escape="\\") for word in words]
    return list(
        db.session.scalars(
            select(Person.id)
            .where(Person.club_id.in_(scope.club_ids), *inside, Person.id.not_in(without))
            .order_by(Person.sort_name, Person.id)
            .limit(limit)
        )
    )


def _sounding(scope: Scope, words: list[str], limit: int, without: Sequence[int]) -> list[int]:
    sounds = [sound_of(word) if is_spoken(word) else "" for word in words]
    if not all(sounds) or (without and min(map(len, sounds)) < TELLING_SOUND):
        return []
    # While nothing else matched, the beginning of a sound is enough.
    alike = [
        select(SearchWord.person_id).where(
            SearchWord.kind == WordKind.SOUND,
            SearchWord.word == sound
            if without or len(sound) < TELLING_SOUND
            else and_(SearchWord.word >= sound, SearchWord.word < sound + END),
        )
        for sound in sounds
    ]
    return list(
        db.session.scalars(
            select(Person.id)
            .where(_within(scope, without), *[Person.id.in_(each) for each in alike])
            .order_by(Person.sort_name, Person.id)
            .limit(limit)
        )
    )


def _slipped(scope: Scope, words: list[str], limit: int) -> list[int]:
    if any(len(word) < SHORTEST for word in words):
        return []
    meant = [_meant(word) for word in words]
    if not all(meant):
        return []
    near = [
        select(SearchWord.person_id).where(
            SearchWord.kind == WordKind.NAME, SearchWord.word.in_(each)
        )
        for each in meant
    ]
    return list(
        db.session.scalars(
            select(Person.id)
            .where(_within(scope), *[Person.id.in_(each) for each in near])
            .order_by(Person.sort_name, Person.id)
            .limit(limit)
        )
    )


def _meant(word: str) -> list[str]:
    candidates = db.session.scalars(
        select(SearchWord.word)
        .where(
            SearchWord.kind == WordKind.NAME,
            SearchWord.word >= word[0],
            SearchWord.word < word[0] + END,
        )
        .distinct()
        .order_by(SearchWord.word)
        .limit(MOST_CANDIDATES)
    )
    return likely_words(word, candidates)


def _phone_tails(scope: Scope, typed: str) -> set[str]:
    """Return the forms in which a whole number, typed as people write it, may be stored."""
    text = ascii_digits(typed).strip()
    digits = reversed_digits(text)[::-1]
    if not _PHONE_LIKE.fullmatch(text) or len(digits) < SHORTEST_TAIL:
        return set()
    if len(digits) < WHOLE_NUMBER:
        return {digits}
    forms = {digits, digits.lstrip("0")}
    countries = db.session.scalars(
        select(Club.country).where(Club.id.in_(scope.club_ids)).distinct()
    )
    for country in countries:
        try:
            forms.add(phone_number(text, country).removeprefix("+"))
        except DomainError:
            continue
    return {form for form in forms if form}
