"""Services room: guests of members, who come in on a contract of one day.

A pass opens when the host comes and lapses when the guest does not follow in time.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club, club_setting, set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.core.states import Moves, move
from clubcrm.people.api import PersonDraft, find_or_register
from clubcrm.people.models import Person
from clubcrm.people.queries.locks import lock_person
from memberships.blocks.queries import blocks_of
from memberships.blocks.rules import BlockOwner
from memberships.blocks.services import BlockRequest, place_block
from memberships.contracts.catalogue import PlanOnSale, plan_by_id, plans_on_sale
from memberships.contracts.models import Contract
from memberships.contracts.plans import create_plan
from memberships.contracts.queries import rights_at
from memberships.contracts.rules import ContractState, PlanKind, without_idle_freezes
from memberships.contracts.services import SignRequest, sign, void_contract
from memberships.contracts.terms import PlanTerms
from memberships.schedule.events import GuestInvited
from memberships.schedule.models import ClassArrival, GuestPass
from memberships.schedule.reads import PlanRule, rules_of_contracts, zone_of
from memberships.schedule.rules.booking import STOPPING
from memberships.schedule.rules.guests import (
    GuestFacts,
    GuestRule,
    PassState,
    good_until,
    guest_fault,
    period_start,
    year_before,
)
from memberships.schedule.settings import SETTING, class_settings
from memberships.schedule.words import guest_refused
from memberships.waivers.queries import waiver_until

PASS_MOVES: Moves = {
    PassState.WAITING: frozenset({PassState.OPEN, PassState.LAPSED, PassState.WITHDRAWN}),
    PassState.OPEN: frozenset({PassState.USED, PassState.LAPSED, PassState.WITHDRAWN}),
    PassState.USED: frozenset(),
    PassState.LAPSED: frozenset({PassState.USED}),
    PassState.WITHDRAWN: frozenset(),
}
COUNTED = (PassState.WAITING, PassState.OPEN, PassState.USED)
GUEST_SOURCE = "guest"
# Who is in the house on trial or for a day brings nobody.
NO_HOSTS = frozenset({PlanKind.TRIAL, PlanKind.DAY})


@dataclass(frozen=True, slots=True)
class GuestRequest:
    """Which member brings whom to which club today."""

    host_id: int
    club_id: int
    guest: PersonDraft


@dataclass(frozen=True, slots=True)
class GuestsLeft:
    """How many passes a member has left in this period, and when his last visit began."""

    left: int
    rule: GuestRule
    host_came_at: datetime | None


def guests_left(host_id: int, club_id: int) -> GuestsLeft:
    """Return how many guests the member may still bring in this period."""
    day = _today(club_id)
    rule = _rule_of(host_id, club_id, day)
    if rule is None:
        return GuestsLeft(0, GuestRule(passes=0), _host_came(host_id, club_id))
    used = db.session.scalar(
        select(func.count(GuestPass.id)).where(
            GuestPass.host_id == host_id,
            GuestPass.day >= period_start(day, rule.period),
            GuestPass.state.in_(COUNTED),
        )
    )
    return GuestsLeft(max(0, rule.passes - (used or 0)), rule, _host_came(host_id, club_id))


def invite_guest(request: GuestRequest, *, by: str) -> GuestPass:
    """The guest is a person with the host as his source and has a pass for today.

    With the host in the house the gate knows the guest at once; otherwise when the host comes.
    Raises what `GuestFault` names.
    """
    if lock_person(request.host_id) is None:
        raise not_found(_("There is no such member."))
    draft = replace(request.guest, source=GUEST_SOURCE)
    guest, _is_new = find_or_register(draft, request.club_id, by=by)
    lock_person(guest.id)
    terms = class_settings(request.club_id).guests
    fault = guest_fault(_facts(request, guest.id), terms)
    if fault is not None:
        raise guest_refused(fault)
    granted = GuestPass(
        club_id=request.club_id,
        host_id=request.host_id,
        guest_id=guest.id,
        day=_today(request.club_id),
        state=PassState.WAITING,
        issued_by=by,
    )
    db.session.add(granted)
    db.session.flush()
    audit.note("guest.invited", "guest_pass", granted.id, after={"host": request.host_id}, by=by)
    events.record(GuestInvited(request.club_id, clock.now(), granted.id, request.host_id, guest.id))
    _ask_for_waiver(guest, request.club_id, by)
    came_at = _host_came(request.host_id, request.club_id)
    if came_at is not None and clock.now() < good_until(came_at, terms):
        _open(granted, came_at, by)
    return granted


def host_arrived(host_id: int, club_id: int, at: datetime) -> int:
    """Passes that waited for the host open at the gate; returns how many."""
    waiting = db.session.scalars(
        select(GuestPass).where(
            GuestPass.host_id == host_id,
            GuestPass.club_id == club_id,
            GuestPass.state == PassState.WAITING,
            GuestPass.day == _today(club_id),
        )
    ).all()
    opened = 0
    for granted in waiting:
        if clock.now() < good_until(at, class_settings(club_id).guests):
            _open(granted, at, "system")
            opened += 1
    return opened


def guest_arrived(guest_id: int, club_id: int, at: datetime) -> bool:
    """The guest's pass is used; False for somebody who is no guest today."""
    granted = db.session.scalars(
        select(GuestPass)
        .where(
            GuestPass.guest_id == guest_id,
            GuestPass.club_id == club_id,
            GuestPass.state.in_([PassState.OPEN, PassState.LAPSED]),
            GuestPass.day == clock.local_day(at, zone_of(club_id)),
        )
        .order_by(GuestPass.id.desc())
    ).first()
    if granted is None:
        return False
    move(granted, PassState.USED, moves=PASS_MOVES, by="system")
    granted.used_at = at
    db.session.flush()
    return True


