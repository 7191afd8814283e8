"""Freezes of a kind: granted within its limits, charged, cut short, and kept as granted."""

from dataclasses import replace
from datetime import date

import pytest
import time_machine

from access_control.services.scanning import handle_scan
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.approvals.services import decide
from memberships.billing.queries import account_of
from memberships.blocks.rules import BlockOwner
from memberships.blocks.services import BlockRequest, place_block
from memberships.contracts.asking import ask_backdated_freeze
from memberships.contracts.conditions import PlanFreezing
from memberships.contracts.freeze_catalogue import FreezeOffer, freeze_types_of
from memberships.contracts.freeze_tables import FreezeTaken
from memberships.contracts.freeze_types import (
    create_freeze_type,
    edit_freeze_type,
    withdraw_freeze_type,
)
from memberships.contracts.freezes import (
    FreezeRequest,
    cancel_freeze,
    end_freeze,
    freeze_contract,
    freeze_preview,
)
from memberships.contracts.freezing import FreezePrice, FreezeTerms
from memberships.contracts.history import contracts_to_end, frozen_spans
from memberships.contracts.invariants import contract_periods, freezes
from memberships.contracts.rules import ContractState
from memberships.contracts.services import end_contract
from memberships.contracts.terms import FrozenSpan
from memberships.dunning.models import RecurringCharge
from tests.access_control.gate.floor import at, give_card, make_door, scan
from tests.memberships.conftest import MONTHLY, SARA, YEAR, make_contract, make_plan

pytestmark = pytest.mark.usefixtures("unit", "clock")
MAX = "user:2"

HOLIDAY = FreezeTerms(
    "Holiday",
    "BDT",
    max_days=95,
    allowance_days=100,
    price_kind=FreezePrice.PER_MONTH,
    price_minor=50_000,
)


@pytest.fixture
def clock():
    with time_machine.travel("2026-06-01T06:00Z", tick=False) as traveller:
        yield traveller


def granted(cast, terms: FreezeTerms = HOLIDAY) -> FreezeOffer:
    made = create_freeze_type(cast.club, terms, by=MAX)
    return next(one for one in freeze_types_of(Scope((cast.club,))) if one.type_id == made.id)


def asked(contract, kind: FreezeOffer | None, first: date, last: date, **more) -> FreezeRequest:
    return FreezeRequest(contract.id, first, last, "Travel", kind and kind.type_id, **more)


def refused(request: FreezeRequest) -> object:
    with pytest.raises(DomainError) as refusal:
        freeze_contract(request, by=SARA)
    assert refusal.value.code == "FREEZE_REFUSED"
    return refusal.value.extra["rule"]


