"""Who changed what: two clicks from the card, with the old and the new value."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.journeys.definitions import current_settings, save_version
from clubcrm.people.models import Person
from clubcrm.people.queries.history import Change
from clubcrm.people.rules.drafts import PersonDraft
from clubcrm.people.services import change
from clubcrm.people.views.change_words import is_told, value_words
from memberships.contracts.plans import create_plan, edit_plan
from memberships.contracts.rules import PlanKind
from memberships.contracts.selling import SaleTerms
from memberships.contracts.services import SignRequest, sign
from memberships.contracts.terms import PlanTerms
from tests.cast import Cast
from tests.people.test_pages import text_of

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


def test_changes_stand_in_the_log_with_old_and_new_value(app: Flask, cast: Cast, client_of):
    with app.app_context(), unit_of_work():
        mia = db.session.get_one(Person, cast.members["Mia"])
        draft = PersonDraft("Mia", "Karim", "+8801711000001")
        change(mia, draft, mia.version, by=f"user:{cast.users['Frank']}")
        terms = PlanTerms("Gold", PlanKind.TERM, 0, "BDT", term_days=30)
        plan = create_plan(cast.club, terms, by="user:2")
        today = clock.today("Asia/Dhaka") - timedelta(days=1)
        sign(SignRequest(mia.id, plan.id, today, sale=SaleTerms(is_billed=False)), by="user:2")
    max_ = client_of("Max")

    card = text_of(max_.get(f"/members/{cast.public['Mia']}"))
    log = text_of(max_.get(f"/members/{cast.public['Mia']}/changes"))

    assert f"/members/{cast.public['Mia']}/changes" in card
    assert all(words in log for words in ("Rahman", "Karim", "Frank", "Contract", "ends on"))
    assert client_of("Frank").get(f"/members/{cast.public['Mia']}/changes").status_code == 403


def test_every_record_has_a_way_to_its_log_and_other_clubs_stay_untold(
    app: Flask, cast: Cast, client_of
):
    with app.app_context(), unit_of_work():
        terms = PlanTerms("Gold", PlanKind.TERM, 100, "BDT", term_days=30)
        plan = create_plan(cast.club, terms, by=f"user:{cast.users['Max']}")
        edit_plan(plan.id, replace(terms, price_minor=250), seen_version=1, by="user:2")
        other = create_plan(cast.other_club, replace(terms, currency="EUR"), by="user:1")
        number, foreign = plan.public_id, other.public_id
    max_ = client_of("Max")

    page = text_of(max_.get(f"/settings/plans/{number}"))
    log = text_of(max_.get(f"/changes?kind=plan&record={number}"))
    theirs = text_of(max_.get(f"/changes?kind=plan&record={foreign}"))

    assert f"/changes?kind=plan&amp;record={number}" in page
    assert all(words in log for words in ("Max", "1.00", "2.50"))
    assert "Nothing was changed yet" in theirs
    assert "Nothing was changed yet" in text_of(max_.get("/changes?kind=user"))
    assert client_of("Frank").get("/changes").status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("price_minor", "38610", "€386.10"),
        ("ends_on", "2027-11-07", "7 Nov 2027"),
        ("takes", "False", "no"),
        ("external_ref", "2027-11", "2027-11"),
        ("state", "signed", "signed"),
        ("state", "", ""),
    ],
)
def test_values_of_a_change_read_like_words(app: Flask, field: str, value: str, read: str) -> None:
    with app.test_request_context():
        assert value_words(field, value, "EUR", "Europe/Berlin") == read


def test_a_new_record_does_not_tell_which_number_it_points_to() -> None:
    made = Change(NOON, "user:1", "contract.signed", "contract", "plan_version_id", "", "35")
    given = Change(NOON, "user:1", "lead.given", "lead", "owner_id", "2", "3")

    assert not is_told(made)
    assert is_told(given)


def test_lists_of_the_club_lead_to_what_was_changed_in_them(app: Flask, cast: Cast, client_of):
    with app.app_context(), unit_of_work():
        save_version(cast.club, current_settings(cast.club), by=f"user:{cast.users['Olga']}")
    olga = client_of("Olga")
    kinds = {
        "/journeys/versions": "journey_version",
        "/settings/ads": "ad_place",
        "/settings/classes": "class_type",
        "/settings/fields": "own_field",
        "/settings/freezes": "freeze_type",
        "/settings/leads": "club",
        "/settings/roles": "role",
        "/settings/staff": "user",
        "/settings/tokens": "token",
        "/stock/suppliers": "supplier",
        "/tasks/again": "task_rule",
        "/tasks/team": "task",
        "/pay/rules": "pay_rule",
    }

    lacking = {
        door
        for door, kind in kinds.items()
        if f"/changes?kind={kind}" not in text_of(olga.get(door))
    }
    versions = text_of(olga.get("/changes?kind=journey_version"))

    assert lacking == set()
    assert "Olga" in versions
