"""Services: the folded words by which a person is found are kept in step with the person."""

from collections.abc import Iterator

from sqlalchemy import delete, insert, select

from clubcrm.core.db import db
from clubcrm.core.text import fold
from clubcrm.people.models import ContactKind, ContactPoint, Person, SearchWord, WordKind
from clubcrm.people.rules.naming import (
    LONGEST_WORD,
    email_words,
    name_words,
    search_text,
    sort_name,
    sound_words,
)

OWN_KINDS = (WordKind.NAME, WordKind.SOUND, WordKind.EMAIL)


def words_of(
    given: str, family: str, emails: list[str], reference: str = ""
) -> Iterator[tuple[WordKind, str]]:
    """Give every word of a person that follows from his name, addresses and number, once."""
    yield from ((WordKind.NAME, word) for word in sorted(name_words(given, family)))
    yield from ((WordKind.SOUND, word) for word in sorted(sound_words(given, family)))
    found = {word for email in emails for word in email_words(email)}
    yield from ((WordKind.EMAIL, word) for word in sorted(found))
    if number := fold(reference)[:LONGEST_WORD]:
        yield (WordKind.NUMBER, number)


def refresh(person: Person) -> None:
    """The person is found by his present name and addresses, and no longer by former ones."""
    db.session.flush()
    emails = list(
        db.session.scalars(
            select(ContactPoint.value).where(
                ContactPoint.person_id == person.id, ContactPoint.kind == ContactKind.EMAIL
            )
        )
    )
    person.sort_name = sort_name(person.given_name, person.family_name)
    person.search_text = search_text((person.given_name, person.family_name), emails)
    db.session.execute(
        delete(SearchWord).where(SearchWord.person_id == person.id, SearchWord.kind.in_(OWN_KINDS))
    )
    lines = [
        {"person_id": person.id, "kind": kind, "word": word}
        for kind, word in words_of(person.given_name, person.family_name, emails)
    ]
    if lines:
        db.session.execute(insert(SearchWord), lines)
    if person.external_ref:
        set_search_word(person.id, person.external_ref)
    db.session.flush()


def set_search_word(person_id: int, word: str) -> None:
    """The person is found by this number too: a card, a member number."""
    folded = fold(word)[:LONGEST_WORD]
    if folded and db.session.get(SearchWord, (person_id, WordKind.NUMBER, folded)) is None:
        db.session.add(SearchWord(person_id=person_id, kind=WordKind.NUMBER, word=folded))
        db.session.flush()


def drop_search_word(person_id: int, word: str) -> None:
    """The person is no longer found by this number."""
    db.session.execute(
        delete(SearchWord).where(
            SearchWord.person_id == person_id,
            SearchWord.kind == WordKind.NUMBER,
            SearchWord.word == fold(word)[:LONGEST_WORD],
        )
    )
