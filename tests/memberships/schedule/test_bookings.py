"""Booking, stepping back, waiting, offers, and bookings whose right ends."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.blocks.rules import BlockOwner
from memberships.blocks.services import BlockRequest, place_block
from memberships.contracts.catalogue import plan_by_id
from memberships.contracts.freezes import FreezeRequest, freeze_contract
from memberships.contracts.history import contracts_of
from memberships.contracts.models import Contract
from memberships.schedule.bookings import (
    BookRequest,
    accept_offer,
    cancel_booking,
    lapse_offer,
    preview_booking,
    recheck_bookings,
    walk_in,
    would_be_late,
)
from memberships.schedule.due import offers_to_lapse
from memberships.schedule.invariants import places_and_waiting
from memberships.schedule.models import BookingState, Strike
from memberships.schedule.plan_rules import PlanOrder, save_plan_rules
from memberships.schedule.reads import PlanRule
from memberships.schedule.rules.booking import BookingRule, Way
from memberships.schedule.rules.strikes import Miss
from tests.memberships.conftest import SARA
from tests.memberships.schedule.studio import FRIDAY, MONDAY_NOON, in_dhaka, open_studio

pytestmark = pytest.mark.usefixtures("unit")


@pytest.fixture
def studio(cast, unit):
    with time_machine.travel(MONDAY_NOON, tick=False):
        yield open_studio(cast)
    assert places_and_waiting() == []


def facts_told() -> list[str]:
    return list(db.session.scalars(select(Event.kind).order_by(Event.id)))


def code_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_places_go_first_come_first_served_and_then_numbers_are_given(studio):
    booked = [studio.book(name) for name in ("Mia", "Amit", "Bela", "Chen")]

    assert [one.state for one in booked] == [
        BookingState.BOOKED,
        BookingState.BOOKED,
        BookingState.WAITING,
        BookingState.WAITING,
    ]
    assert [one.waiting_number for one in booked] == [None, None, 1, 2]
    assert (studio.session().taken, studio.session().last_waiting) == (2, 2)


def test_the_preview_says_what_booking_will_give(studio):
    ask = BookRequest(studio.session().id, studio.people["Bela"], Way.ONLINE)

    before = preview_booking(ask)
    studio.book("Mia")
    studio.book("Amit")
    after = preview_booking(ask)

    assert (before.places_left, before.waiting_number) == (2, None)
    assert (after.places_left, after.waiting_number) == (0, 1)


def test_one_person_has_one_place(studio):
    studio.book("Mia")

    with pytest.raises(DomainError) as error:
        studio.book("Mia")
    assert code_of(error) == "ALREADY_BOOKED"


def test_without_a_contract_there_is_no_place(studio, cast):
    studio.people["Zia"] = cast.members["Zia"]

    with pytest.raises(DomainError) as error:
        studio.book("Zia", way=Way.DESK)
    assert code_of(error) == "NO_RIGHT"


def test_the_window_is_the_one_of_the_plan(studio):
    with pytest.raises(DomainError) as error:
        studio.book("Mia", day=date(2026, 12, 4))

    assert code_of(error) == "NOT_OPEN_YET"
    assert "It opens" in error.value.text
    assert studio.book("Mia", day=date(2026, 12, 4), way=Way.DESK).state is BookingState.BOOKED


def test_rules_set_later_count_for_new_sales_only(studio):
    no_classes = PlanOrder(PlanRule(BookingRule(may_book=False)))

    version = save_plan_rules(studio.plan.plan_id, no_classes, by=SARA)

    assert version != studio.plan.version_id
    assert studio.book("Mia").state is BookingState.BOOKED


def test_stepping_back_in_time_moves_up_the_first_who_waits(studio):
    mia, _amit, bela, chen = (studio.book(name) for name in ("Mia", "Amit", "Bela", "Chen"))

    late = cancel_booking(mia, by="member:Mia")

    db.session.refresh(bela)
    assert late is None
    assert (mia.state, bela.state, chen.state) == (
        BookingState.CANCELLED,
        BookingState.BOOKED,
        BookingState.WAITING,
    )
    assert (studio.session().taken, bela.waiting_number) == (2, 1)
    assert "PlaceGiven" in facts_told()


def test_who_lost_the_right_is_passed_over(studio):
    mia, _amit, bela, chen = (studio.book(name) for name in ("Mia", "Amit", "Bela", "Chen"))
    place_block(BlockRequest(studio.people["Bela"], BlockOwner.BAN, "Shouted"), by=SARA)

    cancel_booking(mia, by=SARA)

    db.session.refresh(chen)
    assert (bela.state, chen.state) == (BookingState.WAITING, BookingState.BOOKED)


def test_after_the_cut_off_a_place_is_offered_and_held(studio):
    mia, _amit, bela, chen = (studio.book(name) for name in ("Mia", "Amit", "Bela", "Chen"))

    with time_machine.travel(in_dhaka(FRIDAY, 16, 30), tick=False):
        late = cancel_booking(mia, by="member:Mia")
        db.session.refresh(bela)

        assert late is Miss.LATE_CANCEL
        assert (bela.state, bela.expires_at) == (BookingState.OFFERED, in_dhaka(FRIDAY, 17))
        assert studio.session().taken == 2
        accept_offer(bela, by="member:Bela")

    assert (bela.state, chen.state) == (BookingState.BOOKED, BookingState.WAITING)


def test_an_offer_that_ran_out_goes_to_the_next(studio):
    mia, _amit, bela, chen = (studio.book(name) for name in ("Mia", "Amit", "Bela", "Chen"))
    with time_machine.travel(in_dhaka(FRIDAY, 16, 30), tick=False):
        cancel_booking(mia, by=SARA)

    with time_machine.travel(in_dhaka(FRIDAY, 17, 1), tick=False):
        due = offers_to_lapse(in_dhaka(FRIDAY, 17, 1))
        lapse_offer(bela, by="system")
        with pytest.raises(DomainError) as error:
            accept_offer(bela, by="member:Bela")

    db.session.refresh(chen)
    assert due == [bela.id]
    assert code_of(error) == "OFFER_OVER"
    assert (bela.state, chen.state) == (BookingState.LAPSED, BookingState.OFFERED)


def test_cancelling_late_brings_a_strike_unless_it_is_regretted_at_once(studio):
    mia = studio.book("Mia")
    with time_machine.travel(in_dhaka(FRIDAY, 17), tick=False) as clock:
        amit = studio.book("Amit")
        clock.shift(timedelta(minutes=5))
        assert would_be_late(mia) is not None
        assert would_be_late(amit) is None

        cancel_booking(mia, by="member:Mia")
        cancel_booking(amit, by="member:Amit")

    strikes = db.session.scalars(select(Strike)).all()
    assert [(one.person_id, one.miss) for one in strikes] == [
        (studio.people["Mia"], Miss.LATE_CANCEL)
    ]
    assert (mia.state, amit.state) == (BookingState.LATE, BookingState.CANCELLED)


def test_who_is_moved_up_too_late_to_step_back_pays_nothing(studio):
    mia, _amit, bela = (studio.book(name) for name in ("Mia", "Amit", "Bela"))
    with time_machine.travel(in_dhaka(FRIDAY, 15, 30), tick=False):
        cancel_booking(mia, by=SARA)
        db.session.refresh(bela)
    with time_machine.travel(in_dhaka(FRIDAY, 17), tick=False):
        late = cancel_booking(bela, by="member:Bela")

    assert bela.penalty_free
    assert late is None
    assert db.session.scalars(select(Strike)).all() == []


def test_a_freeze_ends_the_bookings_of_its_days_only(studio):
    friday = studio.book("Mia")
    next_friday = studio.book("Mia", day=date(2026, 12, 4), way=Way.DESK)
    amit, bela = studio.book("Amit"), studio.book("Bela")
    contract = contracts_of(studio.people["Mia"])[0].contract_id
    freeze_contract(
        FreezeRequest(contract, date(2026, 11, 25), date(2026, 12, 1), "Travelling"), by=SARA
    )

    dropped = recheck_bookings(studio.people["Mia"], by="system")

    db.session.refresh(bela)
    assert dropped == 1
    assert (friday.state, next_friday.state) == (BookingState.DROPPED, BookingState.BOOKED)
    assert (amit.state, bela.state) == (BookingState.BOOKED, BookingState.BOOKED)
    assert "BookingDropped" in facts_told()


def test_bookings_after_a_contract_ends_are_dropped(studio):
    booking = studio.book("Mia")
    contract = contracts_of(studio.people["Mia"])[0]
    db.session.get_one(Contract, contract.contract_id).ends_on = date(2026, 11, 26)
    db.session.flush()

    assert recheck_bookings(studio.people["Mia"], by="system") == 1
    assert (booking.state, booking.why) == (BookingState.DROPPED, "NO_RIGHT")


def test_people_walk_in_at_the_start_while_there_is_a_place(studio):
    studio.book("Mia")
    session = studio.session()
    with pytest.raises(DomainError) as early:
        walk_in(session, studio.people["Amit"], by=SARA)
    with time_machine.travel(in_dhaka(FRIDAY, 17, 55), tick=False):
        came = walk_in(session, studio.people["Amit"], by=SARA)
        with pytest.raises(DomainError) as full:
            walk_in(session, studio.people["Bela"], by=SARA)

    assert (came.state, session.taken) == (BookingState.ATTENDED, 2)
    assert (code_of(early), code_of(full)) == ("NOT_OPEN_YET", "CLASS_FULL")


def test_a_plan_limits_how_many_bookings_are_open(studio):
    rule = PlanRule(BookingRule(open_limit=1, opens_days=30))
    save_plan_rules(studio.plan.plan_id, PlanOrder(rule), by=SARA)
    newest = plan_by_id(studio.plan.plan_id)
    contract = contracts_of(studio.people["Mia"])[0]
    db.session.get_one(Contract, contract.contract_id).plan_version_id = newest.version_id
    db.session.flush()
    studio.book("Mia")

    with pytest.raises(DomainError) as error:
        studio.book("Mia", day=date(2026, 12, 4))
    assert code_of(error) == "BOOKING_LIMIT"
