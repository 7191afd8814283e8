"""What a member's answer means, in the languages of the clubs."""

import pytest

from clubcrm.messaging.rules.answers import AnswerKind, meaning_of, own_words


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "stop.", " Stop! ", "UNSUBSCRIBE", "Stop please", "STOP ALL"),
        *("বন্ধ", "বন্ধ করুন", "Bondho", "बन्द", "बन्द गर्नुहोस्।", "pardaina"),
        *("стоп", "СТОП!", "Отписаться", "не пишите"),
        *("Stopp", "abmelden", "बंद करो", "band karo"),
        "\u200bSTOP\u200b",
    ],
)
def test_a_word_of_refusal_ends_the_news(text: str) -> None:
    assert meaning_of(text) is AnswerKind.OPT_OUT


@pytest.mark.parametrize("text", ["START", "শুরু", "सुरु", "Старт", "शुरू"])
def test_a_word_of_welcome_begins_them_again(text: str) -> None:
    assert meaning_of(text) is AnswerKind.OPT_IN


@pytest.mark.parametrize(
    "text",
    [
        *("Can I stop my membership?", "I will stop by tomorrow", "stop, and call me", "", "👍"),
        *("আমি কাল আসব", "бросил курить, стоп не скажу", "Wann ist Ende der Stunde?"),
    ],
)
def test_a_sentence_is_for_a_person_to_read(text: str) -> None:
    assert meaning_of(text) is AnswerKind.ANSWER


@pytest.mark.parametrize(
    ("case", "text", "expected"),
    [
        ("plain", "See you", "See you"),
        ("quote marks", "STOP\n> Dear Mia,\n> we miss you", "STOP"),
        ("signature", "Yes\n-- \nMia", "Yes"),
        ("a line above the quote", "No\n\nOn 3.11.2026, Club wrote:\n> hi", "No"),
        ("with an address", "No\r\n\r\nClub <club@x.example> schrieb:\r\nhi", "No"),
        ("old programs", "No\n-----Original Message-----\nFrom: x", "No"),
        ("a colon of his own", "Two things:\nthe showers", "Two things:\nthe showers"),
    ],
)
def test_quoted_text_is_left_out(case: str, text: str, expected: str) -> None:
    assert own_words(text) == expected, case
