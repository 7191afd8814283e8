"""The pages of plans, signing, freezing and blocking, as staff use them without a script."""

import re
from collections.abc import Callable
from datetime import date, time

import pytest
import time_machine
from flask.testing import FlaskClient

from clubcrm.core.db import unit_of_work
from memberships.blocks.queries import blocks_of
from memberships.blocks.rules import BlockOwner
from memberships.contracts.catalogue import PlanOnSale, plans_on_sale
from memberships.contracts.history import contracts_of
from memberships.contracts.models import Contract, Plan
from memberships.contracts.rules import Window
from tests.memberships.conftest import (
    DAY_PASS,
    MONTHLY,
    TEN_VISITS,
    YEAR,
    make_contract,
    make_plan,
)

ClientOf = Callable[[str], FlaskClient]
TODAY = date(2026, 11, 22)
YEAR_TYPED = {
    "name": "Year",
    "kind": "term",
    "price": "24,000.50",
    "term_months": "12",
    "reentry_minutes": "120",
    "freeze_on_scan": "refuse",
}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False):
        yield


def words_of(page: str) -> str:
    """Return the visible words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def on_sale(app, cast) -> list[PlanOnSale]:
    with app.app_context(), unit_of_work(write=False):
        return plans_on_sale(cast.club)


def sold(app, cast, terms=YEAR) -> tuple[str, str]:
    """A contract of Mia exists; returns its public id and its plan's."""
    with app.app_context(), unit_of_work():
        plan = make_plan(cast, terms)
        return make_contract(cast, plan=plan, starts_on=TODAY).public_id, plan.public_id


def the_block(app, cast) -> int:
    """Return the id of Mia's only block."""
    with app.app_context(), unit_of_work(write=False):
        (block,) = blocks_of(cast.members["Mia"])
        return block.id


def counted(app, table: type) -> int:
    with app.app_context(), unit_of_work(write=False) as session:
        return session.query(table).count()


def test_a_plan_with_hours_is_put_on_sale(app, client_of: ClientOf, cast):
    olga = client_of("Max")
    typed = {
        **YEAR_TYPED,
        "opens-0-0": "09:00",
        "closes-0-0": "17:00",
        "opens-4-1": "22:00",
        "closes-4-1": "06:00",
        "zones": "gym, pool",
    }

    answer = olga.post("/settings/plans/new", data=typed)

    assert (answer.status_code, answer.location) == (303, "/settings/plans")
    (plan,) = on_sale(app, cast)
    assert (plan.terms.price_minor, plan.terms.term_months) == (2_400_050, 12)
    assert plan.terms.zones == ("gym", "pool")
    assert plan.terms.windows == (Window(0, time(9), time(17)), Window(4, time(22), time(6)))
    listed = words_of(olga.get("/settings/plans").text)
    assert "Year" in listed
    assert "Mon 09:00–17:00; Fri 22:00–06:00" in listed


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "This is needed."),
        ({"price": "1e3"}, "Expected an amount in BDT, such as 1500."),
        ({"price": "-5"}, "Expected an amount in BDT, such as 1500."),
        ({"term_months": "²"}, "Not a valid integer value."),
        ({"term_months": ""}, "This kind of plan needs it."),
        ({"term_days": "30"}, "Give months or days, not both."),
        ({"opens-0-0": "09:00"}, "Each time span needs a beginning and an end."),
        ({"opens-0-0": "9 o'clock", "closes-0-0": "17:00"}, "Expected times such as 09:00."),
        (
            {
                "opens-0-0": "09:00",
                "closes-0-0": "17:00",
                "opens-0-1": "16:00",
                "closes-0-1": "18:00",
            },
            "These hours overlap with others of the same plan.",
        ),
    ],
)
def test_a_wrong_plan_keeps_what_was_typed(app, client_of: ClientOf, changed, sentence):
    answer = client_of("Max").post("/settings/plans/new", data={**YEAR_TYPED, **changed})

    assert answer.status_code == 400
    assert sentence.replace("'", "&#39;") in answer.text
    assert 'value="120"' in answer.text
    assert counted(app, Plan) == 0


def test_bengali_digits_are_understood(app, client_of: ClientOf, cast):
    client_of("Max").post(
        "/settings/plans/new", data={**YEAR_TYPED, "price": "২৪,০০০", "term_months": "১২"}
    )

    (plan,) = on_sale(app, cast)
    assert (plan.terms.price_minor, plan.terms.term_months) == (2_400_000, 12)


