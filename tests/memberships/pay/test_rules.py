"""Which rule counts, what it comes to, how it is shared, and where late work lands."""

from dataclasses import replace
from datetime import date

import pytest

from memberships.pay.rules import (
    PayKind,
    Rule,
    Tier,
    Work,
    WorkKind,
    landing_month,
    lines_of,
    month_end,
    rule_faults,
    rule_for,
    salary_lines,
)

TARA, TIMUR = 5, 9
OCTOBER = date(2026, 10, 1)
FIXED = Rule(1, PayKind.FIXED, None, None, date(2026, 1, 1), amount_minor=50_000, missed_bp=5_000)
WORK = Work(WorkKind.SESSION, 1, date(2026, 10, 5), "personal", 120_000, ((TARA, 10_000),))


def paid(rule: Rule, *works: Work, user: int = TARA) -> list[int]:
    return [line.amount_minor for line in lines_of([rule], works, user, "BDT")]


@pytest.mark.parametrize(
    ("changed", "work", "amount"),
    [
        ({}, {}, 50_000),
        ({}, {"missed": True}, 25_000),
        ({"missed_bp": 0}, {"missed": True}, 0),
        ({"kind": PayKind.PER_HEAD}, {"heads": 3}, 150_000),
        ({"kind": PayKind.SHARE_OF_PRICE, "share_bp": 4_000}, {}, 48_000),
        # A third of 333.33: half a unit rounds away from zero.
        ({"kind": PayKind.SHARE_OF_PRICE, "share_bp": 5_000}, {"price_minor": 33_333}, 16_667),
        ({}, {"shares": ((TARA, 7_000), (TIMUR, 3_000))}, 35_000),
    ],
)
def test_each_kind_pays_what_it_says(changed, work, amount):
    assert paid(replace(FIXED, **changed), replace(WORK, **work)) == [amount]


def test_shares_of_one_session_lose_nothing():
    work = replace(WORK, shares=((TARA, 3_333), (TIMUR, 6_667)))
    rule = replace(FIXED, amount_minor=10_001)

    assert paid(rule, work) == [3_333]
    assert paid(rule, work, user=TIMUR) == [6_668]


def test_steps_count_the_sessions_of_the_month_in_order():
    rule = replace(
        FIXED,
        kind=PayKind.TIERS,
        tiers=(Tier(1, 40_000), Tier(3, 50_000), Tier(5, 60_000)),
        missed_bp=0,
    )
    works = [replace(WORK, source_id=number) for number in range(1, 7)]
    works[1] = replace(works[1], missed=True)

    assert paid(rule, *works) == [40_000, 0, 40_000, 50_000, 50_000, 60_000]


@pytest.mark.parametrize(
    ("rules", "chosen"),
    [
        ([FIXED], 1),
        ([FIXED, replace(FIXED, rule_id=2, service="personal")], 2),
        ([FIXED, replace(FIXED, rule_id=2, service="massage")], 1),
        (
            [
                replace(FIXED, rule_id=3, user_id=TARA),
                replace(FIXED, rule_id=2, service="personal"),
            ],
            3,
        ),
        ([FIXED, replace(FIXED, rule_id=2, from_on=date(2026, 10, 1))], 2),
        ([FIXED, replace(FIXED, rule_id=2, from_on=date(2026, 10, 6))], 1),
        ([replace(FIXED, until_on=date(2026, 10, 4))], None),
        ([replace(FIXED, user_id=TIMUR)], None),
        ([replace(FIXED, kind=PayKind.SHARE_OF_SALE)], None),
    ],
)
def test_the_rule_that_names_most_counts_then_the_newest(rules, chosen):
    found = rule_for(rules, WorkKind.SESSION, TARA, "personal", WORK.day)

    assert (found.rule_id if found else None) == chosen


def test_a_session_that_no_rule_covers_stands_there_with_nothing():
    (line,) = lines_of([], [WORK], TARA, "BDT")

    assert (line.rule_id, line.amount_minor) == (None, 0)


@pytest.mark.parametrize(
    ("from_on", "until_on", "amount"),
    [
        (date(2026, 1, 1), None, 3_100_000),
        (date(2026, 10, 16), None, 1_600_000),
        (date(2026, 1, 1), date(2026, 10, 1), 100_000),
        (date(2026, 11, 1), None, None),
    ],
)
def test_a_salary_is_paid_by_the_days_it_covers(from_on, until_on, amount):
    rule = Rule(1, PayKind.SALARY, TARA, None, from_on, until_on, amount_minor=3_100_000)

    found = [line.amount_minor for line in salary_lines([rule], TARA, OCTOBER, "BDT")]

    assert found == ([] if amount is None else [amount])


def test_late_work_lands_in_the_first_open_month():
    closed = {date(2026, 9, 1), date(2026, 10, 1)}

    assert landing_month(date(2026, 9, 15), closed) == date(2026, 11, 1)
    assert landing_month(date(2026, 8, 15), closed) == date(2026, 8, 1)
    assert landing_month(date(2026, 12, 31), {date(2026, 12, 1)}) == date(2027, 1, 1)
    assert month_end(date(2028, 2, 1)) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, {}),
        ({"amount_minor": 0}, {"amount": "range"}),
        ({"kind": PayKind.SHARE_OF_SALE}, {"share": "range"}),
        ({"kind": PayKind.TIERS, "tiers": (Tier(2, 1),)}, {"tiers": "order"}),
        ({"kind": PayKind.TIERS, "tiers": (Tier(1, 1), Tier(1, 2))}, {"tiers": "order"}),
        ({"kind": PayKind.SALARY}, {"person": "needed"}),
        ({"until_on": date(2025, 12, 31), "missed_bp": 10_001},
         {"until_on": "order", "missed": "range"}),
    ],
)  # fmt: skip
def test_wrong_rules_name_their_fields(changed, faults):
    assert rule_faults(replace(FIXED, **changed)) == faults
