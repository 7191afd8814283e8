"""Who was there: by the turnstile, by the teacher's list; and what follows for the others."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import db
from memberships.billing.queries import account_of
from memberships.packages.models import PackageLot
from memberships.packages.services import LotOrder, open_lot
from memberships.schedule.attendance import (
    Arrival,
    grace_ends_at,
    mark_absent,
    mark_present,
    note_arrival,
    note_leaving,
    settle,
)
from memberships.schedule.invariants import places_and_waiting
from memberships.schedule.models import BookingState, Strike
from memberships.schedule.rules.strikes import Penalty, PenaltyRule, StrikeState
from memberships.schedule.settings import SETTING, ClassSettings, as_kept
from memberships.schedule.strikes import appeal, excuse
from tests.memberships.conftest import SARA
from tests.memberships.schedule.studio import FRIDAY, MONDAY_NOON, Studio, in_dhaka, open_studio

pytestmark = pytest.mark.usefixtures("unit")
START = in_dhaka(FRIDAY, 18)


@pytest.fixture
def studio(cast, unit):
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield open_studio(cast, places=3)
    assert places_and_waiting() == []


def came(studio: Studio, name: str, minutes: int, visit: int = 1) -> int:
    """The person came so many minutes after the class began, or before it."""
    at = START + timedelta(minutes=minutes)
    return note_arrival(Arrival(visit, studio.cast.club, studio.people[name], at))


def settled(studio: Studio) -> None:
    with time_machine.travel(START + timedelta(minutes=10), tick=False):
        settle(studio.session())


def rule(cast, **values: object) -> None:
    kept = as_kept(ClassSettings(penalty=PenaltyRule(**values)))
    set_club_setting(cast.club, SETTING, kept)


def strikes() -> list[Strike]:
    return list(db.session.scalars(select(Strike).order_by(Strike.id)))


def test_who_came_through_the_gate_before_class_is_no_no_show(studio):
    mia, amit, bela = (studio.book(name) for name in ("Mia", "Amit", "Bela"))
    came(studio, "Mia", -20, visit=1)
    came(studio, "Amit", 10, visit=2)
    came(studio, "Bela", 11, visit=3)

    settled(studio)

    assert [one.state for one in (mia, amit, bela)] == [
        BookingState.ATTENDED,
        BookingState.ATTENDED,
        BookingState.MISSED,
    ]
    assert [one.person_id for one in strikes()] == [studio.people["Bela"]]
    assert mia.came_at == START - timedelta(minutes=20)


def test_who_went_home_before_it_began_was_not_there(studio):
    mia = studio.book("Mia")
    came(studio, "Mia", -60)
    note_leaving(1, START - timedelta(minutes=5))

    settled(studio)

    assert mia.state is BookingState.MISSED


def test_a_visit_told_late_takes_the_mark_and_the_strike_back(studio):
    mia = studio.book("Mia")
    settled(studio)
    before = mia.state

    with time_machine.travel(START + timedelta(hours=3), tick=False):
        mended = came(studio, "Mia", -15)
        again = came(studio, "Mia", -15)

    assert before is BookingState.MISSED
    assert (mended, again, mia.state) == (1, 0, BookingState.ATTENDED)
    assert [one.state for one in strikes()] == [StrikeState.EXCUSED]


def test_the_teacher_marks_by_hand(studio):
    mia, amit = studio.book("Mia"), studio.book("Amit")
    with time_machine.travel(START, tick=False):
        mark_present(mia, by="user:5")
    settled(studio)
    with time_machine.travel(START + timedelta(minutes=30), tick=False):
        mark_present(amit, by="user:5")
        mark_absent(mia, by="user:5")

    assert (mia.state, amit.state) == (BookingState.MISSED, BookingState.ATTENDED)
    assert [(one.person_id, one.state) for one in strikes()] == [
        (studio.people["Amit"], StrikeState.EXCUSED),
        (studio.people["Mia"], StrikeState.STANDS),
    ]


def test_those_who_still_wait_when_it_begins_are_off_the_list(studio):
    booked = [studio.book(name) for name in ("Mia", "Amit", "Bela", "Chen")]

    settled(studio)

    assert booked[3].state is BookingState.LAPSED
    assert studio.session().taken == 3


def test_the_list_closes_when_the_grace_time_is_over(studio, cast):
    rule(cast, grace_minutes=25)

    assert grace_ends_at(studio.session()) == START + timedelta(minutes=25)


def test_a_fee_becomes_an_invoice_and_an_excuse_credits_it(studio, cast):
    rule(cast, no_show=Penalty.FEE, fee_minor=50_000)
    studio.book("Mia")
    mia = studio.people["Mia"]
    before = account_of(mia, cast.club).owed_minor

    settled(studio)
    charged = account_of(mia, cast.club).owed_minor
    appeal(strikes()[0], "I was in hospital.", by="member:Mia")
    excuse(strikes()[0], "Get well.", by=SARA)

    assert charged - before == 50_000
    assert account_of(mia, cast.club).owed_minor == before
    assert strikes()[0].answer == "Get well."


def test_a_lost_unit_comes_back_with_the_excuse(studio, cast):
    rule(cast, no_show=Penalty.UNIT)
    studio.book("Mia")
    lot = open_lot(
        LotOrder(cast.club, studio.people["Mia"], None, 5, None), source_id="gift", by=SARA
    ).id

    settled(studio)
    db.session.expire_all()
    left = db.session.get_one(PackageLot, lot).remaining
    excuse(strikes()[0], "Fine.", by=SARA)
    db.session.expire_all()

    assert left == 4
    assert db.session.get_one(PackageLot, lot).remaining == 5


def test_without_a_unit_to_lose_it_is_a_strike(studio, cast):
    rule(cast, no_show=Penalty.UNIT)
    studio.book("Mia")

    settled(studio)

    assert [one.penalty for one in strikes()] == [Penalty.STRIKE]


def test_the_reader_of_the_room_books_who_walks_in(studio, cast):
    studio.room.door_zone = "studio"
    studio.book("Mia")
    at = START - timedelta(minutes=5)
    with time_machine.travel(at, tick=False):
        note_arrival(Arrival(9, cast.club, studio.people["Amit"], at, zone="studio"))
        note_arrival(Arrival(10, cast.club, cast.members["Zia"], at, zone="studio"))

    assert studio.session().taken == 2
