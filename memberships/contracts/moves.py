"""Services room: what keeps a contract from becoming another plan's or another person's."""

from enum import StrEnum

from flask_babel import gettext as _

from clubcrm.core.errors import DomainError
from memberships.contracts.kin import seat_of, seats_of_holder
from memberships.contracts.outlook import Running
from memberships.contracts.rules import ContractState
from memberships.contracts.stays import freeze_blocks, renewal_of, standing_cancellation


class ChangeFault(StrEnum):
    """The rules a change of plan or a transfer may break."""

    NOT_SIGNED = "not_signed"
    NOT_BEGUN = "not_begun"
    OVER = "over"
    FROZEN = "frozen"
    CANCELLED = "cancelled"
    RENEWED = "renewed"
    SCHEDULED = "scheduled"
    FAMILY = "family"
    OVERLAP = "overlap"
    PAID_UP = "paid_up"
    SAME = "same"
    KIND = "kind"
    VISITS = "visits"
    CURRENCY = "currency"
    NOT_TRANSFERABLE = "not_transferable"


def moving_fault(one: Running, *, is_first_day: bool = False) -> ChangeFault | None:
    """Return what stands in the way of moving the contract, None when nothing does."""
    contract, today = one.contract, one.today
    if contract.state is not ContractState.SIGNED:
        return ChangeFault.NOT_SIGNED
    if contract.ends_on is not None and contract.ends_on < today:
        return ChangeFault.OVER
    if standing_cancellation(contract.id) is not None:
        return ChangeFault.CANCELLED
    if renewal_of(contract) is not None:
        return ChangeFault.RENEWED
    if any(
        block.until_on is None or block.until_on >= today for block in freeze_blocks(contract.id)
    ):
        return ChangeFault.FROZEN
    if not is_first_day and (seat_of(contract.id) or seats_of_holder(contract.person_id)):
        return ChangeFault.FAMILY
    return None


def change_refused(fault: ChangeFault, number: str = "") -> DomainError:
    """Return the refusal that names the rule and says what to do instead."""
    text = {
        ChangeFault.NOT_SIGNED: _("Only a signed contract that runs can be changed."),
        ChangeFault.NOT_BEGUN: _(
            "Its first day is not over. Change it from tomorrow on, or let a manager declare it"
            " void and sign the other plan."
        ),
        ChangeFault.OVER: _("It is over. Sign a new contract instead."),
        ChangeFault.FROZEN: _("It stands still, or will. End the freeze first."),
        ChangeFault.CANCELLED: _("It is cancelled. Take the cancellation back first."),
        ChangeFault.RENEWED: _("It is renewed already. Void the next contract first."),
        ChangeFault.SCHEDULED: _("A change is noted already. Undo that one first."),
        ChangeFault.FAMILY: _("A family hangs on it. Hand the family on first."),
        ChangeFault.OVERLAP: _("Contract %(number)s already covers these days.", number=number),
        ChangeFault.PAID_UP: _("Nothing is left to pay on it. Change it now, or at its renewal."),
        ChangeFault.SAME: _("It is on this plan already."),
        ChangeFault.KIND: _("A plan changes to one of its own kind. Sell the other one new."),
        ChangeFault.VISITS: _("Plans that count visits do not change. Sell the other one new."),
        ChangeFault.CURRENCY: _("The plans are sold in different currencies."),
        ChangeFault.NOT_TRANSFERABLE: _("This plan stays with its holder."),
    }[fault]
    return DomainError("CHANGE_REFUSED", text, extra={"rule": fault.value})
