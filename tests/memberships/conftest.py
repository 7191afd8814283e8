"""A club that sells a few plans, and short ways to sell them to Mia."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from clubcrm.core.db import db
from memberships.contracts.catalogue import PlanOnSale, plan_by_id
from memberships.contracts.models import Contract
from memberships.contracts.plans import create_plan
from memberships.contracts.rules import PlanKind
from memberships.contracts.services import SignRequest, sign
from memberships.contracts.terms import PlanTerms
from tests.cast import Cast

SARA = "user:3"

YEAR = PlanTerms("Year", PlanKind.TERM, 2_400_000, "BDT", term_months=12)
MONTHLY = PlanTerms("Monthly", PlanKind.RECURRING, 250_000, "BDT", term_months=1)
TEN_VISITS = PlanTerms("Ten visits", PlanKind.VISITS, 500_000, "BDT", term_months=3, visits=10)
TRIAL = PlanTerms("Trial week", PlanKind.TRIAL, 0, "BDT", term_days=7, visits=3)
DAY_PASS = PlanTerms("Day pass", PlanKind.DAY, 60_000, "BDT")


def make_plan(cast: Cast, terms: PlanTerms = YEAR, **changed: object) -> PlanOnSale:
    """A plan on these terms is on sale in the cast's club."""
    plan = create_plan(cast.club, replace(terms, **changed), by=SARA)
    found = plan_by_id(plan.id)
    assert found is not None
    return found


def make_contract(
    cast: Cast,
    terms: PlanTerms = YEAR,
    *,
    starts_on: date,
    person: str = "Mia",
    plan: PlanOnSale | None = None,
    is_complete: bool = True,
) -> Contract:
    """One of the cast has signed a contract on these terms."""
    chosen = plan or make_plan(cast, terms)
    request = SignRequest(cast.members[person], chosen.plan_id, starts_on, is_complete=is_complete)
    return sign(request, by=SARA)


@pytest.fixture
def refreshed() -> Callable[[object], object]:
    """Return a row as the store has it now."""

    def refresh(row: object) -> object:
        db.session.refresh(row)
        return row

    return refresh
