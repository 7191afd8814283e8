"""Services room: units that come anew with each paid period of a contract that rolls on.

The line of a period stands in the ledger once, whoever writes it. Frozen and given days move the
next period and with it the last day of the units; what is left follows the plan's carry rule.
"""

from datetime import date

from clubcrm.core.db import db
from clubcrm.people.queries.locks import lock_person
from memberships.contracts.catalogue import terms_of
from memberships.contracts.fees import fee_periods, period_span
from memberships.contracts.models import Contract
from memberships.contracts.period_queries import contracts_with_periods, first_charged
from memberships.contracts.renewal_terms import Carry, Conditions, carried_units
from memberships.contracts.rules import ContractState
from memberships.contracts.terms import FrozenSpan, Included
from memberships.packages.granted import (
    Grant,
    grant_units,
    granted_sources,
    lapse_units,
    lots_with,
    periods_granted,
    source_of,
)


def grant_of(
    contract: Contract, one: Included, from_on: date, until_on: date | None, period: int = 1
) -> Grant:
    """Return what comes with a contract, or with one of its periods."""
    return Grant(
        contract_id=contract.id,
        person_id=contract.person_id,
        payer_id=contract.payer_id,
        product_id=one.product_id,
        units=one.units,
        from_on=from_on,
        until_on=until_on,
        period=period,
    )


def contracts_to_renew(club_id: int, day: date) -> list[int]:
    """Return the contracts of a club whose running period has not brought its units yet."""
    wanted = {}
    for contract, schedule, first in contracts_with_periods(club_id, day):
        number, span = fee_periods(contract, day, schedule)[-1]
        if number < first or not _within(contract, span):
            continue
        for one in _each(contract):
            wanted[source_of(contract.id, one.product_id, number)] = contract.id
    missing = wanted.keys() - granted_sources(wanted).keys()
    return sorted({wanted[source] for source in missing})


def renew_units(contract_id: int, day: date, *, by: str) -> int:
    """The member has the units of every period that began by the day; returns how many came.

    What came before stays as it is, so that a night that runs twice, or late, changes nothing.
    """
    contract = db.session.get_one(Contract, contract_id)
    lock_person(contract.person_id)
    db.session.refresh(contract)
    if contract.state is not ContractState.SIGNED:
        return 0
    return sum(_renew(contract, one, day, by) for one in _each(contract))


def last_day_of_units(contract: Contract, span: FrozenSpan) -> date | None:
    """Return until when the units of a period last.

    Units that all move on last as long as their package says; others until the period is over.
    """
    if _conditions(contract).carry is Carry.ALL:
        return contract.ends_on
    return span.until_on if contract.ends_on is None else min(span.until_on, contract.ends_on)


def lots_of_periods(contract: Contract) -> frozenset[int]:
    """Return the lots of a contract whose last day is that of their period."""
    if _conditions(contract).carry is Carry.ALL:
        return frozenset()
    return frozenset(
        lot_id
        for one in _each(contract)
        for lot_id in periods_granted(contract.id, one.product_id).values()
    )


def date_periods(contract: Contract, today: date) -> None:
    """Units of the newest period last until it is over, wherever its end has moved."""
    if _conditions(contract).carry is Carry.ALL:
        return
    for one in _each(contract):
        known = periods_granted(contract.id, one.product_id)
        if not known:
            continue
        until = last_day_of_units(contract, period_span(contract, max(known)))
        for lot in lots_with(known.values()):
            if lot.expires_on is not None and lot.expires_on >= today:
                lot.expires_on = until
    db.session.flush()


def _renew(contract: Contract, one: Included, day: date, by: str) -> int:
    known, first = periods_granted(contract.id, one.product_id), first_charged(contract.id)
    given = 0
    for number, span in fee_periods(contract, day):
        if number in known or number < first or not _within(contract, span):
            continue
        until = last_day_of_units(contract, span)
        _carry(contract, known, number, until, by)
        known[number] = grant_units(grant_of(contract, one, span.from_on, until, number), by=by).id
        given += 1
    return given


def _carry(
    contract: Contract, known: dict[int, int], period: int, until: date | None, by: str
) -> None:
    """Of what is left of earlier periods so much moves on as the plan says; the rest lapses."""
    conditions = _conditions(contract)
    if conditions.carry is not Carry.UP_TO:
        return
    lots = lots_with(known.values())
    room = carried_units(sum(lot.remaining for lot in lots), conditions)
    for lot in reversed(lots):
        kept = min(lot.remaining, room)
        room -= kept
        lapse_units(lot.id, lot.remaining - kept, f"{lot.id}:period:{period}", by=by)
        if kept:
            lot.expires_on = until
    db.session.flush()


def _each(contract: Contract) -> list[Included]:
    return [one for one in terms_of(contract.plan_version_id).packages if one.each_period]


def _conditions(contract: Contract) -> Conditions:
    return terms_of(contract.plan_version_id).conditions


def _within(contract: Contract, span: FrozenSpan) -> bool:
    return contract.ends_on is None or span.from_on <= contract.ends_on
