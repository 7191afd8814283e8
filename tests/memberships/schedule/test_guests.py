"""Guests of members: passes, hosts, limits, and the way through the gate."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.people.api import PersonDraft
from clubcrm.people.models import Person
from memberships.blocks.queries import blocks_of
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.schedule.attendance import Arrival, note_arrival
from memberships.schedule.guests import (
    GuestRequest,
    guest_arrived,
    guests_left,
    host_arrived,
    invite_guest,
    lapse_passes,
    withdraw_pass,
)
from memberships.schedule.models import GuestPass
from memberships.schedule.plan_rules import save_settings
from memberships.schedule.rules.guests import GuestTerms, PassState
from memberships.schedule.settings import ClassSettings
from tests.cast import make_member
from tests.memberships.conftest import SARA, YEAR, make_contract

pytestmark = pytest.mark.usefixtures("unit")
NOON = datetime.fromisoformat("2026-11-23T06:00+00:00")


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def mia(cast, unit) -> int:
    make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    return cast.members["Mia"]


def invite(cast, host: int, name: str = "Nila", phone: str = "+8801711999001") -> GuestPass:
    return invite_guest(GuestRequest(host, cast.club, PersonDraft(name, phone=phone)), by=SARA)


def arrives(cast, person: int, visit: int, at: datetime = NOON) -> None:
    note_arrival(Arrival(visit, cast.club, person, at))
    guest_arrived(person, cast.club, at)
    host_arrived(person, cast.club, at)


def code(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def test_a_guest_is_a_new_person_with_the_host_as_source(cast, mia):
    granted = invite(cast, mia)

    guest = db.session.get_one(Person, granted.guest_id)
    assert (guest.source, granted.host_id, granted.state) == ("guest", mia, PassState.WAITING)
    assert guests_left(mia, cast.club).left == 1


def test_the_gate_knows_the_guest_once_the_host_has_come(cast, mia, noon):
    granted = invite(cast, mia)
    before = granted.contract_id
    arrives(cast, mia, 1)

    contract = db.session.get_one(Contract, granted.contract_id)
    assert before is None
    assert (granted.state, granted.expires_at) == (PassState.OPEN, NOON + timedelta(minutes=30))
    assert (contract.state, contract.starts_on, contract.ends_on) == (
        ContractState.SIGNED,
        date(2026, 11, 23),
        date(2026, 11, 23),
    )

    arrives(cast, granted.guest_id, 2, NOON + timedelta(minutes=10))
    assert granted.state is PassState.USED


def test_with_the_host_in_the_house_the_pass_opens_at_once(cast, mia, noon):
    arrives(cast, mia, 1)
    noon.move_to(NOON + timedelta(minutes=20))

    assert invite(cast, mia).state is PassState.OPEN


def test_a_guest_who_does_not_follow_in_time_has_no_right_any_more(cast, mia, noon):
    arrives(cast, mia, 1)
    granted = invite(cast, mia)
    noon.move_to(NOON + timedelta(minutes=31))

    lapsed = lapse_passes(cast.club)

    contract = db.session.get_one(Contract, granted.contract_id)
    assert (lapsed, granted.state, contract.state) == (1, PassState.LAPSED, ContractState.VOID)
    assert guests_left(mia, cast.club).left == 2


def test_a_pass_taken_back_is_the_members_again(cast, mia):
    granted = invite(cast, mia)

    withdraw_pass(granted, by=SARA)

    assert (granted.state, guests_left(mia, cast.club).left) == (PassState.WITHDRAWN, 2)


def test_passes_are_used_up_until_the_next_month(cast, mia, noon):
    invite(cast, mia, "Nila", "+8801711999001")
    invite(cast, mia, "Omar", "+8801711999002")
    with pytest.raises(DomainError) as error:
        invite(cast, mia, "Puja", "+8801711999003")
    noon.move_to(datetime.fromisoformat("2026-12-01T06:00+00:00"))

    assert code(error) == "GUEST_PASSES_USED_UP"
    assert invite(cast, mia, "Puja", "+8801711999003").state is PassState.WAITING


def test_the_fourth_visit_of_a_guest_in_a_year_is_refused(cast, mia, noon):
    for month in (8, 9, 10):
        day = datetime.fromisoformat(f"2026-{month:02d}-10T06:00+00:00")
        noon.move_to(day)
        arrives(cast, mia, month, day)
        granted = invite(cast, mia)
        arrives(cast, granted.guest_id, 100 + month, day)
        assert granted.state is PassState.USED
    noon.move_to(NOON)

    with pytest.raises(DomainError) as error:
        invite(cast, mia)
    noon.move_to(datetime.fromisoformat("2027-08-10T06:00+00:00"))
    make_contract(cast, YEAR, starts_on=date(2027, 1, 1))

    assert code(error) == "GUEST_LIMIT"
    assert invite(cast, mia).state is PassState.WAITING


def test_former_members_come_as_no_guests_and_strangers_bring_nobody(cast, mia):
    rafi = make_member("Rafi", "Khan", club=cast.club, phone="+8801711777001")
    cast.members["Rafi"] = rafi.id
    make_contract(cast, YEAR, starts_on=date(2025, 1, 1), person="Rafi")
    draft = PersonDraft("Rafi", "Khan", phone="+8801711777001")
    with pytest.raises(DomainError) as not_new:
        invite_guest(GuestRequest(mia, cast.club, draft), by=SARA)
    with pytest.raises(DomainError) as no_right:
        invite(cast, cast.members["Zia"])

    assert (code(not_new), code(no_right)) == ("GUEST_NOT_NEW", "HOST_HAS_NO_RIGHT")


def test_where_the_club_wants_it_the_guest_signs_the_waiver_first(cast, mia):
    save_settings(cast.club, ClassSettings(guests=GuestTerms(waiver=True)), by=SARA)

    granted = invite(cast, mia)

    assert [one.owner.value for one in blocks_of(granted.guest_id)] == ["waiver"]


def test_one_person_has_one_pass_a_day(cast, mia):
    invite(cast, mia)

    with pytest.raises(DomainError) as error:
        invite(cast, mia)
    assert code(error) == "GUEST_ALREADY_TODAY"
    assert db.session.scalar(select(func.count(GuestPass.id))) == 1
