"""Classes paid with units of a package: drawn with the place, back with it, never twice."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from memberships.blocks.rules import BlockOwner
from memberships.blocks.services import BlockRequest, place_block
from memberships.contracts.invariants import unit_balances, unit_sources
from memberships.contracts.models import Contract
from memberships.contracts.services import SignRequest, sign
from memberships.packages.models import EntryKind, PackageEntry, PackageLot
from memberships.packages.offers import PackageRow
from memberships.packages.services import correct_lot
from memberships.packages.terms import MissedRule, Service, TrainerChoice
from memberships.schedule.attendance import (
    Arrival,
    mark_absent,
    mark_present,
    note_arrival,
    settle,
)
from memberships.schedule.bookings import (
    BookRequest,
    accept_offer,
    cancel_booking,
    decline_offer,
    preview_booking,
    recheck_bookings,
    walk_in,
)
from memberships.schedule.costs import lateness
from memberships.schedule.invariants import places_and_waiting
from memberships.schedule.models import Booking, BookingState, Strike
from memberships.schedule.plan_rules import PlanOrder, save_plan_rules, save_type_price
from memberships.schedule.reads import PlanRule
from memberships.schedule.rules.booking import BookingRule, Way
from memberships.schedule.rules.strikes import Penalty, PenaltyRule
from memberships.schedule.rules.units import UnitPrice, UnitUse
from memberships.schedule.settings import SETTING, ClassSettings, as_kept
from memberships.schedule.strikes import excuse
from memberships.schedule.timetable import cancel_class
from memberships.schedule.unit_checks import units_of_bookings
from memberships.schedule.unit_tables import BookingUnit
from tests.cast import make_member
from tests.memberships.conftest import SARA
from tests.memberships.packages.shop import sell
from tests.memberships.schedule.studio import FRIDAY, MONDAY_NOON, in_dhaka, open_studio
from tests.memberships.test_planted_faults import planted

pytestmark = pytest.mark.usefixtures("unit")
ONE = UnitPrice(Service.SMALL_GROUP)
ALL = UnitPrice(Service.SMALL_GROUP, use=UnitUse.ALWAYS)
START = in_dhaka(FRIDAY, 18)


@pytest.fixture
def studio(cast, unit):
    """Yoga costs everybody a unit; Mia has two packages of two, Amit has one, Bela has none."""
    with time_machine.travel(MONDAY_NOON, tick=False):
        made = open_studio(cast)
        cast.members.update(made.people)
        save_type_price(made.yoga.id, ALL, by=SARA)
        yield made
    db.session.flush()
    assert places_and_waiting() == []
    assert units_of_bookings() == unit_balances() == unit_sources() == []


def units(cast, name: str, count: int = 2, **changed: object) -> PackageRow:
    return sell(cast, person=name, service=Service.SMALL_GROUP, units=count, **changed)


def left(*rows: PackageRow) -> list[int]:
    db.session.expire_all()
    return [db.session.get_one(PackageLot, row.lot_id).remaining for row in rows]


def lines() -> list[tuple[EntryKind, str]]:
    found = db.session.execute(
        select(PackageEntry.kind, PackageEntry.source_id)
        .where(PackageEntry.source_kind == "booking")
        .order_by(PackageEntry.id)
    )
    return [(row[0], row[1].partition(":")[2]) for row in found]


def code_of(act, *given: object, **more: object) -> str:
    with pytest.raises(DomainError) as refused:
        act(*given, **more)
    return refused.value.code


def rule(cast, **values: object) -> None:
    set_club_setting(cast.club, SETTING, as_kept(ClassSettings(penalty=PenaltyRule(**values))))


def test_the_place_draws_the_unit_that_ends_first(studio, cast):
    later, sooner = units(cast, "Mia", valid_days=60), units(cast, "Mia", valid_days=20)
    mia = studio.people["Mia"]

    shown = preview_booking(BookRequest(studio.session().id, mia, Way.ONLINE))
    booking = studio.book("Mia")

    assert (shown.price, shown.units_left) == (ALL, 4)
    assert left(later, sooner) == [2, 1]
    assert lines() == [(EntryKind.USE, "1")]
    assert booking.state is BookingState.BOOKED


def test_without_units_there_is_no_place_and_nothing_is_taken(studio):
    assert code_of(studio.book, "Bela") == "NO_UNITS"
    assert studio.session().taken == 0


def test_units_that_end_before_the_class_and_other_services_do_not_pay(studio, cast):
    units(cast, "Mia", valid_days=2)
    sell(cast, person="Mia", service=Service.MASSAGE)

    assert code_of(studio.book, "Mia") == "NO_UNITS"


def test_who_has_units_and_no_contract_books_and_who_is_stopped_does_not(studio, cast):
    dora = make_member("Dora", "Roy", club=cast.club).id
    cast.members["Dora"] = studio.people["Dora"] = dora
    bought = units(cast, "Dora")

    booking = studio.book("Dora")
    cancel_booking(booking, by="member:Dora")
    place_block(BlockRequest(dora, BlockOwner.BAN, "Fight"), by=SARA)

    assert booking.contract_id is None
    assert left(bought) == [2]
    assert code_of(studio.book, "Dora") == "PERSON_STOPPED"


def test_where_plans_book_the_class_their_members_keep_their_units(studio, cast):
    save_type_price(studio.yoga.id, ONE, by=SARA)
    bought = units(cast, "Mia")
    outside = make_member("Dora", "Roy", club=cast.club).id
    cast.members["Dora"] = studio.people["Dora"] = outside
    drawn = units(cast, "Dora")

    studio.book("Mia")
    studio.book("Dora")

    assert (left(bought), left(drawn)) == ([2], [1])


def test_a_plan_that_leaves_the_class_out_is_helped_by_units(studio, cast):
    save_type_price(studio.yoga.id, ONE, by=SARA)
    rule = PlanOrder(PlanRule(BookingRule(may_book=False)))
    version = save_plan_rules(studio.plan.plan_id, rule, by=SARA)
    outside = make_member("Dora", "Roy", club=cast.club).id
    cast.members["Dora"] = studio.people["Dora"] = outside
    signed = sign(SignRequest(outside, studio.plan.plan_id, FRIDAY), by=SARA)
    without = code_of(studio.book, "Dora")
    bought = units(cast, "Dora")

    booking = studio.book("Dora")

    assert signed.plan_version_id == version
    assert without == "NO_UNITS"
    assert (left(bought), booking.contract_id) == ([1], None)


def test_a_class_may_cost_two_units_of_two_packages_or_nothing_is_drawn(studio, cast):
    save_type_price(studio.yoga.id, UnitPrice(Service.SMALL_GROUP, 2, UnitUse.ALWAYS), by=SARA)
    one, other = units(cast, "Mia", 1, valid_days=20), units(cast, "Mia", 3, valid_days=30)
    poor = units(cast, "Amit", 1)

    booking = studio.book("Mia")
    drawn = left(one, other)
    cancel_booking(booking, by="member:Mia")

    assert (drawn, left(one, other)) == ([0, 2], [1, 3])
    assert code_of(studio.book, "Amit") == "NO_UNITS"
    assert left(poor) == [1]


def test_stepping_back_in_time_returns_the_unit_and_moves_up_who_can_pay(studio, cast):
    mia, amit = units(cast, "Mia"), units(cast, "Amit")
    bela, chen = units(cast, "Bela"), units(cast, "Chen")
    first = studio.book("Mia")
    studio.book("Amit")
    waits = [studio.book("Bela"), studio.book("Chen")]
    before = left(mia, amit, bela, chen)
    correct_lot(bela.lot_id, -2, source_id="gone", by=SARA, reason="Used elsewhere")

    cancel_booking(first, by="member:Mia")

    assert before == [1, 1, 2, 2]
    assert left(mia, amit, bela, chen) == [2, 1, 0, 1]
    assert [one.state for one in waits] == [BookingState.WAITING, BookingState.BOOKED]


def test_an_offer_draws_when_it_is_taken_and_not_when_it_is_left(studio, cast):
    mia, amit, bela, chen = (units(cast, name) for name in ("Mia", "Amit", "Bela", "Chen"))
    first, _second = studio.book("Mia"), studio.book("Amit")
    offered, next_one = studio.book("Bela"), studio.book("Chen")

    with time_machine.travel(in_dhaka(FRIDAY, 16, 30), tick=False):
        cancel_booking(first, by="member:Mia")
        kept = left(mia, amit, bela, chen)
        decline_offer(offered, by="member:Bela")
        accept_offer(next_one, by="member:Chen")

    # Mia stepped back after the cut-off, and the rule of the class keeps her unit.
    assert kept == [1, 1, 2, 2]
    assert left(mia, amit, bela, chen) == [1, 1, 2, 1]


def test_an_offer_cannot_be_taken_without_units(studio, cast):
    for name in ("Mia", "Amit"):
        units(cast, name)
    bela = units(cast, "Bela")
    first, _second, waits = studio.book("Mia"), studio.book("Amit"), studio.book("Bela")

    with time_machine.travel(in_dhaka(FRIDAY, 16, 30), tick=False):
        cancel_booking(first, by="member:Mia")
        correct_lot(bela.lot_id, -2, source_id="gone", by=SARA, reason="Used elsewhere")
        assert code_of(accept_offer, waits, by="member:Bela") == "NO_UNITS"

    assert waits.state is BookingState.OFFERED


@pytest.mark.parametrize(
    ("late_cancel", "penalty", "left_after", "strikes"),
    [
        (MissedRule.UNIT, Penalty.NOTHING, 1, []),
        (MissedRule.UNIT, Penalty.STRIKE, 1, [Penalty.STRIKE]),
        (MissedRule.UNIT, Penalty.UNIT, 1, [Penalty.UNIT]),
        (MissedRule.NOTHING, Penalty.UNIT, 1, [Penalty.UNIT]),
        (MissedRule.NOTHING, Penalty.STRIKE, 2, [Penalty.STRIKE]),
        (MissedRule.NOTHING, Penalty.NOTHING, 2, []),
    ],
)
def test_cancelling_late_keeps_the_unit_by_rule_and_never_takes_a_second(
    studio, cast, late_cancel, penalty, left_after, strikes
):
    save_type_price(
        studio.yoga.id,
        UnitPrice(Service.SMALL_GROUP, use=UnitUse.ALWAYS, late_cancel=late_cancel),
        by=SARA,
    )
    rule(cast, late_cancel=penalty)
    bought = units(cast, "Mia")
    booking = studio.book("Mia")

    with time_machine.travel(in_dhaka(FRIDAY, 17), tick=False):
        said = lateness([booking])[booking.id]
        cancel_booking(booking, by="member:Mia")

    given = list(db.session.scalars(select(Strike)))
    assert left(bought) == [left_after]
    assert [one.penalty for one in given] == strikes
    assert ("stay used" in said) == (left_after == 1)
    for one in given:
        excuse(one, "Fine.", by=SARA)
    assert left(bought) == ([2] if given else [left_after])


def test_terms_of_a_booking_stay_those_it_was_made_on(studio, cast):
    bought = units(cast, "Mia", 5)
    booking = studio.book("Mia")
    dearer = UnitPrice(Service.SMALL_GROUP, 3, UnitUse.ALWAYS, MissedRule.NOTHING)
    save_type_price(studio.yoga.id, dearer, by=SARA)

    with time_machine.travel(in_dhaka(FRIDAY, 17), tick=False):
        cancel_booking(booking, by="member:Mia")

    assert left(bought) == [4]
    save_type_price(studio.yoga.id, None, by=SARA)


def test_a_class_called_off_and_a_stop_return_the_units(studio, cast):
    mia, amit = units(cast, "Mia"), units(cast, "Amit")
    studio.book("Mia")
    dropped = studio.book("Amit")

    place_block(BlockRequest(studio.people["Amit"], BlockOwner.BAN, "Fight"), by=SARA)
    recheck_bookings(studio.people["Amit"], by="system")
    after_stop = left(mia, amit)
    cancel_class(studio.session(), "The teacher is ill.", by=SARA)

    assert dropped.state is BookingState.DROPPED
    assert (after_stop, left(mia, amit)) == ([1, 2], [2, 2])


def test_who_paid_with_a_unit_keeps_the_place_when_the_contract_ends(studio, cast):
    bought = units(cast, "Mia")
    booking = studio.book("Mia")
    contract = db.session.get_one(Contract, booking.contract_id)
    contract.ends_on = FRIDAY - timedelta(days=1)
    db.session.flush()

    dropped = recheck_bookings(studio.people["Mia"], by="system")

    assert (dropped, booking.state, booking.contract_id) == (0, BookingState.BOOKED, None)
    assert left(bought) == [1]


def test_who_did_not_come_has_used_the_unit_until_he_is_excused_or_was_there(studio, cast):
    mia, amit = units(cast, "Mia"), units(cast, "Amit")
    missed, came_late = studio.book("Mia"), studio.book("Amit")
    with time_machine.travel(START + timedelta(minutes=10), tick=False):
        settle(studio.session())
        strikes = {one.booking_id: one for one in db.session.scalars(select(Strike))}
        excuse(strikes[missed.id], "Ill.", by=SARA)
        note_arrival(Arrival(1, cast.club, studio.people["Amit"], START - timedelta(minutes=20)))
        after_all = left(mia, amit)
        mark_present(missed, by=SARA)
        drawn_again = left(mia)
        mark_absent(missed, by=SARA)

    assert came_late.state is BookingState.ATTENDED
    assert after_all == [2, 1]
    assert (drawn_again, left(mia)) == ([1], [1])
    assert lines() == [
        (EntryKind.USE, "1"),
        (EntryKind.USE, "1"),
        (EntryKind.RETURN, "1"),
        (EntryKind.USE, "2"),
    ]


def test_a_unit_that_was_excused_and_spent_cannot_be_drawn_again(studio, cast):
    bought = units(cast, "Mia", 1)
    missed = studio.book("Mia")
    with time_machine.travel(START + timedelta(minutes=10), tick=False):
        settle(studio.session())
        excuse(db.session.scalars(select(Strike)).one(), "Ill.", by=SARA)
        correct_lot(bought.lot_id, -1, source_id="gone", by=SARA, reason="Used elsewhere")

        assert code_of(mark_present, missed, by=SARA) == "NO_UNITS"
        came = note_arrival(Arrival(1, cast.club, studio.people["Mia"], START))

    assert came == 0
    assert missed.state is BookingState.MISSED


def test_staff_take_somebody_in_at_the_start_and_the_door_spends_no_units(studio, cast):
    mia, amit = units(cast, "Mia"), units(cast, "Amit")
    with time_machine.travel(START - timedelta(minutes=5), tick=False):
        walk_in(studio.session(), studio.people["Mia"], by=SARA)
        refused = code_of(
            walk_in, studio.session(), studio.people["Amit"], by="system", way=Way.DOOR
        )

    assert (left(mia, amit), refused) == ([1, 2], "NO_UNITS")


def test_packages_of_a_chosen_trainer_pay_for_that_teachers_classes_only(studio, cast):
    chosen = {"trainer": "Tara", "trainer_choice": TrainerChoice.CHOSEN}
    tara = units(cast, "Mia", **chosen)
    studio.book("Mia")
    studio.session().teacher_id = cast.users["Max"]
    db.session.flush()
    units(cast, "Amit", **chosen)

    assert left(tara) == [1]
    assert code_of(studio.book, "Amit") == "NO_UNITS"


@pytest.mark.parametrize("count", [0, 21])
def test_a_price_has_its_limits(studio, count):
    price = UnitPrice(Service.SMALL_GROUP, count)

    assert code_of(save_type_price, studio.yoga.id, price, by=SARA) == "INVALID_INPUT"


def test_the_check_finds_units_that_do_not_fit_their_booking(studio, cast):
    units(cast, "Mia")
    booking = studio.book("Mia")
    key, shown = booking.id, booking.public_id

    miscounted = planted(units_of_bookings, BookingUnit, drawn=2, returned=1)
    unpaid = planted(units_of_bookings, BookingUnit, returned=1)
    lost = planted(units_of_bookings, Booking, public_id="nobody")

    assert miscounted == unpaid == [f"booking {key} (booked): costs 1 units, 1 drawn, 0 returned"]
    assert lost == [
        f"booking {key} (booked): costs 1 units, 0 drawn, 0 returned",
        f"booking {shown}: units were drawn for it, but it costs none",
    ]
