"""Plans on sale and their versions."""

from dataclasses import replace
from datetime import date, time

import pytest
import time_machine

from clubcrm.core.audit import AuditLine
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.contracts.catalogue import plan_by_id, plan_for, plans_of, plans_on_sale, terms_of
from memberships.contracts.plans import create_plan, edit_plan, offer_plan, withdraw_plan
from memberships.contracts.queries import rights_at
from memberships.contracts.rules import PlanKind, Window
from tests.memberships.conftest import (
    DAY_PASS,
    MONTHLY,
    SARA,
    TEN_VISITS,
    TRIAL,
    YEAR,
    make_contract,
    make_plan,
)

pytestmark = pytest.mark.usefixtures("unit")
OFF_PEAK = tuple(Window(day, time(9), time(17)) for day in range(5))


@pytest.mark.parametrize("terms", [YEAR, MONTHLY, TEN_VISITS, TRIAL, DAY_PASS])
def test_every_kind_of_plan_goes_on_sale(cast, terms):
    create_plan(cast.club, terms, by=SARA)

    (plan,) = plans_on_sale(cast.club)

    assert plan.version == 1
    assert plan.terms == replace(terms, club_ids=frozenset({cast.club}))
    assert plans_on_sale(cast.other_club) == []


def test_hours_clubs_and_zones_are_kept(cast):
    terms = replace(
        YEAR,
        windows=OFF_PEAK,
        club_ids=frozenset({cast.club, cast.other_club}),
        zones=("gym", "pool"),
        daily_limit=1,
        reentry_minutes=45,
    )

    plan = make_plan(cast, terms)

    assert plan.terms == terms


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"name": "  "}, "name", "This may not be empty."),
        ({"term_months": None}, "term_months", "This kind of plan needs it."),
        ({"term_days": 30}, "term_days", "Give months or days, not both."),
        ({"term_months": 121}, "term_months", "Expected a number from 1 to 120."),
        ({"price_minor": -1}, "price", "Expected a number from 0 to 2000000000."),
        ({"currency": "EUR"}, "price", "This club sells in BDT."),
        ({"visits": 1001}, "visits", "Expected a number from 1 to 1000."),
        ({"daily_limit": 0}, "daily_limit", "Expected a number from 1 to 50."),
        ({"reentry_minutes": 1441}, "reentry_minutes", "Expected a number from 0 to 1440."),
        (
            {"windows": (OFF_PEAK[0], OFF_PEAK[0])},
            "windows.1",
            "These hours overlap with others of the same plan.",
        ),
        (
            {"kind": PlanKind.VISITS, "visits": None},
            "visits",
            "This kind of plan needs it.",
        ),
        (
            {"kind": PlanKind.RECURRING, "visits": 8},
            "visits",
            "This kind of plan does not have it.",
        ),
        ({"kind": PlanKind.DAY}, "term_months", "This kind of plan does not have it."),
    ],
)
def test_wrong_terms_are_refused_by_field(cast, changed, field, message):
    with pytest.raises(DomainError) as refusal:
        create_plan(cast.club, replace(YEAR, **changed), by=SARA)

    assert refusal.value.code == "INVALID_INPUT"
    assert [(one.field, one.message) for one in refusal.value.fields] == [(field, message)]
    assert plans_on_sale(cast.club) == []


@time_machine.travel("2026-11-22T06:00Z", tick=False)
def test_an_edit_leaves_sold_contracts_alone(cast):
    plan = make_plan(cast, YEAR, windows=OFF_PEAK)
    sold = make_contract(cast, plan=plan, starts_on=date(2026, 11, 22))
    dearer = replace(YEAR, name="Year 2027", price_minor=3_000_000, term_months=6, windows=())

    edit_plan(plan.plan_id, dearer, seen_version=1, by=SARA)

    edited = plan_by_id(plan.plan_id)
    assert (edited.version, edited.terms.name, edited.terms.price_minor) == (
        2,
        "Year 2027",
        3_000_000,
    )
    db.session.refresh(sold)
    assert (sold.price_minor, sold.ends_on) == (2_400_000, date(2027, 11, 21))
    assert terms_of(sold.plan_version_id).name == "Year"
    (right,) = rights_at(cast.members["Mia"], date(2026, 11, 22)).contracts
    assert (right.plan_name, right.windows) == ("Year", OFF_PEAK)


@time_machine.travel("2026-11-22T06:00Z", tick=False)
def test_new_sales_use_the_newest_version(cast):
    plan = make_plan(cast)
    edit_plan(plan.plan_id, replace(YEAR, price_minor=3_000_000), seen_version=1, by=SARA)

    sold = make_contract(cast, plan=plan, starts_on=date(2026, 11, 22))

    assert sold.price_minor == 3_000_000


def test_the_second_of_two_editors_is_told(cast):
    plan = make_plan(cast)
    edit_plan(plan.plan_id, replace(YEAR, price_minor=1), seen_version=1, by=SARA)

    with pytest.raises(DomainError) as refusal:
        edit_plan(plan.plan_id, replace(YEAR, price_minor=2), seen_version=1, by=SARA)

    assert refusal.value.code == "PLAN_CHANGED"
    assert plan_by_id(plan.plan_id).terms.price_minor == 1


def test_the_kind_of_a_plan_stays(cast):
    plan = make_plan(cast)

    with pytest.raises(DomainError) as refusal:
        edit_plan(plan.plan_id, MONTHLY, seen_version=1, by=SARA)

    assert [one.field for one in refusal.value.fields] == ["kind"]


def test_a_withdrawn_plan_can_come_back(cast):
    plan = make_plan(cast)

    withdraw_plan(plan.plan_id, by=SARA)
    assert plans_on_sale(cast.club) == []
    assert [one.plan_id for one in plans_of(Scope((cast.club,)))] == [plan.plan_id]

    offer_plan(plan.plan_id, by=SARA)
    assert [one.plan_id for one in plans_on_sale(cast.club)] == [plan.plan_id]


def test_a_plan_of_another_club_is_not_found(cast):
    plan = make_plan(cast)

    assert plan_for(Scope((cast.other_club,)), plan.public_id) is None
    assert plan_for(Scope((cast.club,)), plan.public_id) == plan


def test_creating_and_editing_a_plan_is_audited(cast):
    plan = make_plan(cast)
    edit_plan(plan.plan_id, replace(YEAR, price_minor=7), seen_version=1, by=SARA)

    lines = db.session.query(AuditLine).order_by(AuditLine.id).all()

    assert [(line.action, line.actor) for line in lines] == [
        ("plan.created", SARA),
        ("plan.edited", SARA),
    ]
    assert lines[1].after["price_minor"] == 7
