"""A1.4: a frozen member comes; by the setting of the plan the gate refuses, or the freeze ends."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from access_control.models import AccessEvent
from access_control.rules.codes import Code, Severity
from access_control.services.scanning import handle_scan
from clubcrm.core.audit import AuditLine
from clubcrm.core.db import db
from memberships.blocks.models import Block
from memberships.contracts.freezes import FreezeRequest, freeze_contract
from memberships.contracts.invariants import contract_periods, freezes
from memberships.contracts.models import Contract, ContractChange
from memberships.contracts.rules import FreezeOnScan
from tests.access_control.gate.floor import at, give_card, make_door, scan, visits_told
from tests.cast import Cast
from tests.memberships.conftest import SARA, YEAR, make_contract

SUNDAY, WEDNESDAY = at("2026-11-15 09:00"), at("2026-11-18 10:00")
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 29)


def frozen_for_a_fortnight(cast: Cast, clock, on_scan: FreezeOnScan) -> Contract:
    """Mia's year of this setting stands still from Monday to Sunday week, as asked on Sunday."""
    clock.move_to(SUNDAY, tick=False)
    give_card(cast.members["Mia"])
    terms = replace(YEAR, freeze_on_scan=on_scan)
    contract = make_contract(cast, terms, starts_on=date(2026, 11, 1))
    freeze_contract(FreezeRequest(contract.id, FIRST, LAST, "Holiday"), by=SARA)
    assert contract.ends_on == date(2027, 11, 14)
    clock.move_to(WEDNESDAY, tick=False)
    return contract


def changes_of(contract: Contract) -> list[str]:
    found = select(ContractChange.what).where(ContractChange.contract_id == contract.id)
    return list(db.session.scalars(found.order_by(ContractChange.id)))


def test_the_gate_refuses_and_the_freeze_goes_on(unit, cast, time_machine):
    contract = frozen_for_a_fortnight(cast, time_machine, FreezeOnScan.REFUSE)

    entry = handle_scan(make_door(cast.club), scan(WEDNESDAY, "e1"), WEDNESDAY)

    assert (entry.verdict, entry.code) == (Severity.DENY, Code.FROZEN)
    assert db.session.get_one(Contract, contract.id).ends_on == date(2027, 11, 14)
    assert db.session.scalars(select(AccessEvent.code)).all() == [Code.FROZEN]
    assert visits_told(cast.members["Mia"]) == ""


def test_the_freeze_ends_that_day_and_the_days_not_used_come_back(unit, cast, time_machine):
    contract = frozen_for_a_fortnight(cast, time_machine, FreezeOnScan.END)

    entry = handle_scan(make_door(cast.club), scan(WEDNESDAY, "e1"), WEDNESDAY)

    db.session.expire_all()
    back = db.session.get_one(Contract, contract.id)
    assert entry.verdict is not Severity.DENY
    # Monday and Tuesday were frozen: twelve of the fourteen days come back.
    assert back.ends_on == date(2027, 11, 2)
    assert db.session.scalars(select(Block.until_on)).all() == [date(2026, 11, 17)]
    assert visits_told(cast.members["Mia"]).startswith("18 10:00")
    assert len(db.session.scalars(select(AccessEvent.id)).all()) == 1
    assert changes_of(contract)[-1] != "frozen"
    written = db.session.scalars(select(AuditLine.action)).all()
    assert any("freeze" in action or "contract" in action for action in written[-3:])
    assert contract_periods() == freezes() == []
