"""Services room: what contracts write down about their recurring fees, for the room below."""

from memberships.contracts.catalogue import terms_of
from memberships.contracts.models import Contract
from memberships.contracts.rules import PlanKind
from memberships.dunning.services import (
    ChargePlan,
    change_charges,
    move_charges,
    plan_charges,
    schedule_of,
    stop_charges,
)

__all__ = ["change_fees", "has_fees", "move_fees", "moved_fee_days", "plan_fees", "stop_fees"]


def plan_fees(contract: Contract, *, by: str) -> None:
    """A rolling contract is charged for each period after its first, which its signing charges."""
    terms = terms_of(contract.plan_version_id)
    if terms.kind is not PlanKind.RECURRING or not contract.price_minor:
        return
    plan_charges(
        ChargePlan(
            contract_id=contract.id,
            club_id=contract.club_id,
            payer_id=contract.payer_id,
            person_id=contract.person_id,
            text=terms.name,
            amount_minor=contract.price_minor,
            currency=contract.currency,
            anchor_on=contract.starts_on,
            months=terms.term_months or 1,
            until_on=contract.ends_on,
        ),
        by=by,
    )


def change_fees(contract: Contract, *, by: str) -> None:
    """Periods not invoiced yet cost what the contract costs now, and its payer pays them."""
    change_charges(
        contract.id,
        amount_minor=contract.price_minor,
        text=terms_of(contract.plan_version_id).name,
        by=by,
        payer_id=contract.payer_id,
    )


def move_fees(contract: Contract, days: int, *, by: str) -> None:
    """Frozen and given days put the next fee off, and days taken back bring it nearer again."""
    move_charges(contract.id, days, by=by)


def moved_fee_days(contract_id: int) -> int:
    """Return by how many days the fees of a rolling contract have been put off."""
    schedule = schedule_of(contract_id)
    return schedule.moved_days if schedule else 0


def has_fees(contract_id: int) -> bool:
    """Tell whether the contract is charged period by period."""
    return schedule_of(contract_id) is not None


def stop_fees(contract: Contract, *, by: str) -> None:
    """No period that begins after the contract's last day is charged."""
    stop_charges(contract.id, contract.ends_on, by=by)
