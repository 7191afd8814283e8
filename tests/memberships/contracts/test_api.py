"""Plans, contracts, blocks and units over HTTP, as a program of the club sees them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient

from clubcrm.core.db import db, unit_of_work
from memberships.blocks.models import Block
from memberships.contracts.models import Contract, Plan
from memberships.packages.models import PackageLot
from memberships.packages.services import use_visit

ClientOf = Callable[[str], FlaskClient]
YEAR = {
    "name": "Year",
    "kind": "term",
    "term_months": 12,
    "price": {"amount_minor": 2_400_000, "currency": "BDT"},
}
TEN_VISITS = {"name": "Ten visits", "kind": "visits", "visits": 10, "term_days": 90}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False):
        yield


def new_plan(client: FlaskClient, body: dict[str, object] | None = None) -> str:
    answer = client.post("/api/v1/plans", json=body or YEAR)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def signed(client: FlaskClient, member: str, plan: str, **more: object) -> dict[str, object]:
    body = {"member_id": member, "plan_id": plan, "starts_on": "2026-11-22", **more}
    answer = client.post("/api/v1/contracts", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def counted(app, table: type) -> int:
    with app.app_context(), unit_of_work(write=False) as session:
        return session.query(table).count()


def test_a_plan_comes_back_as_it_was_sent(client_of: ClientOf):
    olga = client_of("Olga")
    sent = {
        **YEAR,
        "windows": [{"weekday": 0, "opens": "09:00", "closes": "17:00"}],
        "zones": ["gym"],
        "daily_limit": 2,
        "reentry_minutes": 45,
        "clubs": ["Mitte"],
        "freeze_on_scan": "end",
    }

    answer = olga.post("/api/v1/plans", json=sent)

    plan = answer.get_json()
    assert answer.status_code == 201
    assert {name: plan[name] for name in sent if name != "clubs"} == {
        name: value for name, value in sent.items() if name != "clubs"
    }
    assert (plan["version"], plan["state"], len(plan["clubs"])) == (1, "on_sale", 2)
    assert olga.get("/api/v1/plans").get_json()["items"] == [plan]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "forever"}, "kind"),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "Y\x00ear"}, "name"),
        ({"name": "Y" * 201}, "name"),
        ({"term_months": "12"}, "term_months"),
        ({"term_months": 0}, "term_months"),
        ({"term_months": 10**30}, "term_months"),
        ({"term_days": 5}, "term_days"),
        ({"price": {"amount_minor": -1, "currency": "BDT"}}, "price"),
        ({"price": {"amount_minor": 1.5, "currency": "BDT"}}, "price.amount_minor"),
        ({"price": {"amount_minor": 1, "currency": "EUR"}}, "price"),
        ({"price": {"amount_minor": 1}}, "price.currency"),
        ({"windows": [{"weekday": 7, "opens": "09:00", "closes": "17:00"}]}, "windows.0"),
        ({"windows": [{"weekday": 0, "opens": "25:00", "closes": "17:00"}]}, "windows.0.opens"),
        ({"club": "Nowhere"}, "club"),
        ({"colour": "red"}, "colour"),
        ({"reentry_minutes": -1}, "reentry_minutes"),
    ],
)
def test_a_wrong_plan_names_the_field(app, client_of: ClientOf, changed, field):
    answer = client_of("Olga").post("/api/v1/plans", json={**YEAR, **changed})

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]
    assert counted(app, Plan) == 0


def test_signing_shows_dates_and_units(client_of: ClientOf, cast):
    max_ = client_of("Max")

    contract = signed(max_, cast.public["Mia"], new_plan(max_, TEN_VISITS))

    assert (contract["state"], contract["starts_on"], contract["ends_on"]) == (
        "signed",
        "2026-11-22",
        "2027-02-19",
    )
    assert (contract["units_bought"], contract["units_left"]) == (10, 10)
    assert contract["price"] == {"amount_minor": 0, "currency": "BDT"}
    assert max_.get(f"/api/v1/contracts/{contract['id']}").get_json() == contract


def test_without_a_start_it_starts_on_the_clubs_today(client_of: ClientOf, cast):
    plan = new_plan(client_of("Olga"))

    with time_machine.travel("2026-11-22T18:30Z", tick=False):
        contract = signed(client_of("Frank"), cast.public["Mia"], plan, starts_on=None)

    assert contract["starts_on"] == "2026-11-23"


def test_the_same_key_signs_once(app, client_of: ClientOf, cast):
    max_ = client_of("Max")
    body = {"member_id": cast.public["Mia"], "plan_id": new_plan(max_)}
    key = {"Idempotency-Key": "sign-1"}

    first = max_.post("/api/v1/contracts", json=body, headers=key)
    again = max_.post("/api/v1/contracts", json=body, headers=key)
    without = max_.post("/api/v1/contracts", json=body)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert (without.status_code, without.get_json()["code"]) == (409, "CONTRACT_OVERLAPS")
    assert counted(app, Contract) == 1


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"member_id": "nobody"}, 404, "NOT_FOUND"),
        ({"plan_id": "nothing"}, 404, "NOT_FOUND"),
        ({"starts_on": "2026-02-30"}, 400, "INVALID_INPUT"),
        ({"starts_on": "9999-12-31"}, 400, "INVALID_INPUT"),
        ({"starts_on": "0001-01-01"}, 400, "INVALID_INPUT"),
        ({"price": 1}, 400, "INVALID_INPUT"),
    ],
)
def test_a_wrong_contract_is_refused(app, client_of: ClientOf, cast, changed, status, code):
    max_ = client_of("Max")
    body = {"member_id": cast.public["Mia"], "plan_id": new_plan(max_), **changed}

    answer = max_.post("/api/v1/contracts", json=body)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert counted(app, Contract) == 0


def test_contracts_come_in_pages(client_of: ClientOf, cast):
    max_ = client_of("Max")
    made = [
        signed(max_, cast.public["Mia"], new_plan(max_, {**YEAR, "name": f"Year {n}"}))["id"]
        for n in range(3)
    ]
    mine = f"/api/v1/contracts?member={cast.public['Mia']}&limit=2"

    first = max_.get(mine).get_json()
    second = max_.get(f"{mine}&after={first['next']}").get_json()

    assert [one["id"] for one in (*first["items"], *second["items"])] == made[::-1]
    assert second["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=501",
        f"limit={10**30}",
        "limit=x",
        "after=x",
        "after=-1",
        f"after={'9' * 30}",
        "a=b",
    ],
)
def test_strange_paging_is_refused(client_of: ClientOf, query):
    answer = client_of("Max").get(f"/api/v1/contracts?{query}")

    assert answer.status_code == 400


def test_a_freeze_shows_the_new_end(client_of: ClientOf, cast):
    max_ = client_of("Max")
    contract = signed(max_, cast.public["Mia"], new_plan(max_))
    freeze = {"from_on": "2026-12-01", "until_on": "2026-12-14", "reason": "Travel"}
    address = f"/api/v1/contracts/{contract['id']}/freeze"

    frozen = max_.post(address, json=freeze)
    again = max_.post(address, json=freeze)

    assert (frozen.status_code, frozen.get_json()["ends_on"]) == (201, "2027-12-05")
    assert (again.status_code, again.get_json()["code"]) == (409, "FREEZE_REFUSED")
    assert again.get_json()["rule"] == "overlap"


def test_a_block_is_placed_and_lifted(client_of: ClientOf, cast):
    max_ = client_of("Max")
    address = f"/api/v1/members/{cast.public['Mia']}/blocks"

    placed = max_.post(address, json={"owner": "debt", "reason": "October", "amount_minor": 500})
    block = placed.get_json()
    lifted = max_.post(f"/api/v1/blocks/{block['id']}/lift", json={"reason": "Paid"})
    again = max_.post(f"/api/v1/blocks/{block['id']}/lift", json={})

    assert (placed.status_code, block["amount_minor"], block["currency"]) == (201, 500, "BDT")
    assert (lifted.status_code, again.status_code) == (200, 409)
    assert lifted.get_json()["lifted_at"] == "2026-11-22T06:00:00+00:00"
    assert [one["id"] for one in max_.get(address).get_json()["items"]] == [block["id"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"owner": "debt", "reason": "October"}, "amount"),
        ({"owner": "freeze", "reason": "Travel"}, "owner"),
        ({"owner": "ban"}, "reason"),
        ({"owner": "ban", "reason": "Fight", "amount_minor": 0}, "amount_minor"),
        ({"owner": "ban", "reason": "Fight", "until_on": "2026-11-21"}, "until_on"),
    ],
)
def test_a_wrong_block_names_the_field(app, client_of: ClientOf, cast, body, field):
    answer = client_of("Max").post(f"/api/v1/members/{cast.public['Mia']}/blocks", json=body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]
    assert counted(app, Block) == 0


def test_a_freeze_is_lifted_by_giving_days_back(client_of: ClientOf, cast):
    max_ = client_of("Max")
    contract = signed(max_, cast.public["Mia"], new_plan(max_))
    freeze = {"from_on": "2026-12-01", "until_on": "2026-12-14", "reason": "Travel"}
    max_.post(f"/api/v1/contracts/{contract['id']}/freeze", json=freeze)
    (block,) = max_.get(f"/api/v1/members/{cast.public['Mia']}/blocks").get_json()["items"]

    lifted = max_.post(f"/api/v1/blocks/{block['id']}/lift", json={})

    assert lifted.status_code == 200
    after = max_.get(f"/api/v1/contracts/{contract['id']}").get_json()
    assert after["ends_on"] == contract["ends_on"]


def test_the_unit_ledger_is_told_with_balances(app, client_of: ClientOf, cast):
    max_ = client_of("Max")
    signed(max_, cast.public["Mia"], new_plan(max_, TEN_VISITS))
    with app.app_context(), unit_of_work():
        lot = db.session.query(PackageLot).one().id
        use_visit(lot, "visit", "41", datetime(2026, 11, 22, 5, tzinfo=UTC), "device:gate")

    lines = max_.get(f"/api/v1/members/{cast.public['Mia']}/units").get_json()["items"]

    assert [(line["kind"], line["delta"], line["balance"]) for line in lines] == [
        ("use", -1, 9),
        ("buy", 10, 10),
    ]
    assert lines[0]["source"] == "visit:41"


RIGHTS_TABLE = [
    ("GET", "/api/v1/plans", None, {"Olga", "Max", "Sara", "Frank", "Anna", "Zoe"}),
    ("POST", "/api/v1/plans", YEAR, {"Olga", "Max"}),
    ("GET", "/api/v1/contracts", None, {"Olga", "Max", "Sara", "Frank", "Anna", "Zoe"}),
    ("POST", "/api/v1/contracts", {}, {"Olga", "Max", "Sara", "Frank", "Zoe"}),
    ("POST", "/api/v1/contracts/x/freeze", {}, {"Olga", "Max", "Frank", "Zoe"}),
    ("POST", "/api/v1/members/x/blocks", {}, {"Olga", "Max"}),
    # Whoever freezes may end a freeze; other blocks ask for the right to block (tests/card).
    ("POST", "/api/v1/blocks/1/lift", {}, {"Olga", "Max", "Frank", "Zoe"}),
]


@pytest.mark.parametrize(
    ("method", "address", "body", "allowed"),
    RIGHTS_TABLE,
    ids=[f"{row[0]} {row[1]}" for row in RIGHTS_TABLE],
)
def test_only_some_roles_may(app, client_of: ClientOf, method, address, body, allowed):
    everybody = ("Olga", "Max", "Sara", "Frank", "Tara", "Boris", "Anna", "Zoe")

    answers = {
        name: client_of(name).open(address, method=method, json=body).status_code
        for name in everybody
    }

    assert {name for name, status in answers.items() if status != 403} == allowed
    assert app.test_client().open(address, method=method, json=body).status_code in {400, 401}


def test_another_clubs_members_and_plans_are_not_found(app, client_of: ClientOf, cast):
    olga, max_, zoe = client_of("Olga"), client_of("Max"), client_of("Zoe")
    plan = new_plan(olga, {**YEAR, "club": "Dhanmondi"})
    contract = signed(olga, cast.public["Mia"], plan)

    foreign = [
        zoe.get(f"/api/v1/contracts/{contract['id']}"),
        zoe.get(f"/api/v1/members/{cast.public['Mia']}/units"),
        zoe.get(f"/api/v1/members/{cast.public['Mia']}/blocks"),
        zoe.post("/api/v1/contracts", json={"member_id": cast.public["Zia"], "plan_id": plan}),
        max_.post("/api/v1/contracts", json={"member_id": cast.public["Zia"], "plan_id": plan}),
        zoe.post(
            f"/api/v1/contracts/{contract['id']}/freeze",
            json={"from_on": "2026-12-01", "until_on": "2026-12-14", "reason": "Travel"},
        ),
    ]

    assert [answer.status_code for answer in foreign] == [404] * 6
    assert zoe.get("/api/v1/plans").get_json()["items"] == []
    assert zoe.get("/api/v1/contracts").get_json()["items"] == []
    assert counted(app, Contract) == 1


def test_a_discount_above_the_limit_is_asked_for_and_signed_once_granted(
    app, client_of: ClientOf, cast
):
    frank, max_ = client_of("Frank"), client_of("Max")
    body = {
        "member_id": cast.public["Mia"],
        "plan_id": new_plan(client_of("Olga")),
        "starts_on": "2026-11-22",
        "discount_minor": 1_200_000,
        "discount_reason": "Came back",
    }

    asked = frank.post("/api/v1/contracts", json=body)
    wish = asked.get_json()

    assert asked.status_code == 202
    assert (wish["kind"], wish["state"]) == ("discount", "waiting")
    assert counted(app, Contract) == 0

    granted = max_.post(f"/api/v1/approvals/{wish['id']}/decide", json={"grant": True})

    made = max_.get(f"/api/v1/contracts/{granted.get_json()['result']['contract']}").get_json()
    assert (made["state"], made["price"]["amount_minor"]) == ("signed", 1_200_000)
