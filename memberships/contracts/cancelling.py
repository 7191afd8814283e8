"""Services room: a member leaves with notice, sees what it brings first, and may still stay."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import update

from clubcrm.core import clock, events, formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.core.text import clean
from clubcrm.people.queries.locks import lock_person
from memberships.billing.queries import account_of
from memberships.contracts.catalogue import terms_of
from memberships.contracts.charging import charge_leaving, charge_staying
from memberships.contracts.ends import club_day, may_end_on, set_end
from memberships.contracts.fees import put_off_fees
from memberships.contracts.freezes import trim_freezes
from memberships.contracts.leaving import Bond, CancelReason, LeaveReason, Leaving, leaving
from memberships.contracts.leaving_tables import Cancellation, CancellationState
from memberships.contracts.models import Contract
from memberships.contracts.reason_tables import ReasonSource
from memberships.contracts.reasons import ReasonGiven, give_reason
from memberships.contracts.rules import ContractState
from memberships.contracts.services import as_kept, note_change, void_contract
from memberships.contracts.stays import extra_days, renewal_of, standing_cancellation
from memberships.contracts.terms import moved_end
from memberships.events import CancellationWithdrawn, ContractCancelled

FURTHEST_WISH = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """Which contract is cancelled and why; a wished last day may only lie later than the notice."""

    contract_id: int
    reason: CancelReason = CancelReason.OTHER
    note: str = ""
    wished_on: date | None = None


@dataclass(frozen=True, slots=True)
class CancelOffer:
    """What cancelling today means, shown before anything is saved."""

    contract_id: int
    asked_on: date
    ends_on: date | None
    leaving: Leaving
    currency: str
    open_minor: int = 0

    @property
    def due_minor(self) -> int:
        """Return what is still to be paid in all: open, coming and the fee, less what returns."""
        return max(0, self._balance)

    @property
    def back_minor(self) -> int:
        """Return what the member gets back after everything he still owes."""
        return max(0, -self._balance)

    @property
    def _balance(self) -> int:
        what = self.leaving
        return self.open_minor + what.charges_minor + what.fee_minor - what.refund_minor


def cancel_preview(request: CancelRequest) -> CancelOffer:
    """Return last day, last charge, fee and amount due of cancelling today.

    Raises NOT_SIGNED, CANCELLED when it is cancelled already, RENEWED when a renewal follows.
    """
    contract = _running(request.contract_id)
    terms = terms_of(contract.plan_version_id)
    today = club_day(contract.club_id)
    if request.wished_on is not None and not today <= request.wished_on <= today + FURTHEST_WISH:
        raise invalid({"wished_on": _("Expected a day from today to two years ahead.")})
    bond = Bond(
        terms.kind,
        contract.starts_on,
        contract.ends_on,
        _signed_on(contract),
        contract.price_minor,
        terms.term_months or 1,
        *put_off_fees(contract.id),
    )
    shown = leaving(bond, terms.leaving, today, request.wished_on)
    open_minor = account_of(contract.payer_id, contract.club_id).owed_minor
    return CancelOffer(contract.id, today, contract.ends_on, shown, contract.currency, open_minor)


def cancel_contract(request: CancelRequest, *, by: str) -> Cancellation:
    """The contract ends on the day that was shown, and the reason is kept; raises as the preview.

    Within the cooling-off time before its first day it never counted.
    """
    contract = _get(request.contract_id)
    lock_person(contract.person_id)
    db.session.refresh(contract)
    offer = cancel_preview(request)
    note = clean(request.note, "note", longest=300)
    if request.reason is CancelReason.OTHER and not note:
        raise invalid({"note": _("Say why in a few words.")})
    kept = _keep(offer, request.reason, note, by)
    if offer.leaving.last_day is None:
        void_contract(contract.id, by=by, why=_("Called off before it began."))
    else:
        _end_on(contract, offer.leaving.last_day, why=note or request.reason.value, by=by)
    charge_leaving(contract, kept, by=by)
    given = ReasonGiven(contract.id, LeaveReason(request.reason.value), ReasonSource.CANCEL, note)
    give_reason(given, by=by)
    events.record(
        ContractCancelled(
            contract.club_id,
            kept.asked_at,
            contract.id,
            contract.person_id,
            request.reason.value,
            offer.asked_on,
            offer.leaving.last_day,
            offer.leaving.is_cooling_off,
        )
    )
    return kept


def withdraw_cancellation(contract_id: int, *, by: str) -> Contract:
    """The member stays: the contract ends as if nobody had cancelled; shortened freezes stay short.

    Raises NOT_CANCELLED when there is nothing to take back or the last day has passed, and
    CONTRACT_OVERLAPS when another contract on the plan has taken the days.
    """
    contract = _get(contract_id)
    lock_person(contract.person_id)
    db.session.refresh(contract)
    found = standing_cancellation(contract_id)
    today = club_day(contract.club_id)
    is_over = contract.state is not ContractState.SIGNED or (contract.ends_on or today) < today
    if found is None or is_over:
        raise DomainError("NOT_CANCELLED", _("There is no cancellation that could be taken back."))
    ends_on = moved_end(contract.term_ends_on, extra_days(contract_id))
    if not may_end_on(contract, ends_on):
        raise DomainError(
            "CONTRACT_OVERLAPS", _("Another contract on this plan already covers these days.")
        )
    _take_back(found, by)
    before = as_kept(contract)
    contract.cut_ends_on, contract.end_reason = None, ""
    set_end(contract, ends_on, by=by)
    charge_staying(contract, found, by=by)
    note_change(contract, "cancellation_withdrawn", before=before, by=by)
    events.record(
        CancellationWithdrawn(
            contract.club_id, clock.now(), contract.id, contract.person_id, contract.ends_on
        )
    )
    return contract


def _end_on(contract: Contract, last_day: date, *, why: str, by: str) -> None:
    before = as_kept(contract)
    if last_day != contract.ends_on:
        trim_freezes(contract, last_day, by=by)
        contract.cut_ends_on = last_day - timedelta(days=extra_days(contract.id))
        set_end(contract, last_day, by=by)
    contract.end_reason = why[:200]
    note_change(contract, "cancelled", before=before, by=by, why=why)


def _keep(offer: CancelOffer, reason: CancelReason, note: str, by: str) -> Cancellation:
    shown = offer.leaving
    kept = Cancellation(
        contract_id=offer.contract_id,
        reason=reason,
        note=note,
        asked_on=offer.asked_on,
        last_day=shown.last_day,
        is_cooling_off=shown.is_cooling_off,
        charges_minor=shown.charges_minor,
        last_charge_on=shown.last_charge_on,
        fee_minor=shown.fee_minor,
        refund_minor=shown.refund_minor,
        currency=offer.currency,
        asked_by=by,
        asked_at=clock.now(),
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def _take_back(found: Cancellation, by: str) -> None:
    taken = db.session.execute(
        update(Cancellation)
        .where(Cancellation.id == found.id, Cancellation.state == CancellationState.STANDS)
        .values(state=CancellationState.WITHDRAWN, withdrawn_by=by, withdrawn_at=clock.now())
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined] # the untyped result of an UPDATE
        raise DomainError("NOT_CANCELLED", _("There is no cancellation that could be taken back."))


def _get(contract_id: int) -> Contract:
    contract = db.session.get(Contract, contract_id)
    if contract is None:
        raise not_found(_("There is no such contract."))
    return contract


def _running(contract_id: int) -> Contract:
    contract = _get(contract_id)
    if contract.state is not ContractState.SIGNED:
        raise DomainError("NOT_SIGNED", _("Only a signed contract that has not ended can be left."))
    found = standing_cancellation(contract_id)
    if found is not None and found.last_day is not None:
        day = formats.day(found.last_day)
        raise DomainError(
            "CANCELLED", _("This contract is already cancelled and ends on %(day)s.", day=day)
        )
    renewal = renewal_of(contract)
    if renewal is not None and renewal.state is not ContractState.ENDED:
        number = renewal.number
        raise DomainError(
            "RENEWED",
            _("Contract %(number)s takes over after this one. Cancel that one.", number=number),
        )
    if contract.ends_on is not None and contract.ends_on < club_day(contract.club_id):
        raise DomainError("NOT_SIGNED", _("Only a signed contract that has not ended can be left."))
    return contract


def _signed_on(contract: Contract) -> date:
    club = db.session.get(Club, contract.club_id)
    if contract.signed_at is None or club is None:
        return contract.starts_on
    return clock.local_day(contract.signed_at, club.zone)
