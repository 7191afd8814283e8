"""What was given up by mistake is asked for again: within a day, once, by an opposite line."""

from datetime import timedelta

import pytest

from clubcrm.core.audit import AuditLine
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from memberships.billing.losses import undo_write_off
from memberships.billing.models import Allocation, Invoice, WriteOff
from memberships.billing.orders import Due, WriteOffOrder
from memberships.billing.queries import account_of
from memberships.billing.services import write_off
from memberships.billing.statements import instalments_of, settlements_of
from memberships.billing.write_offs import may_undo
from tests.memberships.billing.conftest import MAX, NOON, faults, locker, pay, sell

DAY = timedelta(days=1)


@pytest.fixture
def lost(unit, noon, cast) -> WriteOff:
    """Of 100 in two parts Mia has paid 30; the other 70 are given up."""
    today = NOON.date()
    invoice = sell(
        cast, locker(10_000), due=(Due(today, 5_000), Due(today + timedelta(days=30), 5_000))
    )
    pay(cast, 3_000, invoices=(invoice.id,))
    made = write_off(WriteOffOrder(invoice.id, "Moved away", "w1"), by=MAX)
    assert isinstance(made, WriteOff)
    return made


def owed(cast) -> int:
    return account_of(cast.members["Mia"], cast.club).owed_minor


def code_of(act, *given: object, **more: object) -> str:
    with pytest.raises(DomainError) as refused:
        act(*given, **more)
    return refused.value.code


def test_each_part_asks_for_what_was_given_up_of_it(cast, lost):
    before = [part.open_minor for part in instalments_of(lost.invoice_id)]

    back = undo_write_off(lost, "It was another Mia", by=MAX)

    db.session.expire_all()
    assert before == [0, 0]
    assert [part.open_minor for part in instalments_of(lost.invoice_id)] == [2_000, 5_000]
    assert (back.amount_minor, back.source_id) == (-7_000, f"undo:{lost.public_id}")
    assert owed(cast) == 7_000
    settled = sorted(one.amount_minor for one in settlements_of(lost.invoice_id))
    assert settled == [-7_000, 3_000, 7_000]
    line = db.session.query(AuditLine).filter_by(action="invoice.asked_again").one()
    assert line.after == {"amount_minor": -7_000, "reason": "It was another Mia", "undoes": lost.id}
    assert faults() == []


def test_what_is_asked_for_again_can_be_paid_and_given_up_again(cast, lost):
    undo_write_off(lost, "It was another Mia", by=MAX)

    pay(cast, 4_000, invoices=(lost.invoice_id,))
    again = write_off(WriteOffOrder(lost.invoice_id, "Now really", "w2"), by=MAX)

    assert again.amount_minor == 3_000
    assert owed(cast) == 0
    assert faults() == []


def test_it_is_taken_back_once_and_its_own_line_never(lost):
    back = undo_write_off(lost, "It was another Mia", by=MAX)

    assert code_of(undo_write_off, lost, "Again", by=MAX) == "STATE"
    assert code_of(undo_write_off, back, "Again", by=MAX) == "STATE"
    assert (may_undo(lost), may_undo(back)) == (False, False)


def test_it_needs_a_reason_and_comes_too_late_after_a_day(lost, noon):
    assert code_of(undo_write_off, lost, " ", by=MAX) == "INVALID_INPUT"
    noon.shift(DAY)
    assert may_undo(lost)
    noon.shift(timedelta(seconds=1))

    assert not may_undo(lost)
    assert code_of(undo_write_off, lost, "Late", by=MAX) == "TOO_LATE"


def test_the_button_stands_on_the_invoice_and_a_program_may_press_it(app, cast, client_of, noon):
    with app.app_context(), unit_of_work():
        number = sell(cast, locker(10_000)).public_id
    max_ = client_of("Max")
    lost = max_.post(
        f"/api/v1/invoices/{number}/write-off", json={"reason": "Moved", "amount_minor": 4_000}
    ).get_json()
    page = max_.get(f"/invoices/{number}").text
    action = f"/invoices/{number}/write-off/{lost['id']}/undo"
    assert action in page
    unreasoned = max_.post(action, data={"reason": ""})
    done = max_.post(action, data={"reason": "Wrong member"}, follow_redirects=True)
    twice = max_.post(f"/api/v1/write-offs/{lost['id']}/undo", json={"reason": "Again"})

    assert (lost["amount_minor"], lost["may_undo"]) == (4_000, True)
    assert unreasoned.status_code == 400
    assert "Asked for again: Wrong member" in done.text
    assert action not in done.text
    assert (twice.status_code, twice.get_json()["code"]) == (409, "STATE")
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(Allocation).count() == 2
    assert max_.post("/api/v1/write-offs/nobody/undo", json={"reason": "x"}).status_code == 404


def test_a_program_writes_a_credit_note(app, cast, client_of, noon):
    with app.app_context(), unit_of_work():
        number = sell(cast, locker(10_000)).public_id
    max_ = client_of("Max")

    note = max_.post(
        f"/api/v1/invoices/{number}/credit", json={"reason": "Broken", "amount_minor": 2_500}
    )
    rest = max_.post(f"/api/v1/invoices/{number}/credit", json={"reason": "Not wanted"})
    more = max_.post(f"/api/v1/invoices/{number}/credit", json={"reason": "Again"})

    assert (note.status_code, note.get_json()["total_minor"]) == (201, -2_500)
    assert rest.get_json()["total_minor"] == -7_500
    assert (more.status_code, more.get_json()["code"]) == (409, "TOO_MUCH")
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(Invoice).count() == 3
