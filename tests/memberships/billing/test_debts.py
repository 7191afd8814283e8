"""What is late stops its payer at the gate, and a payment lets him in with the next scan."""

from datetime import date

import pytest
from sqlalchemy import select

from access_control.api import Scan, take_scan
from access_control.rules.codes import Code, CredentialKind, Direction, Passback, Severity
from access_control.rules.policy import GatePolicy
from access_control.services.policy import save_policy
from clubcrm.core.clock import now
from clubcrm.core.db import db
from clubcrm.core.events import Event
from memberships.billing.debts import PLACER
from memberships.billing.models import Instalment
from memberships.billing.orders import CreditOrder, Due, InvoiceOrder
from memberships.billing.overdue import mark_overdue, payers_with_news
from memberships.billing.queries import overdue_of
from memberships.billing.services import credit, issue
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.blocks.services import BlockRequest, place_block
from tests.access_control.gate.floor import give_card, give_contract, make_door
from tests.cast import make_member
from tests.memberships.billing.conftest import FRANK, MAX, faults, locker, pay, sell

pytestmark = pytest.mark.usefixtures("unit", "noon")
TODAY = date(2026, 11, 26)


def night(cast, day: date) -> int:
    """The night's work is done for a day; returns for how many payers."""
    payers = payers_with_news(cast.club, day)
    for payer in payers:
        mark_overdue(payer, cast.club, day, by="system")
    return len(payers)


def lenient(**limits: int) -> GatePolicy:
    """Return a gate that minds debts alone."""
    quiet = {Code.NO_PHOTO: Severity.ALLOW}
    return GatePolicy(severities=quiet, passback=Passback.OFF, duplicate_seconds=0, **limits)


def debt_of(person_id: int) -> tuple[int, date] | None:
    db.session.flush()
    db.session.expire_all()
    block = db.session.scalars(
        select(Block).where(
            Block.person_id == person_id,
            Block.owner == BlockOwner.DEBT,
            Block.lifted_at.is_(None),
        )
    ).first()
    return (block.amount_minor, block.from_on) if block else None


def scanned(door, number: int) -> tuple[str, list[str]]:
    """Return what the gate said, and what it said of debts."""
    read = Scan(f"scan-{number}", CredentialKind.CARD, "4711", now(), Direction.IN)
    event = take_scan(door, read, now(), by="device:gate")
    debts = [note.code.value for note in event.notes if "DEBT" in note.code]
    return event.verdict.value, debts or [event.code.value] * (event.verdict == "deny")


def test_late_money_blocks_the_night_after_and_a_payment_opens_the_gate(cast, noon):
    mia = cast.members["Mia"]
    save_policy(cast.club, lenient(debt_limit_minor=5_000), by=MAX)
    door = make_door(cast.club)
    give_card(mia)
    give_contract(mia, cast.club, ends_on=date(2027, 12, 31))
    sell(cast, locker(10_000))
    assert scanned(door, 1) == ("allow", []), "what is due today is not late"

    noon.move_to("2026-11-27T06:00:00+00:00")
    assert night(cast, date(2026, 11, 27)) == 1
    assert scanned(door, 2) == ("deny", ["DEBT_OVER_LIMIT"])
    pay(cast, 6_000)
    assert scanned(door, 3) == ("warn", ["DEBT_UNDER_LIMIT"])
    pay(cast, 4_000)

    assert scanned(door, 4) == ("allow", [])
    assert debt_of(mia) is None
    assert faults() == []


def test_a_large_debt_is_a_note_until_it_is_old_enough(cast, noon):
    mia = cast.members["Mia"]
    save_policy(cast.club, lenient(debt_days=3), by=MAX)
    door = make_door(cast.club)
    give_card(mia)
    give_contract(mia, cast.club, ends_on=date(2027, 12, 31))
    sell(cast, locker(10_000))
    noon.move_to("2026-11-28T06:00:00+00:00")
    night(cast, date(2026, 11, 28))

    assert scanned(door, 1) == ("warn", ["DEBT_UNDER_LIMIT"])
    noon.move_to("2026-11-29T06:00:00+00:00")
    assert scanned(door, 2) == ("deny", ["DEBT_OVER_LIMIT"])


def test_a_debt_is_told_once_and_follows_each_part(cast, noon):
    mia = cast.members["Mia"]
    parts = (Due(TODAY, 40), Due(date(2026, 11, 28), 60))
    sell(cast, locker(100), due=parts)

    for day in (27, 28, 29, 30):
        noon.move_to(f"2026-11-{day}T06:00:00+00:00")
        night(cast, date(2026, 11, day))

    told = db.session.query(Event).filter_by(kind="InvoiceOverdue").count()
    assert told == 2
    assert debt_of(mia) == (100, TODAY)


def test_credit_pays_what_falls_due_in_the_night(cast, noon):
    mia = cast.members["Mia"]
    pay(cast, 100)
    sell(cast, locker(70), due=(Due(date(2026, 11, 28), 70),))

    noon.move_to("2026-11-28T06:00:00+00:00")
    night(cast, date(2026, 11, 28))

    assert db.session.scalar(select(Instalment.open_minor)) == 0
    assert debt_of(mia) is None
    assert faults() == []


def test_payer_and_member_are_both_stopped_and_both_freed(cast, noon):
    mia = cast.members["Mia"]
    father = make_member("Karim", "Rahman", club=cast.club).id
    order = InvoiceOrder(cast.club, father, mia, (locker(100),), "test", "family")
    invoice = issue(order, by=FRANK)
    noon.move_to("2026-11-27T06:00:00+00:00")
    night(cast, date(2026, 11, 27))
    assert debt_of(mia) == debt_of(father) == (100, TODAY)

    credit(CreditOrder(invoice.id, "Not wanted", "c"), by=MAX)

    assert debt_of(mia) is debt_of(father) is None
    assert overdue_of(mia, "BDT", date(2026, 11, 27)) is None


def test_a_block_a_person_has_placed_stays_his(cast, noon):
    mia = cast.members["Mia"]
    request = BlockRequest(mia, BlockOwner.DEBT, "Owes for the old club", amount_minor=5)
    place_block(request, by=MAX)
    sell(cast, locker(100))
    noon.move_to("2026-11-27T06:00:00+00:00")
    night(cast, date(2026, 11, 27))
    pay(cast, 100)

    held = db.session.scalars(select(Block).where(Block.lifted_at.is_(None))).all()
    assert [block.placed_by for block in held] == [MAX]
    assert PLACER != MAX