def test_the_preview_tells_end_price_and_what_is_left(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    request = asked(contract, granted(cast), date(2026, 6, 10), date(2026, 7, 12))

    shown = freeze_preview(request)

    assert (shown.days, shown.new_ends_on) == (33, date(2027, 2, 2))
    assert (shown.price_minor, shown.currency) == (100_000, "BDT")
    assert (shown.left.days_before, shown.left.days_after) == (100, 67)
    assert db.session.query(FreezeTaken).count() == 0


def test_a_freeze_is_charged_once_and_the_rest_comes_back_with_the_member(cast, clock):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    owed = account_of(cast.members["Mia"], cast.club).owed_minor
    request = asked(contract, granted(cast), date(2026, 6, 10), date(2026, 8, 31))
    freeze_contract(request, by=SARA)
    frozen = account_of(cast.members["Mia"], cast.club)

    clock.move_to("2026-06-20T06:00Z")
    back = end_freeze(cast.members["Mia"], date(2026, 6, 20), "device:gate")

    assert frozen.owed_minor == owed + 150_000
    assert back == 73
    assert account_of(cast.members["Mia"], cast.club).owed_minor == owed + 50_000
    left = freeze_preview(asked(contract, granted_again(cast), date(2026, 9, 1), date(2026, 9, 7)))
    assert (left.left.days_before, left.left.days_after) == (90, 83)
    (fact,) = db.session.query(Event).filter_by(kind="FreezeEnded").all()
    assert (fact.payload["returned_days"], fact.payload["returned_minor"]) == (73, 100_000)
    assert [*contract_periods(), *freezes()] == []


def granted_again(cast) -> FreezeOffer:
    return freeze_types_of(Scope((cast.club,)))[0]


def test_a_freeze_called_off_in_time_costs_nothing(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    once = replace(HOLIDAY, price_kind=FreezePrice.ONE_OFF)
    before = account_of(cast.members["Mia"], cast.club).balance_minor
    request = asked(contract, granted(cast, once), date(2026, 6, 10), date(2026, 8, 31))
    block = freeze_contract(request, by=SARA)

    cancel_freeze(block, by=SARA)

    assert account_of(cast.members["Mia"], cast.club).balance_minor == before
    assert contract.ends_on == date(2026, 12, 31)


def test_a_kind_may_leave_the_last_day_where_it_is(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    still = granted(cast, replace(HOLIDAY, extends_end=False))
    freeze_contract(asked(contract, still, date(2026, 6, 1), date(2026, 6, 14)), by=SARA)

    assert contract.ends_on == date(2026, 12, 31)
    assert contract_periods() == []
    end_freeze(cast.members["Mia"], date(2026, 6, 5), "device:gate")
    assert contract.ends_on == date(2026, 12, 31)
    assert [*contract_periods(), *freezes()] == []


def test_where_kinds_are_granted_one_has_to_be_named(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    kind = granted(cast)

    assert refused(asked(contract, None, date(2026, 6, 1), date(2026, 6, 9))) == "type_needed"
    withdraw_freeze_type(kind.type_id, by=MAX)
    assert refused(asked(contract, kind, date(2026, 6, 1), date(2026, 6, 9))) == "not_for_plan"


def test_a_plan_names_the_kinds_it_allows(cast):
    holiday, illness = granted(cast), granted(cast, replace(HOLIDAY, name="Illness"))
    only = replace(YEAR, freezing=PlanFreezing.NAMED, freeze_type_ids=frozenset({illness.type_id}))
    never = replace(MONTHLY, freezing=PlanFreezing.NONE)
    year = make_contract(cast, only, starts_on=date(2026, 1, 1))
    month = make_contract(cast, never, starts_on=date(2026, 1, 1))
    days = date(2026, 6, 1), date(2026, 6, 9)

    assert refused(asked(year, holiday, *days)) == "not_for_plan"
    assert refused(asked(month, holiday, *days)) == "plan_forbids"
    assert freeze_contract(asked(year, illness, *days), by=SARA).until_on == date(2026, 6, 9)


def test_a_plan_cannot_name_the_kinds_of_another_club(cast):
    foreign = create_freeze_type(cast.other_club, replace(HOLIDAY, currency="EUR"), by=MAX)
    named = {"freezing": PlanFreezing.NAMED, "freeze_type_ids": frozenset({foreign.id})}

    with pytest.raises(DomainError) as refusal:
        make_plan(cast, YEAR, **named)

    assert [one.field for one in refusal.value.fields] == ["freeze_types"]


def test_who_owes_is_not_frozen_where_the_kind_says_so(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    kind = granted(cast, replace(HOLIDAY, forbidden_in_debt=True))
    place_block(
        BlockRequest(cast.members["Mia"], BlockOwner.DEBT, "May", amount_minor=5000), by=SARA
    )

    assert refused(asked(contract, kind, date(2026, 6, 1), date(2026, 6, 9))) == "debt"


def test_an_edit_leaves_granted_freezes_as_they_were(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    kind = granted(cast)
    freeze_contract(asked(contract, kind, date(2026, 6, 1), date(2026, 6, 30)), by=SARA)

    shorter = replace(HOLIDAY, max_days=10, allowance_days=10, price_minor=90_000)
    edit_freeze_type(kind.type_id, shorter, seen_version=1, by=MAX)

    assert freezes() == []
    taken = db.session.query(FreezeTaken).one()
    assert (taken.type_version_id, taken.charged_minor) == (kind.version_id, 50_000)
    again = replace(kind, version=2)
    assert refused(asked(contract, again, date(2026, 8, 1), date(2026, 8, 11))) == "longest_days"
    with pytest.raises(DomainError) as late:
        edit_freeze_type(kind.type_id, HOLIDAY, seen_version=1, by=SARA)
    assert late.value.code == "FREEZE_TYPE_CHANGED"


def test_a_freeze_beyond_its_kind_is_found(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    kind = granted(cast, replace(HOLIDAY, max_days=14))
    block = freeze_contract(asked(contract, kind, date(2026, 6, 1), date(2026, 6, 14)), by=SARA)

    block.until_on = date(2026, 6, 15)
    db.session.flush()

    assert freezes() == [f"freeze {block.id}: breaks longest_days of its kind"]


def test_a_freeze_dated_back_waits_for_another_person(cast, clock):
    contract = make_contract(cast, YEAR, starts_on=date(2025, 6, 1))
    clock.move_to("2026-06-02T06:00Z")
    assert contracts_to_end(cast.club, date(2026, 6, 2)) == [contract.id]
    end_contract(contract.id, by="system")
    wish = asked(contract, granted(cast), date(2026, 5, 20), date(2026, 6, 10))

    approval = ask_backdated_freeze(wish, by=SARA)
    with pytest.raises(DomainError) as own:
        decide(approval.id, True, "", by=SARA)
    assert (own.value.code, contract.ends_on) == ("OWN_REQUEST", date(2026, 5, 31))
    decide(approval.id, True, "Saw the hospital's letter", by=MAX)

    assert contract.state is ContractState.SIGNED
    assert contract.ends_on == date(2026, 6, 22)
    assert frozen_spans(contract.id) == [FrozenSpan(date(2026, 5, 20), date(2026, 6, 10))]
    assert [*contract_periods(), *freezes()] == []


def test_nobody_dates_a_freeze_back_for_longer_than_three_months(cast):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))

    with pytest.raises(DomainError) as refusal:
        ask_backdated_freeze(asked(contract, None, date(2026, 2, 1), date(2026, 2, 9)), by=SARA)

    assert refusal.value.extra == {"rule": "too_far_back"}


@pytest.mark.parametrize(
    ("price", "due_on"),
    [(FreezePrice.FREE, date(2026, 7, 14)), (FreezePrice.KEEPS_BILLING, date(2026, 6, 30))],
    ids=["the fee waits", "the fee comes as ever"],
)
def test_a_freeze_puts_the_next_fee_off_unless_billing_goes_on(cast, price, due_on):
    contract = make_contract(cast, MONTHLY, starts_on=date(2026, 5, 31))
    kind = granted(cast, replace(HOLIDAY, price_kind=price, price_minor=0))

    freeze_contract(asked(contract, kind, date(2026, 6, 10), date(2026, 6, 23)), by=SARA)
    (fee,) = db.session.query(RecurringCharge).filter_by(contract_id=contract.id).all()
    assert fee.due_on == due_on
    end_freeze(cast.members["Mia"], date(2026, 6, 10), "device:gate")

    assert fee.due_on == date(2026, 6, 30)


def test_a_freeze_dated_back_is_refused_for_days_on_which_the_member_came(cast, clock):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    mia = cast.members["Mia"]
    give_card(mia)
    came = [at("2026-05-22 10:00"), at("2026-05-25 10:00")]
    door = make_door(cast.club)
    for moment in came:
        clock.move_to(moment)
        assert handle_scan(door, scan(moment, moment.isoformat()), moment).admitted
    clock.move_to("2026-06-01T06:00Z")

    with pytest.raises(DomainError) as visited:
        ask_backdated_freeze(asked(contract, None, date(2026, 5, 20), date(2026, 6, 9)), by=SARA)
    clear = ask_backdated_freeze(
        asked(contract, None, date(2026, 5, 26), date(2026, 6, 9)), by=SARA
    )

    assert visited.value.extra == {"rule": "visited", "days": ["2026-05-22", "2026-05-25"]}
    assert visited.value.text == (
        "The member was here on 2 of these days, first on 22 May 2026. Choose days without them."
    )
    assert clear.measure == 15


def test_a_visit_after_the_wish_stops_the_freeze_when_it_is_granted(cast, clock):
    contract = make_contract(cast, YEAR, starts_on=date(2026, 1, 1))
    mia = cast.members["Mia"]
    give_card(mia)
    wish = ask_backdated_freeze(asked(contract, None, date(2026, 5, 26), date(2026, 6, 9)), by=SARA)
    noon = at("2026-06-01 13:00")
    clock.move_to(noon)
    handle_scan(make_door(cast.club), scan(noon, "e1"), noon)

    with pytest.raises(DomainError) as visited:
        decide(wish.id, True, "", by=MAX)

    assert visited.value.extra["rule"] == "visited"
    assert contract.ends_on == date(2026, 12, 31)
