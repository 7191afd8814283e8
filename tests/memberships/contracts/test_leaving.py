"""When a cancelled contract ends, what is still charged, what it costs, what comes back."""

from dataclasses import replace
from datetime import date

import pytest

from memberships.contracts.conditions import EarlyEnd, LeavingTerms, leaving_faults
from memberships.contracts.leaving import Bond, Leaving, leaving
from memberships.contracts.rules import PlanKind

MONTHLY = Bond(PlanKind.RECURRING, date(2026, 1, 31), None, date(2026, 1, 20), 300_000)
YEAR = Bond(PlanKind.TERM, date(2026, 1, 1), date(2026, 12, 31), date(2025, 12, 20), 3_650_000)
UNTIL_USED_UP = Bond(PlanKind.VISITS, date(2026, 1, 1), None, date(2026, 1, 1), 500_000)

PLAIN = LeavingTerms()
NOTICE = LeavingTerms(notice_days=30)
BOUND = LeavingTerms(notice_days=30, bound_months=12)
BOUND_FEE = replace(BOUND, early=EarlyEnd.FEE, fee_bp=5000)
YEAR_FEE = LeavingTerms(notice_days=10, early=EarlyEnd.FEE, fee_minor=100_000)
YEAR_SHARE = LeavingTerms(early=EarlyEnd.FEE, fee_bp=1000, refunds_rest=True)
YEAR_FREE = LeavingTerms(early=EarlyEnd.FREE, refunds_rest=True)
COOLING = LeavingTerms(cooling_off_days=14, notice_days=30)


def monthly(last: date, first: date, charges: int, fee: int = 0) -> Leaving:
    return Leaving(
        last,
        is_early=bool(fee),
        charges=charges,
        charges_minor=charges * 300_000,
        last_charge_on=first,
        fee_minor=fee,
    )


