"""From the turnstile to the list of a class, and to the guest at the gate: the whole way."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from access_control.rules.codes import Code, Severity
from access_control.services.scanning import handle_scan
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.people.api import PersonDraft
from memberships.contracts.services import SignRequest, sign
from memberships.schedule.attendance import settle
from memberships.schedule.guests import GuestRequest, guest_plan, invite_guest
from memberships.schedule.models import Booking, BookingState, ClassSession, GuestPass
from memberships.schedule.rules.guests import PassState
from tests.access_control.gate.floor import give_card, make_door, scan, the_door
from tests.cast import Cast
from tests.memberships.conftest import SARA, YEAR, make_contract
from tests.memberships.schedule.studio import FRIDAY, MONDAY_NOON, in_dhaka, open_studio

START = in_dhaka(FRIDAY, 18)


def comes(app: Flask, card: str, at: datetime, key: str) -> tuple[Severity, Code]:
    """Somebody holds a card before the reader, and all that follows is carried out."""
    with app.app_context():
        with unit_of_work():
            entry = handle_scan(the_door(), scan(at, key, card), at)
        dispatch_pending()
        return entry.verdict, entry.code


def test_a_scan_before_class_marks_the_member_as_there(app: Flask, cast: Cast) -> None:
    with time_machine.travel(MONDAY_NOON, tick=False) as clock, app.app_context():
        with unit_of_work():
            studio = open_studio(cast)
            make_door(cast.club)
            give_card(studio.people["Mia"])
            for name in ("Mia", "Amit"):
                studio.book(name)
        clock.move_to(START - timedelta(minutes=15))
        comes(app, "4711", START - timedelta(minutes=15), "e1")
        clock.move_to(START + timedelta(minutes=10))
        with unit_of_work() as session:
            settle(session.scalars(select(ClassSession).where(ClassSession.day == FRIDAY)).one())

        with unit_of_work(write=False) as session:
            states = list(session.scalars(select(Booking.state).order_by(Booking.id)))
    assert states == [BookingState.ATTENDED, BookingState.MISSED]


@pytest.mark.parametrize("hosted", [True, False], ids=["host first", "alone"])
def test_a_guest_comes_in_after_the_host_only(app: Flask, cast: Cast, hosted: bool) -> None:
    noon = datetime.fromisoformat(MONDAY_NOON)
    with time_machine.travel(noon, tick=False), app.app_context():
        with unit_of_work():
            make_door(cast.club)
            make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
            give_card(cast.members["Mia"])
            draft = PersonDraft("Nila", phone="+8801711999001")
            made = invite_guest(GuestRequest(cast.members["Mia"], cast.club, draft), by=SARA)
            give_card(made.guest_id, "4712")
        if hosted:
            comes(app, "4711", noon, "e1")
        verdict, code = comes(app, "4712", noon + timedelta(minutes=1), "e2")
        with unit_of_work(write=False) as session:
            state = session.scalars(select(GuestPass.state)).one()

    if hosted:
        assert (verdict, state) == (Severity.WARN, PassState.USED)
    else:
        assert (verdict, code, state) == (Severity.DENY, Code.NO_CONTRACT, PassState.WAITING)


def test_the_gate_refuses_the_fourth_visit_of_a_guest_within_a_year(app: Flask, cast: Cast) -> None:
    answers = []
    with time_machine.travel("2026-07-10T06:00Z", tick=False) as clock, app.app_context():
        with unit_of_work():
            make_door(cast.club)
            guest = make_guest(cast)
            give_card(guest, "4712")
        for month in (7, 8, 9, 10):
            now = datetime.fromisoformat(f"2026-{month:02d}-10T06:00+00:00")
            clock.move_to(now)
            with unit_of_work():
                plan = guest_plan(cast.club, by=SARA)
                contract = sign(SignRequest(guest, plan.plan_id, now.date()), by=SARA)
                db.session.add(open_pass(cast, guest, contract.id, now))
            answers.append(comes(app, "4712", now + timedelta(minutes=1), f"e{month}"))

    assert [code for _verdict, code in answers] == [
        Code.NO_PHOTO,
        Code.NO_PHOTO,
        Code.NO_PHOTO,
        Code.GUEST_LIMIT,
    ]
    assert answers[3][0] is Severity.DENY


def make_guest(cast: Cast) -> int:
    make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    draft = PersonDraft("Nila", phone="+8801711999001")
    request = GuestRequest(cast.members["Mia"], cast.club, draft)
    granted = invite_guest(request, by=SARA)
    db.session.delete(granted)
    db.session.flush()
    return granted.guest_id


def open_pass(cast: Cast, guest: int, contract_id: int, now: datetime) -> GuestPass:
    return GuestPass(
        club_id=cast.club,
        host_id=cast.members["Mia"],
        guest_id=guest,
        contract_id=contract_id,
        day=now.date(),
        state=PassState.OPEN,
        expires_at=now + timedelta(minutes=30),
        issued_by=SARA,
    )
