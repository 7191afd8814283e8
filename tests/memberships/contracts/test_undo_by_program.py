"""Each dangerous act that a club may take back has its way back on a page and for programs (D9)."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext
from memberships.jobs import run_mass_changes
from tests.memberships.conftest import YEAR, make_contract

AT = datetime(2026, 11, 26, 6, tzinfo=UTC)
KEY = {"Idempotency-Key": "days-for-everyone-once"}
# The act, and how it is undone on its page and by a program.
UNDOS = {
    "merge": ("/merges/<merge_id>/undo", "/api/v1/merges/<string:merge_id>/undo"),
    "mass freeze or days": (
        "/settings/everyone/<public_id>/undo",
        "/api/v1/mass-changes/<string:change_id>/undo",
    ),
    "mass message": (
        "/campaigns/<campaign_id>/unplan",
        "/api/v1/campaigns/<string:campaign_id>/unplan",
    ),
    "write-off": (
        "/invoices/<invoice_id>/write-off/<loss_id>/undo",
        "/api/v1/write-offs/<string:loss_id>/undo",
    ),
    "plan change": (
        "/members/<person_id>/contracts/<contract>/change/<change_id>/undo",
        "/api/v1/plan-changes/<string:change_id>/undo",
    ),
}


@pytest.mark.parametrize("act", UNDOS)
def test_what_is_dangerous_is_undone_on_its_page_and_by_program(app, act):
    posts = {rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods}

    assert set(UNDOS[act]) - posts == set()


def test_days_for_everyone_are_given_and_taken_back_by_program(client_of, app, cast):
    with time_machine.travel(AT, tick=False) as traveller:
        with app.app_context(), unit_of_work():
            year = make_contract(cast, YEAR, starts_on=date(2026, 11, 1)).public_id
        olga = client_of("Olga")
        body = {"club": "Dhanmondi", "kind": "gift", "days": 5, "reason": "The boiler broke"}

        def scheduler() -> None:
            with app.app_context():
                run_mass_changes(JobContext("mass-changes", "x", clock.now()))

        def last_day() -> str:
            return str(olga.get(f"/api/v1/contracts/{year}").get_json()["ends_on"])

        shown = olga.post("/api/v1/mass-changes/preview", json=body)
        begun = olga.post("/api/v1/mass-changes", json=body, headers=KEY)
        again = olga.post("/api/v1/mass-changes", json=body, headers=KEY)
        scheduler()
        given = last_day()
        path = f"/api/v1/mass-changes/{begun.get_json()['id']}"
        done = olga.get(path).get_json()
        undoing = olga.post(f"{path}/undo")
        scheduler()
        restored = last_day()
        refused = client_of("Frank").post("/api/v1/mass-changes", json=body)
        late = olga.post("/api/v1/mass-changes", json=body).get_json()["id"]
        traveller.shift(timedelta(days=1, minutes=1))
        too_late = client_of("Olga").post(f"/api/v1/mass-changes/{late}/undo")

    assert shown.get_json() == {"met": 1, "left_out": 0}
    assert again.get_json() == begun.get_json()
    assert (given, done["state"], done["done"]) == ("2027-11-05", "done", 1)
    assert (undoing.get_json()["state"], restored) == ("undoing", "2027-10-31")
    assert (refused.status_code, too_late.status_code) == (403, 409)
