"""The pages by which the desk renews, changes, hands on and holds families."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
import time_machine
from flask.testing import FlaskClient

from clubcrm.core.db import unit_of_work
from memberships.contracts.history import contracts_of
from memberships.contracts.renewal_terms import Conditions
from tests.cast import make_member
from tests.memberships.conftest import YEAR, make_contract, make_plan

ClientOf = Callable[[str], FlaskClient]
START = date(2027, 1, 31)
TERMS = replace(YEAR, conditions=Conditions(extra_member_minor=1_200_000, transfer_minor=50_000))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2027-01-31T06:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def sold(app, cast, clock) -> tuple[str, str, str]:
    """Return the address of Mia's contract, a dearer plan's id, and Nora's id."""
    with app.app_context(), unit_of_work():
        contract = make_contract(cast, TERMS, starts_on=START).public_id
        gold = make_plan(cast, replace(TERMS, name="Gold", price_minor=3_650_000)).public_id
        nora = make_member("Nora", "Akter", club=cast.club).public_id
    clock.move_to("2027-10-23T06:00Z")
    return f"/members/{cast.public['Mia']}/contracts/{contract}", gold, nora


def names(app, cast) -> list[str]:
    with app.app_context(), unit_of_work(write=False):
        return [row.plan_name for row in contracts_of(cast.members["Mia"])]


def test_contract_page_leads_to_everything_that_may_be_done(client_of: ClientOf, sold):
    address, _gold, _nora = sold

    page = client_of("Olga").get(address).text

    for act in ("renew", "change", "transfer", "link"):
        assert f"{address}/{act}" in page


def test_change_shows_its_price_and_is_undone_from_the_contract(app, client_of, cast, sold):
    address, gold, _nora = sold
    sara = client_of("Sara")

    shown = sara.get(f"{address}/change?plan={gold}").text
    done = sara.post(f"{address}/change", data={"plan": gold, "when": "now"})

    assert "3,424.66" in shown
    assert done.status_code == 303
    assert names(app, cast) == ["Gold", "Year"]
    (undo,) = re.findall(r'action="([^"]+/undo)"', sara.get(address).text)
    assert sara.post(undo).status_code == 303
    assert "undone" in sara.get(address).text


def test_renewal_is_previewed_then_made(app, client_of, cast, sold, clock):
    address, _gold, _nora = sold
    clock.move_to("2028-01-10T06:00Z")
    sara = client_of("Sara")

    assert "31 Jan 2028" in sara.get(f"{address}/renew").text
    assert sara.post(f"{address}/renew", data={}).status_code == 303
    assert names(app, cast) == ["Year", "Year"]
    assert sara.post(f"{address}/offer", data={}).status_code in {200, 409}


def test_links_to_the_offer_and_the_own_page_are_shown_once(client_of, sold, clock):
    address, _gold, _nora = sold
    clock.move_to("2028-01-10T06:00Z")
    sara = client_of("Sara")

    offer = sara.post(f"{address}/offer", data={}).text
    own = sara.post(f"{address}/link", data={}).text

    assert "/renew/" in offer
    assert "/my/" in own
    token = own.split("/my/")[1].split('"')[0]
    assert sara.get(f"/my/{token}").status_code == 200


def test_handing_on_needs_a_high_role_and_shows_what_moves(client_of, sold):
    address, _gold, nora = sold
    assert client_of("Sara").get(f"{address}/transfer").status_code == 403
    olga = client_of("Olga")

    shown = olga.get(f"{address}/transfer?to={nora}").text
    found = olga.get(f"{address}/transfer?q=nora").text
    blank = olga.post(f"{address}/transfer", data={"to": nora, "reason": ""})
    done = olga.post(f"{address}/transfer", data={"to": nora, "reason": "Moves away"})

    assert "500.00" in shown
    assert nora in found
    assert (blank.status_code, done.status_code) == (400, 303)


def test_family_takes_and_lets_go_and_hands_on(app, client_of, cast, sold):
    _address, _gold, nora = sold
    sara, family = client_of("Sara"), f"/members/{cast.public['Mia']}/family"

    assert "3,287.67" in sara.get(f"{family}?to={nora}").text
    assert sara.post(family, data={"to": nora}).status_code == 303
    assert "Nora Akter" in sara.get(family).text
    handed = {"holder": nora, "payer": cast.public["Mia"]}
    assert sara.post(f"{family}/hand-on", data=handed).status_code == 303
    assert sara.post(family, data={"to": cast.public["Mia"]}).status_code == 409


def test_contract_page_says_what_was_sold_and_what_moved_it(client_of: ClientOf, cast, sold):
    address, _gold, _nora = sold
    mia, frank = f"/members/{cast.public['Mia']}", client_of("Frank")
    contract = address.rsplit("/", 1)[1]
    asked = {"contract": contract, "from_on": "2027-11-01", "until_on": "2027-11-14"}

    frank.post(f"{mia}/stops/freeze", data={**asked, "reason": "Travel"})
    page = frank.get(address).text

    assert "13 Feb 2028" in page
    assert "sold until" in page
    assert "30 Jan 2028" in page
    assert "14 frozen days" in page
    for way in ("stops", "leave"):
        assert f'href="{mia}/{way}"' in page
    assert f'href="/contracts/{contract}/paper"' in page


def test_what_happened_to_a_contract_is_told_in_words(client_of: ClientOf, cast, sold):
    address, gold, _nora = sold
    sara = client_of("Sara")

    sara.post(f"{address}/change", data={"plan": gold, "when": "now"})
    page, card = sara.get(address).text, sara.get(f"/members/{cast.public['Mia']}").text

    assert "Changed to another plan" in page
    assert "changed_plan" not in page
    assert "Changed to another plan" in card


def test_change_that_is_refused_leads_to_what_stands_in_its_way(client_of: ClientOf, cast, sold):
    address, gold, _nora = sold
    frank, mia = client_of("Frank"), f"/members/{cast.public['Mia']}"
    asked = {"contract": address.rsplit("/", 1)[1], "reason": "Travel"}
    frank.post(
        f"{mia}/stops/freeze", data={**asked, "from_on": "2027-11-01", "until_on": "2027-11-14"}
    )

    refused = frank.get(f"{address}/change?plan={gold}")

    assert refused.status_code == 409
    assert f'<a href="{mia}/stops">' in refused.text
