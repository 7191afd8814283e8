"""Services room: units of packages that come with a contract, until the contract's last day."""

from collections.abc import Iterable
from datetime import date

from clubcrm.core import audit
from memberships.contracts.catalogue import terms_of
from memberships.contracts.models import Contract
from memberships.contracts.terms import Included
from memberships.packages.granted import Grant, grant_units, granted_lots
from memberships.packages.offers import product_by_id
from memberships.packages.selling import transfer_units


def open_included(contract: Contract, *, by: str) -> None:
    """The member has the units that the plan promises with a contract, free of charge."""
    for one in terms_of(contract.plan_version_id).packages:
        grant_units(
            Grant(
                contract_id=contract.id,
                person_id=contract.person_id,
                payer_id=contract.payer_id,
                product_id=one.product_id,
                units=one.units,
                from_on=contract.starts_on,
                until_on=contract.ends_on,
            ),
            by=by,
        )


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


def names_of(packages: Iterable[Included]) -> list[tuple[str, int]]:
    """Return the packages by name, each with its number of units."""
    named = []
    for one in packages:
        product = product_by_id(one.product_id)
        if product is not None:
            named.append((product.terms.name, one.units))
    return sorted(named)
