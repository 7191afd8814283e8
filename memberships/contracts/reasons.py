"""Services room: members say why they leave; the newest word about a contract counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.core.text import clean
from memberships.contracts.ends import club_day
from memberships.contracts.leaving import LeaveReason
from memberships.contracts.models import Contract
from memberships.contracts.reason_tables import LeavingReason, ReasonSource
from memberships.events import LeavingReasonGiven


@dataclass(frozen=True, slots=True)
class ReasonGiven:
    """What a member said about a contract, and where he was asked."""

    contract_id: int
    reason: LeaveReason
    source: ReasonSource
    note: str = ""


def give_reason(given: ReasonGiven, *, by: str) -> LeavingReason:
    """The member's word is kept and counts from now on; the same word said again is kept once."""
    contract = db.session.get(Contract, given.contract_id)
    if contract is None:
        raise not_found(_("There is no such contract."))
    note = clean(given.note, "note", longest=300)
    newest = newest_reason(contract.id)
    if newest is not None and (newest.reason, newest.note) == (given.reason, note):
        return newest
    line = LeavingReason(
        club_id=contract.club_id,
        person_id=contract.person_id,
        contract_id=contract.id,
        reason=given.reason,
        source=given.source,
        note=note,
        given_on=club_day(contract.club_id),
        at=clock.now(),
        by=by,
    )
    db.session.add(line)
    db.session.flush()
    after = {"reason": given.reason.value, "source": given.source.value}
    audit.note("contract.reason_given", "contract", contract.id, after=after, by=by)
    events.record(
        LeavingReasonGiven(
            contract.club_id,
            line.at,
            contract.id,
            contract.person_id,
            given.reason.value,
            given.source.value,
        )
    )
    return line


def newest_reason(contract_id: int) -> LeavingReason | None:
    """Return the member's newest word about a contract, None when he has said nothing."""
    return db.session.scalars(
        select(LeavingReason)
        .where(LeavingReason.contract_id == contract_id)
        .order_by(LeavingReason.id.desc())
        .limit(1)
    ).first()


def reasons_by_contract(contract_ids: Iterable[int]) -> Mapping[int, LeaveReason]:
    """Return the newest reason for each of the contracts about which something was said."""
    rows = db.session.execute(
        select(LeavingReason.contract_id, LeavingReason.reason)
        .where(LeavingReason.contract_id.in_(list(contract_ids)))
        .order_by(LeavingReason.id)
    )
    return dict(rows.all())
