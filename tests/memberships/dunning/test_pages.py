"""Pages of late money: debtors by step, letters, failed charges, and the rules of the club."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from memberships.billing.models import Invoice
from memberships.dunning.debtors import overdue_payers
from memberships.dunning.debts import walk_case
from memberships.dunning.models import DebtCase, DebtStepTaken, RecurringCharge
from memberships.dunning.rules import ChargeState, DebtStep, Ladder
from memberships.dunning.settings import ladder_of, steps_of
from tests.memberships.dunning.life import BY
from tests.memberships.gateways.money import invoice_for


@pytest.fixture
def behind(app, cast):
    """Mia is two days late with her invoice."""
    with app.app_context(), unit_of_work():
        invoice_for(cast)
        day = clock.today("Asia/Dhaka") + timedelta(days=2)
        (owed,) = overdue_payers(cast.club, day)
        walk_case(cast.club, owed.payer_id, owed, day, by=BY)


@pytest.fixture
def failing(app, cast):
    """A fee of Mia has failed once; returns its public id."""
    with app.app_context(), unit_of_work():
        invoice = invoice_for(cast)
        today = clock.today("Asia/Dhaka")
        charge = RecurringCharge(
            contract_id=1,
            club_id=cast.club,
            payer_id=cast.members["Mia"],
            person_id=cast.members["Mia"],
            period=2,
            due_on=today,
            covers_from=today,
            covers_until=today + timedelta(days=29),
            text="Monthly",
            amount_minor=150_000,
            currency="BDT",
            state=ChargeState.FAILING,
            invoice_id=invoice.id,
            attempts=1,
            first_failed_on=today,
            next_try_on=today + timedelta(days=1),
            why="insufficient_funds",
        )
        db.session.add(charge)
        db.session.flush()
        return charge.public_id


def test_debtors_stand_under_their_step_with_amount_and_letter(client_of, behind):
    page = client_of("Max").get("/money/debtors").text

    assert "Mia Rahman" in page
    assert "Friendly reminder" in page
    assert "৳1,500.00" in page


def test_steps_are_filters_in_the_address(client_of, behind):
    max_ = client_of("Max")

    assert "Mia Rahman" in max_.get("/money/debtors?step=1").text
    assert "Nobody is behind here" in max_.get("/money/debtors?step=2").text


def test_a_case_shows_its_way_and_a_letter_prints(app, client_of, behind):
    with app.app_context(), unit_of_work(write=False):
        case = db.session.scalars(select(DebtCase.public_id)).one()
        step = db.session.scalars(select(DebtStepTaken.public_id)).one()
    max_ = client_of("Max")

    assert "First letter" in max_.get(f"/money/debtors/{case}").text
    assert "Dear Mia Rahman" in max_.get(f"/money/letters/{step}").text


def test_failed_charges_say_why_and_when_they_are_tried_again(client_of, failing):
    max_ = client_of("Max")

    assert "The account did not cover it." in max_.get("/money/failed").text
    assert "Charge now" in max_.get(f"/money/failed/{failing}").text


def test_a_fee_is_charged_by_hand_or_given_up_with_a_reason(client_of, failing):
    olga = client_of("Olga")

    tried = olga.post(f"/money/failed/{failing}/try", follow_redirects=True)
    bare = olga.post(f"/money/failed/{failing}/give-up", data={"reason": ""})
    gone = olga.post(
        f"/money/failed/{failing}/give-up", data={"reason": "moved"}, follow_redirects=True
    )

    assert "It did not come through again." in tried.text
    assert bare.status_code == 400
    assert "Written off." in gone.text


def test_a_programs_key_tries_a_fee_once(app, client_of, failing):
    olga, key = client_of("Olga"), {"Idempotency-Key": "try-1"}
    with app.app_context(), unit_of_work(write=False):
        invoice = db.session.scalars(select(Invoice.public_id)).one()
    path = f"/api/v1/invoices/{invoice}/charge"

    first, again = olga.post(path, headers=key), olga.post(path, headers=key)
    other = olga.post("/api/v1/invoices/none/charge", headers=key)
    missing = olga.post("/api/v1/invoices/none/charge", headers={"Idempotency-Key": "try-2"})
    anew = olga.post(path, headers={"Idempotency-Key": "try-3"})

    assert (first.status_code, first.get_json()["attempts"]) == (200, 2)
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert (other.status_code, other.get_json()["code"]) == (422, "KEY_REUSED")
    assert missing.status_code == 404
    assert anew.get_json()["attempts"] == 3


def test_the_desk_sees_debtors_but_charges_nothing(client_of, failing):
    frank = client_of("Frank")

    assert frank.get("/money/failed").status_code == 200
    assert frank.post(f"/money/failed/{failing}/try").status_code == 403


def test_the_club_changes_its_days_and_steps(app, cast, client_of):
    typed = {
        "tries": "2, 5",
        "reminder_day": "3",
        "task_day": "0",
        "grace_days": "10",
        "after.0": "3",
        "name.0": "Hello",
        "task.0": "Ring",
        "letter.0": "first",
        "after.1": "",
        "name.1": "",
    }

    saved = client_of("Max").post("/settings/debts", data=typed)

    assert saved.status_code == 303
    with app.app_context(), unit_of_work(write=False):
        assert ladder_of(cast.club) == Ladder((2, 5), 3, 0, 10)
        assert steps_of(cast.club) == (DebtStep(3, "Hello", "Ring", "first"),)


@pytest.mark.parametrize(
    "wrong",
    [{"tries": "soon"}, {"tries": "4 1"}, {"grace_days": ""}, {"after.0": "0", "name.0": "Hello"}],
)
def test_what_cannot_be_is_named_and_kept_typed(client_of, wrong):
    typed = {"tries": "1", "reminder_day": "3", "task_day": "7", "grace_days": "7"} | wrong

    answer = client_of("Max").post("/settings/debts", data=typed)

    assert answer.status_code == 400
    assert "Please check these fields" in answer.text
