"""People are found by every part of their name, in any script and in a neighbour's spelling."""

import pytest

from clubcrm.core.errors import DomainError
from clubcrm.people.rules.naming import (
    email_words,
    language_code,
    name_words,
    person_name,
    query_words,
    search_text,
    sort_name,
    sound_words,
)
from clubcrm.people.rules.sounds import sound_of


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("Mia", "Rahman"), {"mia", "rahman"}),
        (("Anne-Marie", "O'Brien"), {"anne-marie", "annemarie", "anne", "marie", "o'brien",
                                     "obrien", "o", "brien"}),
        (("ИВАН", "Ёлкин"), {"иван", "елкин"}),
        (("মিয়া", "রহমান"), {"মিয়া", "রহমান"}),
        (("😀",), {"😀"}),
        (("100%", "_"), {"100%", "100", "_"}),
        (("Straße",), {"strasse"}),
        (("",), set()),
    ],
)  # fmt: skip
def test_name_gives_its_words(names, words):
    assert name_words(*names) == words


def test_both_spellings_of_a_bengali_letter_are_one_word():
    precomposed, decomposed = "মি\u09dfা", "মি\u09af\u09bcা"

    assert name_words(precomposed) == name_words(decomposed)


def test_words_fit_their_column_whatever_the_letters():
    assert max(len(word) for word in name_words("㌀" * 200)) == 64
    assert len(sort_name("㌀" * 200, "㌀" * 200)) == 400


def test_lists_are_sorted_by_family_name():
    assert sort_name("Mia", "Rahman") == "rahman mia"
    assert sort_name("Mia", "") == "mia"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Иванов", "Ivanov"),
        ("রহমান", "Rahman"),
        ("চৌধুরী", "Chowdhury"),
        ("মোহাম্মদ", "Muhammad"),
        ("मोहम्मद", "Mohammed"),
        ("श्रेष्ठ", "Shrestha"),
        ("Щербаков", "Shcherbakov"),
        ("Қайрат", "Kairat"),
        ("Әлия", "Aliya"),
        ("Müller", "Mueller"),
        ("Sørensen", "Sorensen"),
        ("شريف", "Sharif"),
        ("Вальтер", "Walter"),
        ("Stephanie", "Stefani"),
    ],
)
def test_name_sounds_the_same_in_another_script(one, other):
    assert sound_of(one) == sound_of(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Karim", "Kabir"), ("Мария", "Марта"), ("Li", "Le")])
def test_other_names_sound_different_or_say_nothing(one, other):
    assert sound_of(one) != sound_of(other) or sound_of(one) == ""


def test_numbers_and_signs_make_no_sound():
    assert sound_words("44", "%", "😀", "A1") == set()


def test_address_is_found_by_its_parts():
    assert email_words("Mia.Rahman+gym@Example.com") == {
        "mia.rahman+gym@example.com", "mia", "rahman", "gym",
    }  # fmt: skip


def test_middle_of_a_word_stands_in_the_search_text():
    assert "hma" in search_text(("Mia", "Rahman"), ("mia@example.com",))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("  Mia  RAH ", ["mia", "rah"]),
        ("a\x00b\tc", ["a", "b", "c"]),
        ("\ud800x", ["x"]),
        ("\u202emia", ["mia"]),
        ("%_\\'\"", ["%_\\'\""]),
        ("", []),
        (" ".join("abcdefghijkl"), list("abcdefgh")),
    ],
)
def test_query_becomes_folded_words(typed, words):
    assert query_words(typed) == words


@pytest.mark.parametrize("name", ["\u200b", "\u200d\u200c", "   ", ""])
def test_name_that_nobody_can_see_is_refused(name):
    with pytest.raises(DomainError) as refusal:
        person_name(name, "given_name", required=True)

    assert [one.field for one in refusal.value.fields] == ["given_name"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [("bn", "bn"), ("EN", "en"), ("pt_BR", "pt-BR"), ("ru", "ru"), ("", None), (" ne ", "ne")],
)
def test_language_is_a_known_code(typed, code):
    assert language_code(typed) == code


@pytest.mark.parametrize("typed", ["klingon", "x", "12", "../../etc", "e" * 40])
def test_unknown_language_is_refused(typed):
    with pytest.raises(DomainError) as refusal:
        language_code(typed)

    assert [one.field for one in refusal.value.fields] == ["language"]