def test_editing_shows_who_keeps_the_old_terms(app, client_of: ClientOf, cast):
    _contract, plan = sold(app, cast)
    max_ = client_of("Max")

    page = max_.get(f"/settings/plans/{plan}").text
    answer = max_.post(
        f"/settings/plans/{plan}", data={**YEAR_TYPED, "price": "30000", "seen_version": "1"}
    )
    late = max_.post(f"/settings/plans/{plan}", data={**YEAR_TYPED, "seen_version": "1"})

    assert "1 contract runs on this plan." in words_of(page)
    assert 'value="24000"' in page
    assert answer.status_code == 303
    assert (late.status_code, "Somebody else has just changed this plan" in late.text) == (
        409,
        True,
    )
    with app.app_context(), unit_of_work(write=False):
        (row,) = contracts_of(cast.members["Mia"])
        assert (row.price_minor, row.plan_version) == (2_400_000, 1)
        assert plans_on_sale(cast.club)[0].terms.price_minor == 3_000_000


def test_a_plan_is_withdrawn_and_sold_again(app, client_of: ClientOf, cast):
    _contract, plan = sold(app, cast)
    max_ = client_of("Max")

    max_.post(f"/settings/plans/{plan}/withdraw")
    assert on_sale(app, cast) == []
    max_.post(f"/settings/plans/{plan}/offer")
    assert [one.public_id for one in on_sale(app, cast)] == [plan]


def test_the_last_day_is_shown_before_signing(app, client_of: ClientOf, cast):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast, TEN_VISITS).public_id
    frank = client_of("Frank")
    address = f"/members/{cast.public['Mia']}/contracts/new"

    empty = frank.get(address)
    shown = frank.get(f"{address}?plan={plan}&starts_on=2026-12-01")

    assert "Show what this gives" in empty.text
    told = words_of(shown.text)
    assert "Last day 28 Feb 2027" in told
    assert "Visits 10" in told
    assert "Sign for ৳5,000.00" in told
    assert counted(app, Contract) == 0


def test_signing_leads_to_the_till_with_the_price_filled_in(app, client_of: ClientOf, cast):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast, YEAR).public_id
    frank = client_of("Frank")
    mia = cast.public["Mia"]
    choice = {"plan": plan, "starts_on": "2026-12-01"}

    answer = frank.post(f"/members/{mia}/contracts/new", data=choice)
    again = frank.get(f"/members/{mia}/contracts/new", query_string=choice)
    forced = frank.post(f"/members/{mia}/contracts/new", data=choice)

    assert (answer.status_code, answer.location) == (303, f"/members/{mia}/account/pay")
    assert 'value="24000"' in frank.get(answer.location).text
    assert "already covers these days" in again.text
    assert forced.status_code == 409
    assert counted(app, Contract) == 1


@pytest.mark.parametrize(
    ("choice", "status"),
    [
        ({"plan": "nothing", "starts_on": "2026-12-01"}, 400),
        ({"starts_on": "2026-13-01"}, 400),
        ({"starts_on": "2045-01-01"}, 400),
        ({"starts_on": ""}, 400),
    ],
)
def test_a_wrong_choice_signs_nothing(app, client_of: ClientOf, cast, choice, status):
    with app.app_context(), unit_of_work():
        plan = make_plan(cast, YEAR).public_id
    frank = client_of("Frank")
    address = f"/members/{cast.public['Mia']}/contracts/new"

    looked = frank.get(address, query_string={"plan": plan, **choice})
    pressed = frank.post(address, data={"plan": plan, **choice})

    assert (looked.status_code, pressed.status_code) == (status, status)
    assert counted(app, Contract) == 0


def test_a_club_without_plans_says_how_to_start(client_of: ClientOf, cast):
    page = client_of("Max").get(f"/members/{cast.public['Mia']}/contracts/new")

    assert "Nothing on sale" in page.text
    assert "/settings/plans/new" in page.text


def test_a_freeze_shows_its_effect_then_happens(app, client_of: ClientOf, cast):
    contract, _plan = sold(app, cast)
    frank = client_of("Frank")
    stops = f"/members/{cast.public['Mia']}/stops"
    typed = {
        "contract": contract,
        "from_on": "2026-12-01",
        "until_on": "2026-12-14",
        "reason": "Travel",
    }

    told = words_of(frank.get(stops, query_string=typed).text)
    assert "14 frozen days. The last day moves from 21 Nov 2027 to 5 Dec 2027" in told
    answer = frank.post(f"{stops}/freeze", data=typed)
    again = frank.post(f"{stops}/freeze", data=typed)

    assert (answer.status_code, again.status_code) == (303, 409)
    assert "already frozen on some of these days" in again.text
    with app.app_context(), unit_of_work(write=False):
        (row,) = contracts_of(cast.members["Mia"])
        assert row.ends_on == date(2027, 12, 5)


def test_a_freeze_is_ended_by_the_desk(app, client_of: ClientOf, cast):
    contract, _plan = sold(app, cast, MONTHLY)
    frank = client_of("Frank")
    stops = f"/members/{cast.public['Mia']}/stops"
    typed = {
        "contract": contract,
        "from_on": "2026-11-22",
        "until_on": "2026-12-14",
        "reason": "Travel",
    }
    frank.post(f"{stops}/freeze", data=typed)
    block = the_block(app, cast)

    answer = frank.post(f"{stops}/{block}/lift")

    assert answer.status_code == 303
    assert "Nothing stops this person." in frank.get(stops).text


