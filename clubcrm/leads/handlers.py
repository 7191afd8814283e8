"""Services room: what happens to leads after a visit, a signature or an invitation elsewhere."""

from datetime import datetime, timedelta

from sqlalchemy import select

from access_control.events import VisitStarted
from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.leads import moving, registering
from clubcrm.leads.models import Inquiry, Lead
from clubcrm.leads.queries.surroundings import contract_with, guest_pass_with
from clubcrm.leads.rules.stages import (
    OPEN,
    ArrivalChannel,
    InquiryState,
    LeadStage,
)
from clubcrm.leads.sources import source_of_channel
from clubcrm.people.models import Person
from clubcrm.people.queries.locks import lock_person
from memberships.contracts.rules import PlanKind
from memberships.events import ContractSigned
from memberships.schedule.events import GuestInvited
from memberships.schedule.models import GuestPass

BY = "system"
NO_WIN = frozenset({PlanKind.TRIAL.value, PlanKind.DAY.value})
# Who was lost and signs after all within so many days was not lost.
WON_BACK = timedelta(days=90)


def on_visit_started(fact: VisitStarted) -> None:
    """A lead who came is a lead who attended, whatever the board said before."""
    lead = _open_lead(fact.person_id, fact.club_id)
    if lead is None or fact.happened_at < lead.arrived_at:
        return
    if lead.attended_at is None:
        lead.attended_at, lead.visit_id = fact.happened_at, fact.visit_id
        db.session.flush()
    if lead.state is not LeadStage.ATTENDED:
        moving.move_lead(lead, moving.Move(LeadStage.ATTENDED), by=BY)


def on_contract_signed(fact: ContractSigned) -> None:
    """A contract wins the lead; a trial or a day pass is no contract that anybody is won by."""
    if fact.plan_kind in NO_WIN:
        return
    lead = _open_lead(fact.person_id, fact.club_id) or _lost_lately(fact)
    contract = contract_with(fact.contract_id)
    if lead is None or contract is None:
        return
    lead.contract_id = contract.id
    lead.value_minor = contract.price_minor
    lead.won_at = fact.happened_at
    db.session.flush()
    moving.move_lead(lead, moving.Move(LeadStage.WON), by=contract.signed_by or BY)


def on_guest_invited(fact: GuestInvited) -> None:
    """Whom a member brings is a lead with the member as its source, expected that day."""
    granted = guest_pass_with(fact.guest_pass_id)
    person = lock_person(fact.person_id)
    if granted is None or person is None:
        return
    lead = registering.open_lead_of(person.id, granted.club_id)
    if lead is None:
        lead = registering.take_in(_inquiry_of(person, granted), person=person, by=BY)
    lead.host_id = lead.host_id or fact.host_id
    comes = granted.expires_at or fact.happened_at
    if lead.state in (LeadStage.ATTENDED, LeadStage.BOOKED):
        db.session.flush()
        return
    moving.move_lead(lead, moving.Move(LeadStage.BOOKED, trial_at=comes), by=BY)


def _inquiry_of(person: Person, granted: GuestPass) -> Inquiry:
    source = source_of_channel(granted.club_id, ArrivalChannel.GUEST, by=BY)
    inquiry = Inquiry(
        club_id=granted.club_id,
        state=InquiryState.WAITING,
        channel=ArrivalChannel.GUEST,
        external_ref=f"guest_pass:{granted.id}",
        name=person.full_name,
        language=person.language or "",
        source_id=source.id if source else None,
        host_id=granted.host_id,
        arrived_at=granted.issued_at,
    )
    db.session.add(inquiry)
    db.session.flush()
    return inquiry


def _open_lead(person_id: int, club_id: int | None) -> Lead | None:
    """Return the person's open lead, that of the club first."""
    leads = db.session.scalars(
        select(Lead)
        .where(Lead.person_id == person_id, Lead.state.in_(OPEN))
        .order_by(Lead.id.desc())
    ).all()
    return next((one for one in leads if one.club_id == club_id), leads[0] if leads else None)


def _lost_lately(fact: ContractSigned) -> Lead | None:
    since: datetime = clock.now() - WON_BACK
    return db.session.scalars(
        select(Lead)
        .where(
            Lead.person_id == fact.person_id,
            Lead.state == LeadStage.LOST,
            Lead.arrived_at >= since,
        )
        .order_by(Lead.id.desc())
        .limit(1)
    ).first()
