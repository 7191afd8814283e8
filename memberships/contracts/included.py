"""Services room: units of packages that come with a contract, until the contract's last day."""

from collections.abc import Iterable
from datetime import date

from clubcrm.core import audit
from memberships.contracts.catalogue import terms_of
from memberships.contracts.fees import period_span
from memberships.contracts.models import Contract
from memberships.contracts.period_units import grant_of, last_day_of_units
from memberships.contracts.terms import Included
from memberships.packages.granted import grant_units, granted_lots
from memberships.packages.offers import product_by_id
from memberships.packages.selling import transfer_units


def open_included(contract: Contract, *, by: str) -> None:
    """The member has the units that the plan promises with a contract, free of charge."""
    for one in terms_of(contract.plan_version_id).packages:
        until = contract.ends_on
        if one.each_period:
            until = last_day_of_units(contract, period_span(contract, 1))
        grant_units(grant_of(contract, one, contract.starts_on, until), by=by)


def keep_included(contract_id: int, until_on: date | None, *, by: str) -> int:
    """What is left of them is valid until the next contract ends; returns how many units."""
    kept = 0
    for lot in granted_lots(contract_id):
        if lot.expires_on is None or (until_on is not None and lot.expires_on >= until_on):
            continue
        before, lot.expires_on = lot.expires_on, until_on
        kept += lot.remaining
        values = {"expires_on": before.isoformat()}
        audit.note("package.carried", "package_lot", lot.id, before=values, by=by)
    return kept


def hand_included_over(contract_id: int, to_person_id: int, *, by: str, why: str) -> int:
    """What is left of them is the new holder's; returns how many units."""
    left = [(lot.id, lot.remaining) for lot in granted_lots(contract_id)]
    for lot_id, units in left:
        transfer_units(lot_id, to_person_id, units, by=by, reason=why)
    return sum(units for _lot, units in left)


def names_of(packages: Iterable[Included]) -> list[tuple[str, int, bool]]:
    """Return the packages by name, with their units and whether these come anew each period."""
    named = []
    for one in packages:
        product = product_by_id(one.product_id)
        if product is not None:
            named.append((product.terms.name, one.units, one.each_period))
    return sorted(named)
