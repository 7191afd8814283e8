"""What follows from facts alone: due times, threads, subjects, ways up, found articles."""

from datetime import timedelta

import pytest

from clubcrm.tickets.rules.cases import (
    Priority,
    TicketOrigin,
    TicketRules,
    level_of,
    may_answer_by_itself,
    priority_of,
    rules_from,
)
from clubcrm.tickets.rules.finding import best_first, typed_words, weights_of
from clubcrm.tickets.rules.threads import number_in, plain_subject, subject_of


@pytest.mark.parametrize(
    ("subject", "addresses", "number"),
    [
        ("Re: Towels [#T-42]", (), 42),
        ("AW: [#t-7] Handtücher", (), 7),
        ("Towels", ("mia@x.example", "club+t15@club.example"), 15),
        ("Towels", ("club+t-15@club.example",), 15),
        ("Towels [#T-]", ("club+news@club.example",), None),
        ("T-42 please", (), None),
    ],
)
def test_number_of_a_ticket_stands_in_subject_or_address(
    subject: str, addresses: tuple[str, ...], number: int | None
) -> None:
    assert number_in(subject, addresses) == number


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: Fwd: AW: Towels [#T-42]", "Towels"),
        ("Отв: Re[2]: Полотенца", "Полотенца"),
        ("Regarding towels", "Regarding towels"),
        ("  [#T-1]  ", ""),
    ],
)
def test_subject_is_shown_without_marks_of_programs(subject: str, bare: str) -> None:
    assert plain_subject(subject) == bare


def test_long_words_become_a_subject_that_ends_between_two_words() -> None:
    words = "The shower on the left is cold " * 8

    subject = subject_of(words)

    assert len(subject) <= 121
    assert subject.endswith("…")
    assert words.startswith(subject[:-1])
    assert subject_of(" Cold\n shower ") == "Cold shower"


@pytest.mark.parametrize(("hours", "level"), [(0, 0), (3.9, 0), (4, 1), (7.9, 1), (8, 2), (100, 2)])
def test_late_ticket_goes_to_the_manager_and_then_to_the_owner(hours: float, level: int) -> None:
    assert level_of(timedelta(hours=hours), timedelta(hours=4)) == level


def test_complaints_and_very_unhappy_members_come_first() -> None:
    assert priority_of(TicketOrigin.COMPLAINT) is Priority.HIGH
    assert priority_of(TicketOrigin.MAIL) is Priority.NORMAL
    assert priority_of(TicketOrigin.SURVEY, 3) is Priority.HIGH
    assert priority_of(TicketOrigin.SURVEY, 4) is Priority.NORMAL


def test_sixth_automatic_answer_within_the_hour_is_not_given() -> None:
    assert [may_answer_by_itself(said) for said in range(7)] == [True] * 5 + [False] * 2


def test_stored_rules_that_no_longer_fit_are_as_we_ship_them() -> None:
    assert rules_from({"high": 2, "normal": "8", "colour": 1}) == TicketRules(high=2)
    assert rules_from(None).allowed(Priority.LOW) == timedelta(hours=24)


def test_word_of_the_title_tells_more_than_one_of_the_text() -> None:
    assert weights_of("Lost key", "A lost key costs 500") == {
        "a": 1,
        "lost": 10,
        "key": 10,
        "costs": 1,
        "500": 1,
    }


def test_whole_words_in_titles_come_first_and_every_word_must_be_held() -> None:
    found = [
        (1, "lost", "lost", 1),
        (2, "lost", "lost", 10),
        (3, "lost", "lostandfound", 10),
        (2, "key", "key", 1),
        (1, "key", "keys", 1),
        (4, "key", "key", 10),
    ]

    assert best_first(found, ("lost",)) == [2, 3, 1]
    assert best_first(found, ("lost", "key")) == [2, 1]


def test_bengali_and_nepali_words_keep_their_vowel_signs() -> None:
    assert typed_words("চাবি হারিয়ে হারিয়ে") == ["চাবি", "হারিয়ে"]
    assert typed_words("साँचो ५००") == ["साँचो", "500"]