def test_a_debt_is_placed_and_lifted_by_the_manager(app, client_of: ClientOf, cast):
    max_, frank = client_of("Max"), client_of("Frank")
    stops = f"/members/{cast.public['Mia']}/stops"

    placed = max_.post(
        f"{stops}/block", data={"owner": "debt", "reason": "October", "amount": "2,500"}
    )
    with app.app_context(), unit_of_work(write=False):
        (block,) = blocks_of(cast.members["Mia"])
        assert (block.owner, block.amount_minor) == (BlockOwner.DEBT, 250_000)
    number = the_block(app, cast)
    by_the_desk = frank.post(f"{stops}/{number}/lift", data={"why": "Paid"})
    lifted = max_.post(f"{stops}/{number}/lift", data={"why": "Paid"})

    assert [one.status_code for one in (placed, by_the_desk, lifted)] == [303, 403, 303]
    told = words_of(max_.get(stops).text)
    assert "Nothing stops this person." in told
    assert "Paid" in told


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            {"owner": "debt", "reason": "October"},
            "A debt needs an amount, and nothing else has one.",
        ),
        ({"owner": "debt", "reason": "October", "amount": "NaN"}, "Expected an amount in BDT"),
        ({"owner": "ban", "reason": ""}, "This is needed."),
        ({"owner": "freeze", "reason": "Travel"}, "Not a valid choice."),
        ({"owner": "ban", "reason": "Fight", "until_on": "2026-11-01"}, "The last day lies before"),
    ],
)
def test_a_wrong_block_says_what_to_do(app, client_of: ClientOf, cast, typed, sentence):
    answer = client_of("Max").post(f"/members/{cast.public['Mia']}/stops/block", data=typed)

    assert answer.status_code == 400
    assert sentence in answer.text
    with app.app_context(), unit_of_work(write=False):
        assert blocks_of(cast.members["Mia"]) == []


RIGHTS_TABLE = [
    ("GET", "/settings/plans", {"Olga", "Max", "Sara", "Frank", "Anna", "Zoe"}),
    ("GET", "/settings/plans/new", {"Olga", "Max"}),
    ("POST", "/settings/plans/new", {"Olga", "Max"}),
    ("GET", "/settings/plans/x", {"Olga", "Max"}),
    ("POST", "/settings/plans/x/withdraw", {"Olga", "Max"}),
    ("POST", "/settings/plans/x/offer", {"Olga", "Max"}),
    ("GET", "/members/x/contracts/new", {"Olga", "Max", "Sara", "Frank", "Zoe"}),
    ("POST", "/members/x/contracts/new", {"Olga", "Max", "Sara", "Frank", "Zoe"}),
    ("GET", "/members/x/stops", {"Olga", "Max", "Frank", "Zoe"}),
    ("POST", "/members/x/stops/freeze", {"Olga", "Max", "Frank", "Zoe"}),
    ("POST", "/members/x/stops/block", {"Olga", "Max"}),
    ("POST", "/members/x/stops/1/lift", {"Olga", "Max", "Frank", "Zoe"}),
]


@pytest.mark.parametrize("name", ["Olga", "Max", "Sara", "Frank", "Tara", "Boris", "Anna", "Zoe"])
def test_pages_open_by_role(client_of: ClientOf, name):
    client = client_of(name)

    statuses = {
        (method, address): client.open(address, method=method).status_code
        for method, address, _allowed in RIGHTS_TABLE
    }

    reached = {one for one, status in statuses.items() if status != 403}
    assert reached == {(one[0], one[1]) for one in RIGHTS_TABLE if name in one[2]}


def test_another_clubs_member_is_not_found(app, client_of: ClientOf, cast):
    contract, plan = sold(app, cast)
    zoe, mia = client_of("Zoe"), cast.public["Mia"]

    answers = [
        zoe.get(f"/members/{mia}/contracts/new"),
        zoe.get(f"/members/{mia}/stops"),
        zoe.post(f"/members/{mia}/contracts/new", data={"plan": plan, "starts_on": "2026-12-01"}),
        zoe.post(f"/members/{mia}/stops/freeze", data={"contract": contract}),
        zoe.post(f"/members/{mia}/stops/1/lift"),
    ]

    assert [one.status_code for one in answers] == [404] * 5
    assert counted(app, Contract) == 1


def test_plan_list_costs_the_same_for_three_and_thirty(
    app, client_of: ClientOf, cast, count_selects
):
    max_ = client_of("Max")

    def selects(plans: int) -> int:
        with app.app_context(), unit_of_work():
            for number in range(plans):
                make_plan(cast, DAY_PASS, name=f"Pass {plans}-{number}")
        count_selects.statements.clear()
        assert max_.get("/settings/plans").status_code == 200
        return len(count_selects)

    assert selects(3) == selects(30)
