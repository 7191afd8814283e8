"""What an answer of the office means, when to ask again, which sums add up, Nepal's years."""

from datetime import date, timedelta

import pytest

from clubcrm.core.outside import Told
from memberships.fiscal.nepal import Cbms, nepali_day, read_answer
from memberships.fiscal.rules import (
    Answer,
    Asked,
    DocumentKind,
    Meaning,
    Sums,
    adds_up,
    is_in_doubt,
    meaning,
    pause_after,
)

BILL, RETURN = DocumentKind.BILL, DocumentKind.RETURN
OFFICE = Cbms(("club", "secret"), "301234567")


@pytest.mark.parametrize(
    ("kind", "code", "attempts", "in_doubt", "expected"),
    [
        (BILL, "200", 1, False, Meaning.ACCEPTED),
        (BILL, "100", 1, False, Meaning.LOCKED_OUT),
        (BILL, "101", 1, False, Meaning.REFUSED),
        (BILL, "101", 2, True, Meaning.ACCEPTED),
        (BILL, "102", 1, False, Meaning.AGAIN),
        (BILL, "103", 9, False, Meaning.AGAIN),
        (BILL, "104", 1, False, Meaning.REFUSED),
        (BILL, "104", 2, True, Meaning.REFUSED),
        (BILL, "", 1, False, Meaning.AGAIN),
        (RETURN, "200", 1, False, Meaning.ACCEPTED),
        (RETURN, "101", 1, False, Meaning.AGAIN),
        (RETURN, "105", 4, False, Meaning.AGAIN),
        (RETURN, "105", 5, False, Meaning.REFUSED),
        (RETURN, "101", 5, True, Meaning.REFUSED),
        (RETURN, "104", 1, False, Meaning.REFUSED),
    ],
)
def test_what_an_answer_means(kind, code, attempts, in_doubt, expected):
    assert meaning(Answer(code), Asked(kind, attempts, in_doubt)) is expected


@pytest.mark.parametrize(
    ("answer", "told", "expected"),
    [
        (Answer("", "timed out", may_have_arrived=True), Meaning.AGAIN, True),
        (Answer("", "refused"), Meaning.AGAIN, False),
        (Answer("102"), Meaning.AGAIN, True),
        (Answer("105"), Meaning.AGAIN, False),
        (Answer("200"), Meaning.ACCEPTED, False),
        (Answer("104"), Meaning.REFUSED, False),
    ],
)
def test_when_a_document_may_stand_in_their_books_unconfirmed(answer, told, expected):
    assert is_in_doubt(answer, told) is expected


def test_pauses_grow_to_an_hour_and_wrong_credentials_wait_a_quarter():
    minutes = [pause_after(Meaning.AGAIN, tries) / timedelta(minutes=1) for tries in (1, 3, 6, 40)]
    assert minutes == [1, 5, 60, 60]
    assert pause_after(Meaning.LOCKED_OUT, 1) == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("sums", "expected"),
    [
        (Sums(10_000, 1_300, 0, 11_300), True),
        (Sums(10_000, 1_300, 500, 11_900), True),
        (Sums(10_000, 1_300, 0, 11_401), False),
        (Sums(0, 0, 0, 100), True),
    ],
)
def test_parts_come_to_the_total_within_a_rupee(sums, expected):
    assert adds_up(sums, 100) is expected


@pytest.mark.parametrize(
    ("day", "written", "year"),
    [
        (date(2026, 11, 26), "2083.08.10", "2083.084"),
        (date(2026, 7, 16), "2083.03.32", "2082.083"),
        (date(2026, 7, 17), "2083.04.01", "2083.084"),
        (date(2027, 4, 13), "2083.12.30", "2083.084"),
        (date(2027, 4, 14), "2084.01.01", "2083.084"),
    ],
)
def test_the_fiscal_year_begins_on_the_first_of_shrawan(day, written, year):
    assert nepali_day(day) == written
    assert OFFICE.year_of(day) == year


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"200", "200"),
        (200, b'"101"', "101"),
        (400, b'{"message":"104"}', "104"),
        (400, b'{"Message": 104}', "104"),
        (200, b" 103 \n", "103"),
        (502, b"<html>Bad Gateway</html>", ""),
        (200, b"999", ""),
        (200, b"", ""),
    ],
)
def test_an_answer_is_read_however_it_is_wrapped(status, body, code):
    answer = read_answer(Told(status, {}, body))
    assert answer.code == code
    assert answer.may_have_arrived is (code == "")
