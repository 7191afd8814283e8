"""Pages and doors of freezing by kind, leaving, given days and the status on any day."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import time_machine
from flask.testing import FlaskClient

from clubcrm.core.clock import now
from clubcrm.core.clubs import Scope
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext
from memberships.approvals.models import Approval
from memberships.contracts.freeze_catalogue import freeze_types_of
from memberships.contracts.gift_tables import GiftLine, MassChange
from memberships.contracts.history import contracts_of
from memberships.jobs import run_mass_changes
from tests.memberships.conftest import MONTHLY, YEAR, make_contract

ClientOf = Callable[[str], FlaskClient]
TODAY = date(2026, 11, 22)
HOLIDAY = {
    "name": "Holiday",
    "max_days": "30",
    "allowance_days": "40",
    "allowance_per": "year",
    "price_kind": "one_off",
    "price": "500",
    "extends_end": "y",
    "granted_by": "desk",
    "needs_proof": "y",
}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False) as traveller:
        yield traveller


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def sold(app, cast, terms=YEAR, starts_on=TODAY) -> str:
    with app.app_context(), unit_of_work():
        return make_contract(cast, terms, starts_on=starts_on).public_id


def contract(app, cast):
    with app.app_context(), unit_of_work(write=False):
        (row,) = contracts_of(cast.members["Mia"])
        return row


def kind_of(app, cast):
    with app.app_context(), unit_of_work(write=False):
        return freeze_types_of(Scope((cast.club,)))[0]


def test_a_kind_of_freeze_is_made_edited_and_withdrawn(app, client_of: ClientOf, cast):
    max_ = client_of("Max")

    assert "No kind of freeze yet" in max_.get("/settings/freezes").text
    made = max_.post("/settings/freezes/new", data=HOLIDAY)
    kind = kind_of(app, cast)
    page = max_.get(f"/settings/freezes/{kind.public_id}").text
    edited = max_.post(
        f"/settings/freezes/{kind.public_id}",
        data={**HOLIDAY, "max_days": "20", "seen_version": "1"},
    )
    late = max_.post(f"/settings/freezes/{kind.public_id}", data={**HOLIDAY, "seen_version": "1"})
    max_.post(f"/settings/freezes/{kind.public_id}/withdraw")

    assert (made.status_code, edited.status_code, late.status_code) == (303, 303, 409)
    assert 'value="500"' in page
    told = words_of(max_.get("/settings/freezes").text)
    assert "20 days at most, 40 days a year, needs a document" in told
    assert "৳500.00 once per freeze" in told
    assert "Withdrawn" in told


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": ""}, "This is needed."),
        ({"min_days": "31"}, "This is less than the shortest freeze."),
        ({"price": ""}, "A freeze with this kind of price needs an amount."),
        ({"price": "abc"}, "Expected an amount in BDT"),
        ({"allowance_days": "9999"}, "Expected a number from 1 to 732."),
    ],
)
def test_a_wrong_kind_keeps_what_was_typed(client_of: ClientOf, changed, sentence):
    answer = client_of("Max").post("/settings/freezes/new", data={**HOLIDAY, **changed})

    assert answer.status_code == 400
    assert sentence in answer.text
    assert 'value="40"' in answer.text or "allowance_days" in changed


def test_a_freeze_by_kind_tells_price_and_allowance_first(app, client_of: ClientOf, cast):
    public_id, max_ = sold(app, cast), client_of("Max")
    max_.post("/settings/freezes/new", data=HOLIDAY)
    stops = f"/members/{cast.public['Mia']}/stops"
    typed = {
        "contract": public_id,
        "kind": kind_of(app, cast).public_id,
        "from_on": "2026-12-01",
        "until_on": "2026-12-14",
        "reason": "Travel",
    }
    frank = client_of("Frank")

    without = frank.get(stops, query_string=typed)
    shown = words_of(frank.get(stops, query_string={**typed, "proof": "Ticket"}).text)
    done = frank.post(f"{stops}/freeze", data={**typed, "proof": "Ticket"})

    assert without.status_code == 409
    assert "needs a document" in without.text
    assert "Holiday ৳500.00 once per freeze Days left after it 26 of 40 now" in shown
    assert done.status_code == 303
    assert contract(app, cast).ends_on == date(2027, 12, 5)


def test_a_program_finds_the_kind_and_its_price_before_it_freezes(app, client_of: ClientOf, cast):
    public_id, max_ = sold(app, cast), client_of("Max")
    max_.post("/settings/freezes/new", data=HOLIDAY)
    (kind,) = max_.get("/api/v1/freeze-types").get_json()["items"]
    body = {
        "from_on": "2026-12-01",
        "until_on": "2026-12-14",
        "reason": "Travel",
        "proof": "Ticket",
    }
    address = f"/api/v1/contracts/{public_id}/freeze"

    shown = max_.post(f"{address}/preview", json={**body, "type_id": kind["id"]}).get_json()
    without = max_.post(address, json=body)
    done = max_.post(address, json={**body, "type_id": kind["id"]})

    assert (kind["name"], kind["max_days"], kind["price_kind"]) == ("Holiday", 30, "one_off")
    assert shown == {
        "days": 14,
        "ends_on": "2027-11-21",
        "new_ends_on": "2027-12-05",
        "price": {"amount_minor": 50_000, "currency": "BDT"},
        "days_left": 26,
        "times_left": None,
        "moves_renewal": None,
    }
    assert (without.status_code, without.get_json()["rule"]) == (409, "type_needed")
    assert (done.status_code, done.get_json()["ends_on"]) == (201, "2027-12-05")


def test_an_earlier_day_is_asked_for(app, client_of: ClientOf, cast):
    public_id = sold(app, cast, starts_on=date(2026, 10, 1))
    stops = f"/members/{cast.public['Mia']}/stops"
    typed = {
        "contract": public_id,
        "from_on": "2026-11-15",
        "until_on": "2026-11-30",
        "reason": "Hospital",
    }
    frank = client_of("Frank")

    refused = frank.get(stops, query_string=typed)
    asked = frank.post(f"{stops}/freeze/ask", data=typed)

    assert "Ask somebody to agree to an earlier day" in refused.text
    assert asked.status_code == 303
    with app.app_context(), unit_of_work(write=False) as session:
        wish = session.query(Approval).one()
        assert (wish.kind, wish.measure) == ("backdated_freeze", 16)


def test_leaving_is_shown_confirmed_and_taken_back(app, client_of: ClientOf, cast):
    public_id = sold(app, cast, MONTHLY, starts_on=date(2026, 10, 31))
    leave, sara = f"/members/{cast.public['Mia']}/leave", client_of("Sara")
    typed = {"contract": public_id, "reason": "price"}

    shown = words_of(sara.get(leave, query_string=typed).text)
    done = sara.post(leave, data=typed)
    card = words_of(sara.get(f"/members/{cast.public['Mia']}").text)
    again = sara.post(leave, data=typed)

    assert "Last day 29 Nov 2026" in shown
    assert "Last charge 31 Oct 2026 charged already" in shown
    assert (done.status_code, again.status_code) == (303, 409)
    assert "cancelled" in card
    assert contract(app, cast).ends_on == date(2026, 11, 29)

    assert "Take it back" in sara.get(leave).text
    assert sara.post(f"{leave}/{public_id}/withdraw").status_code == 303
    assert contract(app, cast).ends_on is None


def test_leaving_over_the_api_shows_first_and_happens_once(app, client_of: ClientOf, cast):
    public_id = sold(app, cast, MONTHLY, starts_on=date(2026, 10, 31))
    max_, body = client_of("Max"), {"reason": "moved_away", "last_day": "2026-12-24"}
    address = f"/api/v1/contracts/{public_id}/cancel"

    shown = max_.post(f"{address}/preview", json=body)
    done = max_.post(address, json=body, headers={"Idempotency-Key": "leave-1"})
    same = max_.post(address, json=body, headers={"Idempotency-Key": "leave-1"})
    back = max_.post(f"{address}/withdraw", json={})
    wrong = max_.post(address, json={"reason": "bored"})

    assert shown.get_json() == {
        "contract_id": public_id,
        "asked_on": "2026-11-22",
        "last_day": "2026-12-30",
        "is_cooling_off": False,
        "last_charge_on": "2026-11-30",
        "charges": {"amount_minor": 250_000, "currency": "BDT"},
        "fee": {"amount_minor": 0, "currency": "BDT"},
        "refund": {"amount_minor": 0, "currency": "BDT"},
    }
    assert (done.status_code, done.get_json()) == (201, same.get_json())
    assert (back.status_code, back.get_json()["ends_on"]) == (200, None)
    assert [error["field"] for error in wrong.get_json()["errors"]] == ["reason"]


def test_days_are_given_by_managers_and_asked_for_by_the_desk(app, client_of: ClientOf, cast):
    public_id = sold(app, cast)
    days = f"/members/{cast.public['Mia']}/days"
    typed = {"contract": public_id, "days": "3", "reason": "Cold showers"}
    max_, frank = client_of("Max"), client_of("Frank")

    shown = words_of(max_.get(days, query_string=typed).text)
    max_.post(days, data=typed)
    frank.post(days, data=typed)

    assert "The last day moves from 21 Nov 2027 to 24 Nov 2027" in shown
    assert contract(app, cast).ends_on == date(2027, 11, 24)
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(Approval).one().kind == "free_days"
        line = session.query(GiftLine).one().id
    assert frank.post(f"{days}/{line}/take-back").status_code == 403
    assert max_.post(f"{days}/{line}/take-back").status_code == 303
    assert contract(app, cast).ends_on == date(2027, 11, 21)


def test_everyone_is_shown_counted_changed_and_restored(app, client_of: ClientOf, cast):
    sold(app, cast)
    olga, typed = client_of("Olga"), {"kind": "gift", "days": "5", "reason": "Pool closed"}

    shown = words_of(olga.get("/settings/everyone", query_string=typed).text)
    started = olga.post("/settings/everyone", data=typed)
    moving = olga.get(started.location).text
    with app.app_context():
        run_mass_changes(JobContext("mass-changes", "1", now()))
    done = words_of(olga.get(f"{started.location}/progress").text)

    assert "1 contract changes" in shown
    assert "Mia Rahman Year 21 Nov 2027 26 Nov 2027" in shown
    assert "0 of 1 contracts" in words_of(moving)
    assert "hx-trigger" in moving
    assert "Done 1 of 1 contracts" in done
    assert contract(app, cast).ends_on == date(2027, 11, 26)
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(MassChange).one().reason == "Pool closed"
    assert olga.post(f"{started.location}/undo").status_code == 303
    with app.app_context():
        run_mass_changes(JobContext("mass-changes", "2", now()))
    assert contract(app, cast).ends_on == date(2027, 11, 21)


def test_status_and_cause_are_told_for_any_day(app, client_of: ClientOf, cast):
    public_id, max_ = sold(app, cast, MONTHLY, starts_on=date(2026, 10, 31)), client_of("Max")
    standing = f"/members/{cast.public['Mia']}/standing"

    def told(day: str) -> tuple[str, str]:
        answer = max_.get(f"/api/v1/members/{cast.public['Mia']}/standing?on={day}")
        return answer.get_json()["status"], answer.get_json()["cause"]

    assert told("2026-11-30") == ("active", "runs_on")
    with time_machine.travel("2026-11-24T06:00Z", tick=False):
        max_ = client_of("Max")
        max_.post(
            f"/members/{cast.public['Mia']}/leave", data={"contract": public_id, "reason": "time"}
        )
        assert told("2026-11-23") == ("active", "runs_on")
        assert told("2026-11-24") == ("active", "runs_until")
        assert told("2026-11-30") == ("ex", "ended_on")
        page = words_of(max_.get(f"{standing}?on=2026-11-30").text)
    assert "Status on 30 Nov 2026 Former member The last contract ended on 29 Nov 2026." in page
    assert "Cancelled" in page


RIGHTS_TABLE = [
    ("GET", "/settings/freezes", {"Olga", "Max", "Sara", "Frank", "Anna", "Zoe"}),
    ("POST", "/settings/freezes/new", {"Olga", "Max"}),
    ("GET", "/settings/everyone", {"Olga", "Max"}),
    ("POST", "/settings/everyone", {"Olga", "Max"}),
    ("GET", "/members/x/leave", {"Olga", "Max", "Sara", "Frank", "Zoe"}),
    ("POST", "/members/x/leave", {"Olga", "Max", "Sara", "Frank", "Zoe"}),
    ("POST", "/members/x/days", {"Olga", "Max", "Frank", "Zoe"}),
    ("POST", "/members/x/days/1/take-back", {"Olga", "Max"}),
]


@pytest.mark.parametrize("name", ["Olga", "Max", "Sara", "Frank", "Tara", "Boris", "Anna", "Zoe"])
def test_pages_open_by_role(client_of: ClientOf, name):
    client = client_of(name)

    opened = {
        (method, path): client.open(path, method=method).status_code != 403
        for method, path, _who in RIGHTS_TABLE
    }

    assert opened == {(method, path): name in who for method, path, who in RIGHTS_TABLE}
