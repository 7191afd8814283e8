"""Services room: the last day of a contract moves, and a renewal that waits for it moves along.

The last day is always the sold one, or the one a cancellation set, plus frozen and given days.
"""

from datetime import date, timedelta

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.states import move
from memberships.contracts.catalogue import terms_of
from memberships.contracts.fees import move_fees, stop_fees
from memberships.contracts.models import Contract
from memberships.contracts.period_units import date_periods, lots_of_periods
from memberships.contracts.rules import CONTRACT_MOVES, ContractState
from memberships.contracts.services import as_kept, note_change
from memberships.contracts.stays import extra_days, freeze_blocks, next_start, renewal_of
from memberships.contracts.terms import moved_end, term_end
from memberships.packages.services import move_lot_ends

_DAY = timedelta(days=1)


def move_end(contract: Contract, days: int, *, by: str, from_on: date | None = None) -> None:
    """The contract ends so many days later, or earlier; a renewal that has not begun follows.

    So do the fees of a rolling contract that come on the first day of a freeze or later.
    """
    set_end(contract, moved_end(contract.ends_on, days), by=by)
    if contract.ends_on is None:
        move_lot_ends(contract.id, days, but_not=lots_of_periods(contract))
    move_fees(contract, days, by=by, from_on=from_on)
    date_periods(contract, club_day(contract.club_id))


def set_end(contract: Contract, ends_on: date | None, *, by: str) -> None:
    """The contract ends on this day; units and a renewal that has not begun move along.

    A contract that the night job had ended runs again when the new day lies ahead.
    """
    before, renewal = contract.ends_on, renewal_of(contract)
    contract.ends_on = ends_on
    contract.version += 1
    db.session.flush()
    stop_fees(contract, by=by)
    if before is not None and ends_on is not None:
        move_lot_ends(contract.id, (ends_on - before).days, but_not=lots_of_periods(contract))
        if renewal is not None and _may_move(renewal):
            _begin_on(renewal, ends_on + _DAY, by=by)
    date_periods(contract, club_day(contract.club_id))
    reached = ends_on is None or ends_on >= club_day(contract.club_id)
    if contract.state is ContractState.ENDED and reached:
        move(contract, ContractState.SIGNED, moves=CONTRACT_MOVES, by=by)


def may_end_on(contract: Contract, ends_on: date | None) -> bool:
    """Tell whether the contract may last until this day without meeting the next on its plan."""
    renewal = renewal_of(contract)
    if ends_on is None:
        return renewal is None and next_start(contract) is None
    if renewal is not None and not _may_move(renewal):
        return ends_on < renewal.starts_on
    following = next_start(contract, but_not=renewal.id if renewal else None)
    if following is not None and ends_on >= following:
        return False
    if renewal is None:
        return True
    later = _end_from(renewal, ends_on + _DAY)
    return may_end_on(renewal, later)


def club_day(club_id: int) -> date:
    """Return today by the clock of a club."""
    club = db.session.get(Club, club_id)
    return clock.today(club.zone if club else "UTC")


def _may_move(renewal: Contract) -> bool:
    """Tell whether a renewal has neither begun nor been frozen or cancelled itself."""
    return (
        renewal.starts_on > club_day(renewal.club_id)
        and renewal.cut_ends_on is None
        and not freeze_blocks(renewal.id)
    )


def _end_from(contract: Contract, starts_on: date) -> date | None:
    sold = term_end(starts_on, terms_of(contract.plan_version_id).term)
    return moved_end(sold, extra_days(contract.id))


def _begin_on(contract: Contract, starts_on: date, *, by: str) -> None:
    before = as_kept(contract)
    ends_on, renewal = contract.ends_on, renewal_of(contract)
    # Worked out before any of the three changes: the store would refuse a period half moved.
    sold = term_end(starts_on, terms_of(contract.plan_version_id).term)
    last = moved_end(sold, extra_days(contract.id))
    contract.starts_on, contract.term_ends_on, contract.ends_on = starts_on, sold, last
    contract.version += 1
    db.session.flush()
    note_change(contract, "moved", before=before, by=by)
    if ends_on is not None and contract.ends_on is not None:
        move_lot_ends(contract.id, (contract.ends_on - ends_on).days)
        if renewal is not None and _may_move(renewal):
            _begin_on(renewal, contract.ends_on + _DAY, by=by)