LEAVING_TABLE = [
    (
        "without notice the paid month ends",
        MONTHLY, PLAIN, date(2026, 2, 10), None,
        monthly(date(2026, 2, 27), date(2026, 1, 31), 0),
    ),
    (
        "31 January: the second month begins on 28 February",
        MONTHLY, PLAIN, date(2026, 2, 28), None,
        monthly(date(2026, 3, 30), date(2026, 2, 28), 0),
    ),
    (
        "notice reaches into the next month, which is charged whole",
        MONTHLY, NOTICE, date(2026, 2, 10), None,
        monthly(date(2026, 3, 30), date(2026, 2, 28), 1),
    ),
    (
        "notice over 29 February",
        replace(MONTHLY, starts_on=date(2027, 12, 31)), NOTICE, date(2028, 1, 31), None,
        monthly(date(2028, 3, 30), date(2028, 2, 29), 1),
    ),
    (
        "a wish puts the last day off",
        MONTHLY, NOTICE, date(2026, 2, 10), date(2026, 5, 1),
        monthly(date(2026, 5, 30), date(2026, 4, 30), 3),
    ),
    (
        "a wish before the notice counts for nothing",
        MONTHLY, NOTICE, date(2026, 2, 10), date(2026, 2, 11),
        monthly(date(2026, 3, 30), date(2026, 2, 28), 1),
    ),
    (
        "before the first day the first period is the least",
        MONTHLY, PLAIN, date(2026, 1, 25), None,
        monthly(date(2026, 2, 27), date(2026, 1, 31), 1),
    ),
    (
        "bound for a year, the year is paid",
        MONTHLY, BOUND, date(2026, 11, 1), None,
        monthly(date(2027, 1, 30), date(2026, 12, 31), 2),
    ),
    (
        "leaving early costs half of what the rest would have",
        MONTHLY, BOUND_FEE, date(2026, 9, 1), None,
        monthly(date(2026, 10, 30), date(2026, 9, 30), 1, fee=450_000),
    ),
    (
        "after the bound year there is no fee",
        MONTHLY, BOUND_FEE, date(2027, 1, 5), None,
        monthly(date(2027, 2, 27), date(2027, 1, 31), 1),
    ),
    (
        "14 frozen days move the periods that follow",
        replace(MONTHLY, moved_days=14), NOTICE, date(2026, 3, 1), None,
        monthly(date(2026, 4, 13), date(2026, 3, 14), 1),
    ),
    (
        "frozen within the first period, which is paid",
        replace(MONTHLY, moved_days=14), PLAIN, date(2026, 2, 5), None,
        monthly(date(2026, 3, 13), date(2026, 1, 31), 0),
    ),
    (
        "a term runs to its end",
        YEAR, NOTICE, date(2026, 3, 1), None, Leaving(date(2026, 12, 31)),
    ),
    (
        "notice past the end changes nothing",
        YEAR, YEAR_FEE, date(2026, 12, 25), None, Leaving(date(2026, 12, 31)),
    ),
    (
        "a term ends early for a fixed fee",
        YEAR, YEAR_FEE, date(2026, 6, 20), None,
        Leaving(date(2026, 6, 30), is_early=True, fee_minor=100_000),
    ),
    (
        "184 unused days come back, a tenth of them is the fee",
        YEAR, YEAR_SHARE, date(2026, 6, 30), None,
        Leaving(date(2026, 6, 30), is_early=True, fee_minor=184_000, refund_minor=1_840_000),
    ),
    (
        "a term ends early and free",
        YEAR, YEAR_FREE, date(2026, 12, 30), None,
        Leaving(date(2026, 12, 30), is_early=True, refund_minor=10_000),
    ),
    (
        "visits without a last day end with the notice",
        UNTIL_USED_UP, NOTICE, date(2026, 6, 1), None, Leaving(date(2026, 7, 1)),
    ),
    (
        "cooling off before the first day calls it off",
        YEAR, COOLING, date(2025, 12, 31), None,
        Leaving(None, is_cooling_off=True, refund_minor=3_650_000),
    ),
    (
        "the last day of cooling off, two days used",
        YEAR, replace(COOLING, cooling_off_days=13), date(2026, 1, 2), None,
        Leaving(date(2026, 1, 2), is_cooling_off=True, refund_minor=3_630_000),
    ),
    (
        "the day after cooling off",
        YEAR, replace(COOLING, cooling_off_days=12), date(2026, 1, 2), None,
        Leaving(date(2026, 12, 31)),
    ),
    (
        "cooling off gives the unused part of the month back",
        MONTHLY, COOLING, date(2026, 2, 1), None,
        Leaving(date(2026, 2, 1), is_cooling_off=True, refund_minor=278_571),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("bond", "terms", "asked_on", "wished_on", "expected"),
    [row[1:] for row in LEAVING_TABLE],
    ids=[row[0] for row in LEAVING_TABLE],
)
def test_leaving_table_gives_last_day_and_money(bond, terms, asked_on, wished_on, expected):
    assert leaving(bond, terms, asked_on, wished_on) == expected


@pytest.mark.parametrize(
    ("terms", "faults"),
    [
        (PLAIN, {}),
        (BOUND_FEE, {}),
        (replace(PLAIN, notice_days=-1), {"notice_days": "range"}),
        (replace(PLAIN, cooling_off_days=61), {"cooling_off_days": "range"}),
        (replace(PLAIN, bound_months=61), {"bound_months": "range"}),
        (replace(PLAIN, early=EarlyEnd.FEE), {"fee": "needed"}),
        (replace(PLAIN, early=EarlyEnd.FEE, fee_minor=1, fee_bp=1), {"fee_percent": "twice"}),
        (replace(PLAIN, early=EarlyEnd.FEE, fee_bp=10_100), {"fee_percent": "range"}),
    ],
)
def test_wrong_terms_of_leaving_name_their_field(terms, faults):
    assert leaving_faults(terms) == faults
