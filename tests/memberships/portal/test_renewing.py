"""Renewals due at the desk, offers by their code, letters, the club's rules, and offers paid."""

import re
from dataclasses import replace
from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import Event
from clubcrm.people.api import make_link
from clubcrm.people.models import Person
from memberships.billing.models import Invoice
from memberships.contracts.history import contracts_of
from memberships.contracts.outlook import deal_of
from memberships.contracts.renewal_terms import Conditions
from memberships.contracts.touch_offers import club_window, offer_for, offer_rules
from memberships.portal.links import offer_token
from tests.memberships.conftest import MONTHLY, SARA, YEAR, make_contract
from tests.memberships.documents.pdfs import words_of

START = date(2027, 1, 31)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2027-01-31T06:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def offered(app, cast, clock):
    """Mia's year ends in two months; returns the token of her offer and its code."""
    with app.app_context(), unit_of_work():
        make_contract(cast, YEAR, starts_on=START)
        clock.move_to("2027-12-02T06:00Z")
        offer = offer_for(cast.members["Mia"], "J13a", by=SARA)
        return offer_token(offer, by=SARA), deal_of(offer.id).code


def invoices(app) -> int:
    with app.app_context(), unit_of_work(write=False):
        return len(db.session.scalars(select(Invoice.id)).all())


def test_offer_shows_days_on_top_code_and_break(app, offered):
    token, code = offered

    page = app.test_client().get(f"/renew/{token}").text

    assert "30 days on top" in page
    assert code in page
    assert f"/renew/{token}/break" in page


def test_title_of_an_offer_is_said_in_the_members_own_language(app, cast, offered):
    token, _code = offered
    with app.app_context(), unit_of_work() as session:
        session.get_one(Person, cast.members["Mia"]).language = "bn"

    page = app.test_client().get(f"/renew/{token}").text

    assert '<h2 id="term-title">আপনার পরের মেয়াদ</h2>' in page


def test_accepting_twice_by_link_and_at_the_desk_is_one_contract_and_one_invoice(
    app, cast, client_of, offered
):
    token, _code = offered
    client, before = app.test_client(), invoices(app)
    assert client.post(f"/renew/{token}", data={"answer": "yes"}).status_code == 303

    again = client.post(f"/renew/{token}", data={"answer": "yes"}, follow_redirects=True)
    with app.app_context(), unit_of_work(write=False):
        new, old = contracts_of(cast.members["Mia"])
    desk = client_of("Sara").post(
        f"/members/{cast.public['Mia']}/contracts/{old.public_id}/renew", data={"plan": ""}
    )

    assert (again.status_code, "It is settled" in again.text) == (200, True)
    assert desk.status_code == 303
    assert (new.ends_on, invoices(app) - before) == (date(2029, 3, 1), 1)


def test_price_that_has_changed_since_the_page_was_opened_signs_nothing(app, cast, offered):
    token, _code = offered

    answer = app.test_client().post(f"/renew/{token}", data={"answer": "yes", "shown": "1"})

    assert (answer.status_code, "The price has changed" in answer.text) == (409, True)
    with app.app_context(), unit_of_work(write=False):
        assert len(contracts_of(cast.members["Mia"])) == 1


def test_paying_without_a_gateway_accepts_and_asks_how_to_pay(app, cast, offered):
    token, _code = offered

    answer = app.test_client().post(f"/renew/{token}/pay", data={"gateway": "none"})

    assert answer.status_code == 400
    with app.app_context(), unit_of_work(write=False):
        assert len(contracts_of(cast.members["Mia"])) == 2


def test_question_reaches_the_desk_as_a_fact(app, offered):
    token, _code = offered

    answer = app.test_client().post(
        f"/renew/{token}/ask", data={"words": "May I pay in two parts?"}
    )

    assert answer.headers["Location"].endswith("?asked=1")
    with app.app_context(), unit_of_work(write=False):
        asked = db.session.scalars(select(Event.payload).where(Event.kind == "MemberAsked")).one()
    assert asked["words"] == "May I pay in two parts?"


def test_break_by_the_offer_moves_the_last_day(app, cast, offered):
    token, _code = offered
    days = {"from_on": "2027-12-10", "until_on": "2027-12-19"}

    assert "9 Feb 2028" in app.test_client().get(f"/renew/{token}/break", query_string=days).text
    assert app.test_client().post(f"/renew/{token}/break", data=days).status_code == 303

    with app.app_context(), unit_of_work(write=False):
        assert contracts_of(cast.members["Mia"])[0].ends_on == date(2028, 2, 9)


def test_desk_sees_who_is_due_and_opens_an_offer_by_its_code(cast, client_of, offered):
    _token, code = offered
    sara = client_of("Sara")

    listed = sara.get("/renewals?show=two").text
    found = sara.get("/renewals/code", query_string={"code": code.lower().replace("-", " ")})
    unknown = sara.get("/renewals/code?code=nothing", follow_redirects=True)

    assert ("Mia Rahman" in listed, "offer open" in listed) == (True, True)
    assert "Mia Rahman" not in sara.get("/renewals?show=week").text
    assert f"/members/{cast.public['Mia']}/contracts/" in found.headers["Location"]
    assert "No offer has this code" in unknown.text


def test_letter_is_a_page_of_paper_with_the_same_offer(app, cast, client_of, offered):
    with app.app_context(), unit_of_work(write=False):
        (old,) = contracts_of(cast.members["Mia"])

    answer = client_of("Sara").post(
        f"/members/{cast.public['Mia']}/contracts/{old.public_id}/renewal-letter"
    )

    assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")


def test_letter_says_until_when_its_early_price_counts(app, cast, client_of, clock):
    early = replace(YEAR, conditions=Conditions(early_price_minor=2_200_000, early_days=30))
    with app.app_context(), unit_of_work():
        old = make_contract(cast, early, starts_on=START).public_id
    address = f"/members/{cast.public['Mia']}/contracts/{old}/renewal-letter"

    clock.move_to("2027-12-02T06:00Z")
    before = " ".join(words_of(client_of("Sara").post(address).data).split())
    clock.move_to("2028-01-02T06:00Z")
    after = " ".join(words_of(client_of("Sara").post(address).data).split())

    assert "22,000.00" in before
    assert "This price counts until 31 Dec 2027" in before
    assert "24,000.00" in after
    assert "This price counts until" not in after


def test_owner_sets_the_window_and_the_gifts_but_never_more_at_the_end(app, cast, client_of):
    olga = client_of("Olga")
    page = olga.get("/settings/renewals").text
    typed = dict(re.findall(r'<input id="(\w+)" name="\w+" type="text" value="(\d+)"', page))
    assert typed["days_before"] == "60"

    good = olga.post("/settings/renewals", data=typed | {"days_before": "45", "early": "more_days"})
    deep = olga.post("/settings/renewals", data=typed | {"early": "none", "last": "price_kept"})

    assert (good.status_code, deep.status_code) == (303, 400)
    assert "more than early members get" in deep.text
    with app.app_context(), unit_of_work(write=False):
        assert club_window(cast.club) == (45, 30)
        assert offer_rules(cast.club).early.value == "more_days"


def test_rolling_contract_is_told_of_and_nothing_is_asked(app, cast):
    with app.app_context(), unit_of_work():
        monthly = make_contract(cast, MONTHLY, starts_on=START)
        token = make_link(
            cast.members["Mia"],
            "renewal_notice",
            subject_id=monthly.public_id,
            expires_at=None,
            by=SARA,
        )

    page = app.test_client().get(f"/going-on/{token}").text

    assert ("Your contract goes on" in page, "28 Feb 2027" in page) == (True, True)
