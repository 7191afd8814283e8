"""Services room: the club gives a contract days, and may take them back by a line of its own."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from clubcrm.people.queries.locks import lock_person
from memberships.contracts.ends import may_end_on, move_end
from memberships.contracts.fees import has_fees
from memberships.contracts.gift_tables import GiftLine
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.contracts.services import as_kept, note_change
from memberships.contracts.stays import freeze_blocks, renewal_of, standing_cancellation
from memberships.contracts.terms import moved_end
from memberships.events import DaysGiven

MOST_DAYS = 366
GIFT = "gift"
TAKEN_BACK = "gift_taken_back"


@dataclass(frozen=True, slots=True)
class GiftOrder:
    """How many days a contract gets and why; the same source gives once."""

    contract_id: int
    days: int
    reason: str
    source_id: str
    source_kind: str = GIFT


@dataclass(frozen=True, slots=True)
class GiftPreview:
    """The last day before and after a gift, and the renewal that moves along."""

    days: int
    ends_on: date | None
    new_ends_on: date | None
    moves_renewal: str | None


def gift_preview(contract_id: int, days: int) -> GiftPreview:
    """Return what given days would change; raises GIFT_REFUSED naming the rule they break."""
    if not 1 <= days <= MOST_DAYS:
        raise invalid({"days": _("Expected a number from %(low)s to %(high)s.", low=1, high=366)})
    contract = _get(contract_id)
    if fault := gift_fault(contract, days):
        raise DomainError("GIFT_REFUSED", gift_fault_words(fault), extra={"rule": fault})
    renewal = renewal_of(contract)
    return GiftPreview(
        days,
        contract.ends_on,
        moved_end(contract.ends_on, days),
        renewal.number if renewal else None,
    )


def give_days(order: GiftOrder, *, by: str) -> GiftLine:
    """The contract ends so many days later; an ended one that reaches today again runs again."""
    reason = clean(order.reason, "reason", longest=300)
    if not reason:
        raise invalid({"reason": _("Say why.")})
    contract = _get(order.contract_id)
    lock_person(contract.person_id)
    db.session.refresh(contract)
    if found := _line(order.source_kind, order.source_id):
        return found
    gift_preview(contract.id, order.days)
    line = GiftLine(
        contract_id=contract.id,
        days=order.days,
        source_kind=order.source_kind,
        source_id=order.source_id,
        reason=reason,
        by=by,
    )
    _book(contract, line, "days_given", by)
    return line


def take_days_back(line: GiftLine, *, by: str, why: str = "") -> GiftLine:
    """The days of a gift are gone by an opposite line; taking the same gift back twice is once.

    Raises GIFT_REFUSED when a freeze or a cancellation has built on the days since.
    """
    contract = _get(line.contract_id)
    lock_person(contract.person_id)
    db.session.refresh(contract)
    if found := _line(TAKEN_BACK, str(line.id)):
        return found
    if fault := _return_fault(contract, line):
        raise DomainError("GIFT_REFUSED", gift_fault_words(fault), extra={"rule": fault})
    back = GiftLine(
        contract_id=contract.id,
        days=-line.days,
        source_kind=TAKEN_BACK,
        source_id=str(line.id),
        reverses_id=line.id,
        reason=why,
        by=by,
    )
    _book(contract, back, "days_taken_back", by)
    return back


def gift_fault(contract: Contract, days: int) -> str | None:
    """Return why a contract cannot be given days: `state`, `rolls_on` or `next_contract`."""
    if contract.state not in {ContractState.SIGNED, ContractState.ENDED}:
        return "state"
    if contract.ends_on is None:
        return None if has_fees(contract.id) else "rolls_on"
    if not may_end_on(contract, moved_end(contract.ends_on, days)):
        return "next_contract"
    return None


def gift_fault_words(fault: str) -> str:
    """Return the sentence for a gift that cannot be given."""
    return {
        "state": _("Only a signed contract can be given days."),
        "rolls_on": _("This contract has neither a last day nor a fee that could move."),
        "next_contract": _("The contract would run into the next one of the same plan."),
        "overlap": _("The contract is already frozen on some of these days."),
        "outside_contract": _("The contract ends before."),
        "frozen_since": _("The contract has been frozen within these days since."),
        "failed": _("Something went wrong. The log says what."),
        "cancelled_since": _("The contract has been cancelled since."),
    }.get(fault, fault)


def _return_fault(contract: Contract, line: GiftLine) -> str | None:
    """Return why days cannot be taken back: `state`, `cancelled_since` or `frozen_since`."""
    if contract.state not in {ContractState.SIGNED, ContractState.ENDED}:
        return "state"
    left = standing_cancellation(contract.id)
    if left is not None and left.asked_at > line.at:
        return "cancelled_since"
    new_end = moved_end(contract.ends_on, -line.days)
    if new_end and new_end < contract.starts_on:
        # A cancellation of the same moment has left fewer days than were given.
        return "cancelled_since"
    if new_end and any(block.from_on > new_end for block in freeze_blocks(contract.id)):
        return "frozen_since"
    return None


def _book(contract: Contract, line: GiftLine, what: str, by: str) -> None:
    before = as_kept(contract)
    db.session.add(line)
    db.session.flush()
    move_end(contract, line.days, by=by)
    note_change(contract, what, before=before, by=by, why=line.reason)
    events.record(
        DaysGiven(
            contract.club_id,
            clock.now(),
            contract.id,
            contract.person_id,
            line.days,
            contract.ends_on,
        )
    )


def _line(source_kind: str, source_id: str) -> GiftLine | None:
    return db.session.scalars(
        select(GiftLine).where(GiftLine.source_kind == source_kind, GiftLine.source_id == source_id)
    ).first()


def _get(contract_id: int) -> Contract:
    contract = db.session.get(Contract, contract_id)
    if contract is None:
        raise not_found(_("There is no such contract."))
    return contract
