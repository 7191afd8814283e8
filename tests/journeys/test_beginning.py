"""Who signs is welcomed at once; who wants to be left alone has nothing waiting any more."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clubcrm.core import clock, events
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.models import Eligibility, Touchpoint, TouchRefusal, TouchState
from clubcrm.journeys.planning import plan_club
from clubcrm.messaging.api import Order, queue
from clubcrm.messaging.models import Message, MessageState
from clubcrm.people.api import Answer, HoldOrder, answer, place_hold, set_do_not_contact
from clubcrm.people.models import Channel, HoldKind, Person, Purpose
from memberships.contracts.models import Contract
from memberships.events import ContractSigned
from tests.cast import Cast, make_member
from tests.journeys.life import came, lead_only, sign
from tests.messaging.conftest import allow_marketing

TODAY = date(2026, 3, 20)
AFTERNOON = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)  # 15:00 in Dhaka


@pytest.fixture(autouse=True)
def afternoon() -> Iterator[time_machine.Traveller]:
    """Stand in an afternoon, long after the night in which the club planned."""
    with time_machine.travel(AFTERNOON, tick=False) as traveller:
        yield traveller


def signs(app: Flask, cast: Cast, starts_on: date = TODAY, name: str = "Nila") -> int:
    """A new person with an address signs for a year; the news has been carried."""
    with app.app_context():
        with unit_of_work():
            person = make_member(name, club=cast.club, email=f"{name.lower()}@x.example").id
            allow_marketing(person)
            tell_of(cast, person, sign(person, cast.club, starts_on, starts_on + timedelta(364)))
        assert dispatch_pending()[1] == 0
    return person


def tell_of(cast: Cast, person: int, contract_id: int) -> None:
    contract = db.session.get_one(Contract, contract_id)
    events.record(
        ContractSigned(
            cast.club,
            clock.now(),
            contract_id,
            person,
            "term",
            contract.starts_on,
            contract.ends_on,
        )
    )


def planned(app: Flask) -> list[tuple[str, date, TouchState, str]]:
    with app.app_context(), unit_of_work(write=False) as session:
        return [
            (one.code, one.planned_on, one.state, one.why)
            for one in session.scalars(select(Touchpoint).order_by(Touchpoint.id))
        ]


def waiting(app: Flask) -> list[tuple[str, MessageState, str]]:
    with app.app_context(), unit_of_work(write=False) as session:
        return [
            (one.code, one.state, one.why)
            for one in session.scalars(select(Message).order_by(Message.id))
        ]


def test_newcomer_is_welcomed_on_the_day_he_signs(app: Flask, cast: Cast) -> None:
    signs(app, cast)

    assert planned(app) == [("J01", TODAY, TouchState.QUEUED, "")]
    with app.app_context(), unit_of_work(write=False) as session:
        message = session.scalars(select(Message)).one()
        assert (message.code, message.state) == ("J01", MessageState.QUEUED)
        assert message.next_at <= AFTERNOON


def test_night_after_the_signing_does_not_welcome_again(
    app: Flask, cast: Cast, afternoon: time_machine.Traveller
) -> None:
    signs(app, cast)
    afternoon.shift(timedelta(hours=14))

    with app.app_context():
        refresh_all(unit_of_work, cast.club, TODAY + timedelta(1))
        plan_club(unit_of_work, cast.club, TODAY + timedelta(1))

    assert [row[0] for row in planned(app)] == ["J01"]


def test_contract_of_a_later_day_is_left_to_its_night(app: Flask, cast: Cast) -> None:
    signs(app, cast, TODAY + timedelta(1))

    assert planned(app) == []


def test_member_who_signs_once_more_is_no_newcomer(app: Flask, cast: Cast) -> None:
    with app.app_context():
        with unit_of_work():
            person = make_member("Rana", club=cast.club, email="rana@x.example").id
            sign(person, cast.club, TODAY - timedelta(200), TODAY + timedelta(30))
        refresh_all(unit_of_work, cast.club, TODAY)
        with unit_of_work():
            again = sign(person, cast.club, TODAY + timedelta(31), TODAY + timedelta(395))
            tell_of(cast, person, again)
        dispatch_pending()

    assert planned(app) == []


def test_whoever_wants_to_be_left_alone_has_nothing_waiting(app: Flask, cast: Cast) -> None:
    person = signs(app, cast)
    with app.app_context():
        with unit_of_work():
            order = Order("by-hand", cast.club, person, "X4", Purpose.SERVICE, clock.now())
            assert isinstance(queue(order), Message)
        with unit_of_work() as session:
            set_do_not_contact(session.get_one(Person, person), True, by="user:1")
        assert dispatch_pending()[1] == 0

    assert [row[1:] for row in waiting(app)] == [(MessageState.CANCELLED, "do_not_contact")] * 2
    assert planned(app) == [("J01", TODAY, TouchState.CANCELLED, "do_not_contact")]


def test_nothing_waits_for_the_dead(app: Flask, cast: Cast) -> None:
    person = signs(app, cast)
    with app.app_context():
        with unit_of_work():
            place_hold(HoldOrder(person, HoldKind.DECEASED, "desk"), by="user:1")
        dispatch_pending()

    assert [row[1] for row in waiting(app)] == [MessageState.CANCELLED]


def test_withdrawn_consent_takes_back_only_what_needed_it(app: Flask, cast: Cast) -> None:
    person = signs(app, cast)
    with app.app_context():
        with unit_of_work() as session:
            queue(Order("by-hand", cast.club, person, "J06a", Purpose.MARKETING, clock.now()))
            no = Answer(Channel.EMAIL, Purpose.MARKETING, False, "desk", "1")
            answer(session.get_one(Person, person), no, by="user:1")
        dispatch_pending()

    assert waiting(app) == [
        ("J01", MessageState.QUEUED, ""),
        ("J06a", MessageState.CANCELLED, "no_consent"),
    ]


@pytest.mark.parametrize("hold_out", [0.0, 1.0])
def test_nobody_is_counted_who_could_not_be_written_to(
    app: Flask, cast: Cast, hold_out: float
) -> None:
    """His only address takes no way that the touchpoint goes by; the lot must not matter."""
    with app.app_context():
        with unit_of_work():
            lead_only(cast.club, "J06a", channels=("telegram",), hold_out=hold_out)
            person = make_member("Rana", club=cast.club, email="rana@x.example").id
            allow_marketing(person)
            sign(person, cast.club, TODAY - timedelta(90), TODAY + timedelta(274))
            came(person, cast.club, [TODAY - timedelta(n) for n in range(9, 50)])
        refresh_all(unit_of_work, cast.club, TODAY)
        plan_club(unit_of_work, cast.club, TODAY)

        with unit_of_work(write=False) as session:
            assert session.scalars(select(Eligibility)).all() == []
            assert session.scalars(select(TouchRefusal.why)).all() == ["no_address"]
    assert planned(app) == []
