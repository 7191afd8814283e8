"""The search box finds people by any part of a name, a phone tail, a card, an address."""

import pytest

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people import api
from clubcrm.people.findability import drop_search_word, set_search_word
from clubcrm.people.models import Person
from clubcrm.people.queries.search import search, search_ids
from tests.cast import Cast

PEOPLE = {
    "anna": ("Anna", "Karim", "01811-222333", "anna.k@example.com"),
    "annemarie": ("Anne-Marie", "O'Brien", "", ""),
    "bengali": ("আনিকা", "রহমান", "০১৯১১-৪৪৫৫৬৬", ""),
    "ivan": ("Иван", "Ёлкин", "+7 701 123 45 67", ""),
    "percent": ("100%", "Fit_Guy", "", "a\\b@example.com".replace("\\", "-")),
    "backslash": ("C:\\temp", 'He said "hi"', "", ""),
    "rahman": ("Karim", "Rahman", "01711-987654", "rahman@gym.example"),
    "arabic": ("محمد", "شريف", "", ""),
    "emoji": ("😀", "Smile", "", ""),
}


@pytest.fixture
def known(unit: None, cast: Cast) -> dict[str, int]:
    """Return the ids of people of many scripts, registered in Dhanmondi."""
    ids = {
        key: api.register(
            api.PersonDraft(given_name=given, family_name=family, phone=phone, email=email),
            cast.club,
            by="test",
        ).id
        for key, (given, family, phone, email) in PEOPLE.items()
    }
    ids["mia"] = cast.members["Mia"]
    ids["zia"] = cast.members["Zia"]
    return ids


def found(cast: Cast, known: dict[str, int], typed: str) -> list[str]:
    """Return the names of those found, in the order found."""
    names = {number: key for key, number in known.items()}
    return [names[each] for each in search_ids(Scope((cast.club,)), typed)]


MEANT = {
    "ann": ["anna", "annemarie"],  # three letters begin a name
    "KARIM": ["anna", "rahman"],  # capitals, family or given
    "rahman kar": ["rahman"],  # two words in any order
    "marie": ["annemarie"],  # part after a hyphen
    "obrien": ["annemarie"],  # without the apostrophe
    "o'br": ["annemarie"],  # with the apostrophe
    "hma": ["mia", "rahman"],  # middle of a word
    "আনি": ["bengali"],  # Bengali letters
    "елкин": ["ivan"],  # Cyrillic without dots
    "ЁЛКИН ИВАН": ["ivan"],  # Cyrillic capitals
    "Ivan Elkin": ["ivan"],  # Latin for Cyrillic
    "anika": ["bengali"],  # Latin for Bengali
    "sharif": ["arabic"],  # Latin for Arabic
    "محمد": ["arabic"],  # Arabic letters
    "rehman": ["mia", "rahman", "bengali"],  # other vowels, other script
    "krarim": ["anna", "rahman"],  # one letter too many
    "kraim": ["anna", "rahman"],  # two letters swapped
    "7654": ["rahman"],  # phone tail
    "৭৬৫৪": ["rahman"],  # phone tail in Bengali digits
    "5566": ["bengali"],  # tail of a number typed in Bengali
    "01711 987 654": ["rahman"],  # whole local number with spaces
    "+880 1711-987654": ["rahman"],  # whole number with country code
    "karim 7654": ["rahman"],  # name and tail
    "rahman@g": ["rahman"],  # beginning of an address
    "gym.example": ["rahman"],  # host of an address
    "ANNA.K@Example.com": ["anna"],  # whole address
    "😀": ["emoji"],  # emoji
    "nobody": [],  # nobody
    "": [],  # nothing typed
    "\u200b \u202e": [],  # nothing visible typed
}

LITERAL = {
    "%": ["percent"],
    "100%": ["percent"],
    "_": ["percent"],
    "fit_": ["percent"],
    "\\": ["backslash"],
    "c:\\t": ["backslash"],
    '"hi"': ["backslash"],
    '"': ["backslash"],
    "'": ["annemarie"],
    "' OR 1=1 --": [],
    "%%%": [],
    "__": [],
    "(a+)+$": [],
    "[": [],
}


def test_search_finds_whom_the_desk_means(cast, known):
    answers = {typed: sorted(found(cast, known, typed)) for typed in MEANT}

    assert answers == {typed: sorted(expected) for typed, expected in MEANT.items()}


@pytest.mark.fault
def test_f67_signs_of_search_languages_are_literal(cast, known):
    answers = {typed: found(cast, known, typed) for typed in LITERAL}

    assert answers == LITERAL


def test_exact_words_come_before_longer_ones(cast, known):
    longer = api.register(api.PersonDraft("Anna", "Karimi"), cast.club, by="test")

    ids = search_ids(Scope((cast.club,)), "karim")

    assert ids[-1] == longer.id
    assert sorted(ids[:2]) == sorted([known["anna"], known["rahman"]])


def test_order_is_by_name_and_stays(cast, known):
    first = search_ids(Scope((cast.club,)), "a")

    names = [db.session.get_one(Person, each).sort_name for each in first]
    assert first == search_ids(Scope((cast.club,)), "a")
    assert names == sorted(names)


def test_limit_cuts_the_same_list(cast, known):
    whole = search_ids(Scope((cast.club,)), "a", limit=20)

    assert len(whole) > 2
    assert search_ids(Scope((cast.club,)), "a", limit=2) == whole[:2]
    assert search_ids(Scope((cast.club,)), "a", limit=0) == []


def test_people_of_another_club_are_not_found(cast, known):
    assert search_ids(Scope((cast.club,)), "zia") == []
    assert search_ids(Scope((cast.other_club,)), "zia") == [known["zia"]]
    assert search_ids(Scope((cast.other_club,)), "030 123456") == [known["zia"]]
    assert search_ids(Scope(()), "zia") == []


def test_card_number_finds_its_holder_until_dropped(cast, known):
    set_search_word(known["mia"], "CARD-00A7")
    set_search_word(known["mia"], "CARD-00A7")

    assert found(cast, known, "card-00") == ["mia"]

    drop_search_word(known["mia"], "card-00a7")

    assert found(cast, known, "card-00") == []


def test_hit_says_what_the_desk_needs(cast, known):
    (hit,) = search(Scope((cast.club,)), "anna.k@")

    assert (hit.name, hit.phone, hit.email, hit.club_name, hit.photo) == (
        "Anna Karim",
        "+8801811222333",
        "anna.k@example.com",
        "Dhanmondi",
        "",
    )


def test_huge_search_text_is_answered(cast, known):
    assert found(cast, known, "x" * 100_000) == []
    assert found(cast, known, "a " * 5_000) == found(cast, known, "a")
    assert found(cast, known, "9" * 500) == []
    assert found(cast, known, "an\x00na\ud800") == ["anna"]
