"""What a past day knew of a member: nothing that came later, and lost only within sixty days."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest

from clubcrm.reports.rules.snapshots import FACTS, Life, More, Term, snapshot

START, END = date(2026, 1, 1), date(2026, 12, 31)
DAY = date(2026, 11, 1)
TERM = Term(7, START, END, END, "m12", 2, is_lost=True, cancelled_on=None)
VISITS = [DAY - timedelta(days=days) for days in (200, 40, 33, 26, 19, 12)]
LIFE = Life(1, VISITS, [TERM])


def facts(life: Life = LIFE, day: date = DAY) -> dict[str, float]:
    seen = snapshot(life, day)
    assert seen is not None
    return dict(zip(FACTS, seen.facts, strict=True))


def test_facts_are_those_of_the_day():
    known = facts()

    assert known["silence"] == math.log1p(12)
    assert known["recent"] == math.log1p(3)
    assert known["visits"] == math.log(6)
    assert known["end"] == math.log1p(60)
    assert known["slump"] == pytest.approx(math.log(3.5 / (2 / 3 + 0.5)))
    assert (known["turn"], known["weekdays"], known["monthly"]) == (2.0, 1.0, 0.0)


def test_nothing_that_came_later_changes_them():
    later = replace(
        LIFE,
        visits=[*VISITS, DAY + timedelta(days=1)],
        failures=[DAY + timedelta(days=1)],
        freezes=[(DAY + timedelta(days=2), None)],
        terms=[replace(TERM, cancelled_on=DAY + timedelta(days=1))],
    )

    assert snapshot(later, DAY) == snapshot(LIFE, DAY)


@pytest.mark.parametrize(
    ("day", "is_lost"),
    [(date(2026, 11, 1), True), (date(2026, 12, 31), True), (date(2026, 10, 31), False)],
)
def test_lost_means_within_sixty_days(day, is_lost):
    seen = snapshot(LIFE, day)

    assert seen is not None
    assert seen.is_lost is is_lost


@pytest.mark.parametrize(
    "life",
    [
        replace(LIFE, terms=[replace(TERM, cancelled_on=DAY)]),
        replace(LIFE, freezes=[(DAY - timedelta(days=3), None)]),
        replace(LIFE, terms=[replace(TERM, due_on=DAY - timedelta(days=1))]),
    ],
    ids=["cancelled", "frozen", "over"],
)
def test_who_has_cancelled_stands_still_or_is_gone_is_left_out(life):
    assert snapshot(life, DAY) is None


def test_company_and_trouble_of_the_day_are_known():
    life = replace(
        LIFE,
        failures=[DAY - timedelta(days=5), DAY - timedelta(days=200)],
        freezes=[(DAY - timedelta(days=40), DAY - timedelta(days=30))],
        trainers=[(START, None)],
    )

    known = facts(life)

    assert (known["failed"], known["frozen"], known["trainer"]) == (1.0, 1.0, 1.0)


MORE = More(
    classes=[DAY - timedelta(days=days) for days in (200, 26, 19)],
    units=[(DAY - timedelta(days=90), 10), (DAY - timedelta(days=12), -3)],
    tickets=[(DAY - timedelta(days=3), None), (DAY - timedelta(days=9), DAY)],
    talks=[DAY - timedelta(days=40), DAY - timedelta(days=27)],
    scores=[(DAY - timedelta(days=300), 9), (DAY - timedelta(days=20), 4)],
    bar=[(DAY - timedelta(days=100), 30_000), (DAY - timedelta(days=150), 90_000)],
)


def test_classes_units_questions_talks_answers_and_bar_of_the_day_are_known():
    known = facts(replace(LIFE, more=MORE))

    assert known["classes"] == pytest.approx(2 / 5)
    assert known["units"] == math.log1p(7)
    assert (known["tickets"], known["talks"], known["score"]) == (1.0, 1.0, 4 - 7.5)
    assert known["bar"] == math.log1p(300)


def test_what_happens_tomorrow_changes_none_of_it():
    tomorrow = DAY + timedelta(days=1)
    later = More(
        classes=[*MORE.classes, tomorrow],
        units=[*MORE.units, (tomorrow, 20)],
        tickets=[*MORE.tickets, (tomorrow, None)],
        talks=[*MORE.talks, tomorrow],
        scores=[*MORE.scores, (tomorrow, 10)],
        bar=[*MORE.bar, (tomorrow, 5_000)],
    )

    assert facts(replace(LIFE, more=later)) == facts(replace(LIFE, more=MORE))


def test_a_question_answered_on_the_very_day_is_no_longer_open_and_one_answered_later_is():
    asked = DAY - timedelta(days=9)

    def open_ones(done: date) -> float:
        return facts(replace(LIFE, more=More(tickets=[(asked, done)])))["tickets"]

    assert (open_ones(DAY), open_ones(DAY + timedelta(days=1))) == (0.0, 1.0)


@pytest.mark.parametrize(("first", "days"), [(START + timedelta(days=5), 5), (None, 304)])
def test_the_wait_for_the_first_visit_counts_while_it_lasts(first, days):
    visits = [first] if first else []

    assert facts(replace(LIFE, visits=visits))["first_visit"] == math.log1p(days)
