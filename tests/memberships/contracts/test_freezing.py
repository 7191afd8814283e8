"""What a kind of freeze allows, what it costs, and what is left of it."""

from dataclasses import replace
from datetime import date

import pytest

from memberships.contracts.freezing import (
    Allowance,
    AllowancePer,
    FreezeCase,
    FreezePrice,
    FreezeTerms,
    GrantedBy,
    allowance,
    freeze_type_faults,
    months_begun,
    price_after_return,
    price_of,
    type_fault,
)
from memberships.contracts.terms import FrozenSpan

HOLIDAY = FreezeTerms(
    "Holiday", "BDT", min_days=7, max_days=30, allowance_days=40, allowance_count=2, notice_days=3
)
ILLNESS = FreezeTerms("Illness", "BDT", needs_proof=True, granted_by=GrantedBy.MANAGER)
NO_DEBT = FreezeTerms("Travel", "BDT", forbidden_in_debt=True)
ONCE = replace(HOLIDAY, allowance_days=None, allowance_count=1, allowance_per=AllowancePer.CONTRACT)


def span(first: str, last: str) -> FrozenSpan:
    return FrozenSpan(date.fromisoformat(first), date.fromisoformat(last))


CASE = FreezeCase(date(2026, 1, 31), date(2026, 6, 1), span("2026-06-10", "2026-06-23"))
TWENTY = span("2026-03-01", "2026-03-20")
ACROSS = span("2027-01-25", "2027-02-05")

RULES_TABLE = [
    ("14 days of holiday", HOLIDAY, CASE, None),
    ("three days of notice are enough", HOLIDAY,
     replace(CASE, wanted=span("2026-06-04", "2026-06-12")), None),
    ("two days of notice are not", HOLIDAY,
     replace(CASE, wanted=span("2026-06-03", "2026-06-12")), "notice"),
    ("seven days are the least", HOLIDAY,
     replace(CASE, wanted=span("2026-06-10", "2026-06-16")), None),
    ("six are too few", HOLIDAY, replace(CASE, wanted=span("2026-06-10", "2026-06-15")),
     "shortest_days"),
    ("thirty days are the most", HOLIDAY,
     replace(CASE, wanted=span("2026-06-10", "2026-07-09")), None),
    ("31 are too many", HOLIDAY, replace(CASE, wanted=span("2026-06-10", "2026-07-10")),
     "longest_days"),
    ("20 days taken leave 20", HOLIDAY,
     replace(CASE, taken=(TWENTY,), wanted=span("2026-06-10", "2026-06-29")), None),
    ("and not 21", HOLIDAY,
     replace(CASE, taken=(TWENTY,), wanted=span("2026-06-10", "2026-06-30")), "allowance"),
    ("a third time is one too often", HOLIDAY,
     replace(CASE, taken=(span("2026-03-01", "2026-03-07"), span("2026-04-01", "2026-04-07"))),
     "count"),
    ("the next year of the contract starts afresh", HOLIDAY,
     replace(CASE, taken=(TWENTY,), wanted=span("2027-01-31", "2027-02-28")), None),
    ("days on both sides of the anniversary count on their side", HOLIDAY,
     replace(CASE, taken=(span("2026-03-01", "2026-03-30"),), wanted=ACROSS), None),
    ("five days too many before the anniversary", HOLIDAY,
     replace(CASE, taken=(span("2026-03-01", "2026-04-04"),), wanted=ACROSS), "allowance"),
    ("once in a contract, also years later", ONCE,
     replace(CASE, taken=(TWENTY,), wanted=span("2029-06-10", "2029-06-20")), "count"),
    ("the desk may not grant it", ILLNESS, replace(CASE, has_proof=True), "manager"),
    ("a manager may, with a document", ILLNESS,
     replace(CASE, has_proof=True, may_grant_all=True), None),
    ("a manager without a document", ILLNESS, replace(CASE, may_grant_all=True), "proof"),
    ("in debt", NO_DEBT, replace(CASE, is_in_debt=True), "debt"),
    ("in debt, where it does not matter", HOLIDAY, replace(CASE, is_in_debt=True), None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "case", "rule"), [row[1:] for row in RULES_TABLE], ids=[row[0] for row in RULES_TABLE]
)
def test_rules_table_names_the_broken_limit(terms, case, rule):
    assert type_fault(terms, case) == rule


def test_what_is_left_is_told_for_the_tightest_year():
    case = replace(CASE, taken=(span("2026-03-01", "2026-03-30"),), wanted=ACROSS)

    assert allowance(HOLIDAY, case) == Allowance(10, 4, 1, 0)
    assert allowance(NO_DEBT, case) == Allowance(None, None, None, None)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2026-01-31", "2026-01-31", 1),
        ("2026-01-31", "2026-02-27", 1),
        ("2026-01-31", "2026-02-28", 2),
        ("2028-01-31", "2028-02-28", 1),
        ("2028-01-31", "2028-02-29", 2),
        ("2026-10-20", "2026-11-19", 1),
        ("2026-10-20", "2026-11-20", 2),
    ],
)
def test_a_month_is_charged_once_it_has_begun(first, last, months):
    assert months_begun(span(first, last)) == months


@pytest.mark.parametrize(
    ("kind", "asked", "after_a_week", "never_begun"),
    [
        (FreezePrice.FREE, 0, 0, 0),
        (FreezePrice.KEEPS_BILLING, 0, 0, 0),
        (FreezePrice.ONE_OFF, 50_000, 50_000, 0),
        (FreezePrice.PER_MONTH, 150_000, 50_000, 0),
    ],
)
def test_who_comes_back_early_pays_the_begun_months(kind, asked, after_a_week, never_begun):
    terms = replace(NO_DEBT, price_kind=kind, price_minor=50_000)

    assert price_of(terms, span("2026-06-01", "2026-08-31")) == asked
    assert price_after_return(terms, span("2026-06-01", "2026-06-07")) == after_a_week
    assert price_after_return(terms, None) == never_begun


@pytest.mark.parametrize(
    ("terms", "faults"),
    [
        (HOLIDAY, {}),
        (replace(HOLIDAY, name=" "), {"name": "empty"}),
        (replace(HOLIDAY, min_days=0), {"min_days": "range"}),
        (replace(HOLIDAY, max_days=6), {"max_days": "below_shortest"}),
        (replace(HOLIDAY, allowance_days=5), {"allowance_days": "below_shortest"}),
        (replace(HOLIDAY, notice_days=91), {"notice_days": "range"}),
        (replace(HOLIDAY, price_kind=FreezePrice.ONE_OFF), {"price": "needed"}),
        (replace(HOLIDAY, price_minor=1), {"price": "not_for_kind"}),
    ],
)
def test_wrong_limits_name_their_field(terms, faults):
    assert freeze_type_faults(terms) == faults