def withdraw_pass(granted: GuestPass, *, by: str) -> None:
    """The pass is taken back: the gate does not know the guest, and the member has it again."""
    _end(granted, PassState.WITHDRAWN, by)
    audit.note("guest.withdrawn", "guest_pass", granted.id, by=by)


def lapse_passes(club_id: int) -> int:
    """Passes whose time is over lapse, and the gate forgets the guest; returns how many."""
    now, today = clock.now(), _today(club_id)
    over = db.session.scalars(
        select(GuestPass).where(
            GuestPass.club_id == club_id,
            GuestPass.state.in_([PassState.OPEN, PassState.WAITING]),
            (GuestPass.expires_at <= now) | (GuestPass.day < today),
        )
    ).all()
    for granted in over:
        _end(granted, PassState.LAPSED, "system")
    return len(over)


def _open(granted: GuestPass, host_came_at: datetime, by: str) -> None:
    settings = class_settings(granted.club_id)
    plan = guest_plan(granted.club_id, by=by)
    contract = sign(SignRequest(granted.guest_id, plan.plan_id, granted.day), by=by)
    granted.contract_id = contract.id
    granted.expires_at = good_until(host_came_at, settings.guests)
    move(granted, PassState.OPEN, moves=PASS_MOVES, by=by)


def _end(granted: GuestPass, state: PassState, by: str) -> None:
    move(granted, state, moves=PASS_MOVES, by=by)
    contract = db.session.get(Contract, granted.contract_id) if granted.contract_id else None
    if contract is not None and contract.state is ContractState.SIGNED:
        void_contract(contract.id, by=by, why=_("The guest did not come."))


def guest_plan(club_id: int, *, by: str) -> PlanOnSale:
    """Return the plan on which guests of the club are let in; it is made when there is none."""
    chosen = class_settings(club_id).guest_plan
    found = [one for one in plans_on_sale(club_id) if one.public_id == chosen]
    if found:
        return found[0]
    club = db.session.get_one(Club, club_id)
    terms = PlanTerms(_("Guest of a member"), PlanKind.TRIAL, 0, club.currency, term_days=1)
    made = create_plan(club_id, terms, by=by)
    kept = dict(club_setting(club_id, SETTING, {}))
    set_club_setting(club_id, SETTING, {**kept, "guest_plan": made.public_id})
    plan = plan_by_id(made.id)
    assert plan is not None  # noqa: S101 - just created
    return plan


def _facts(request: GuestRequest, guest_id: int) -> GuestFacts:
    day = _today(request.club_id)
    passes = select(func.count(GuestPass.id)).where(GuestPass.guest_id == guest_id)
    since = year_before(day)
    used = passes.where(GuestPass.state == PassState.USED, GuestPass.day >= since)
    today = passes.where(GuestPass.state.in_(COUNTED), GuestPass.day == day)
    return GuestFacts(
        host_may=_rule_of(request.host_id, request.club_id, day) is not None,
        is_same=guest_id == request.host_id,
        passes_left=guests_left(request.host_id, request.club_id).left,
        was_member=_was_member(guest_id),
        visits_this_year=db.session.scalar(used) or 0,
        has_pass_today=bool(db.session.scalar(today)),
    )


def _rule_of(host_id: int, club_id: int, day: date) -> GuestRule | None:
    """Return the most generous rule of the contracts that let the host in today, if any does."""
    rights = without_idle_freezes(rights_at(host_id, day), day)
    if any(one.owner in STOPPING and one.holds_on(day) for one in rights.blocks):
        return None
    valid = [
        one.contract_id
        for one in rights.contracts
        if one.state == "signed"
        and one.covers(day)
        and one.plan_kind not in NO_HOSTS
        and (one.club_ids is None or club_id in one.club_ids)
    ]
    rules = rules_of_contracts(valid)
    given = [rules.get(contract_id, PlanRule()).guests for contract_id in valid]
    return max(given, key=lambda one: one.passes, default=None)


def _was_member(person_id: int) -> bool:
    as_guest = select(GuestPass.contract_id).where(
        GuestPass.guest_id == person_id, GuestPass.contract_id.is_not(None)
    )
    found = db.session.scalars(
        select(Contract.id)
        .where(
            Contract.person_id == person_id,
            Contract.state != ContractState.VOID,
            Contract.id.not_in(as_guest),
        )
        .limit(1)
    ).first()
    return found is not None


def _host_came(host_id: int, club_id: int) -> datetime | None:
    first, _last = clock.day_bounds(_today(club_id), zone_of(club_id))
    return db.session.scalar(
        select(func.max(ClassArrival.entered_at)).where(
            ClassArrival.person_id == host_id,
            ClassArrival.club_id == club_id,
            ClassArrival.entered_at >= first,
            ClassArrival.left_at.is_(None),
        )
    )


def _ask_for_waiver(guest: Person, club_id: int, by: str) -> None:
    if not class_settings(club_id).guests.waiver:
        return
    signed_until = waiver_until([guest.id]).get(guest.id)
    asked = any(
        one.owner is BlockOwner.WAIVER and one.lifted_at is None for one in blocks_of(guest.id)
    )
    if not asked and (signed_until is None or signed_until < _today(club_id)):
        request = BlockRequest(guest.id, BlockOwner.WAIVER, _("A guest signs the waiver first."))
        place_block(request, by=by)


def _today(club_id: int) -> date:
    return clock.today(zone_of(club_id))
