"""Services room: an inquiry becomes a lead, or one more question of a lead that is open."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.open_hours import OpenWeek, due_after, open_week
from clubcrm.core.states import move
from clubcrm.leads import known, moving, next_steps, scoring
from clubcrm.leads.events import LeadRegistered
from clubcrm.leads.models import Inquiry, Lead, LeadTouch
from clubcrm.leads.queries.surroundings import Somebody, has_answered, person_with
from clubcrm.leads.rules.stages import (
    INQUIRY_MOVES,
    OPEN,
    PARKED,
    ArrivalChannel,
    InquiryState,
    LeadStage,
    TouchOrder,
)
from clubcrm.leads.rules.steps import ASKED_AGAIN
from clubcrm.leads.sellers import give_out
from clubcrm.leads.settings import lead_settings
from clubcrm.loyalty.api import Coming, note_friend
from clubcrm.people.api import Answer, answer, register
from clubcrm.people.models import Channel, Purpose
from clubcrm.people.queries.locks import lock_person
from memberships.contracts.catalogue import plan_by_id


def take_in(
    inquiry: Inquiry,
    *,
    by: str,
    person: Somebody | None = None,
    owner_id: int | None = None,
    value_minor: int | None = None,
) -> Lead:
    """The inquiry belongs to a lead: the open one of the same person, or a new one.

    Raises STATE when it was decided before, INVALID_INPUT when nobody could be answered.
    """
    if inquiry.state is InquiryState.ACCEPTED:
        raise DomainError("STATE", _("Somebody else has just taken this in."))
    who = person or _person_of(inquiry, by)
    # Two questions of one person at the same moment are one lead.
    lock_person(who.id)
    lead = open_lead_of(who.id, inquiry.club_id)
    if lead is None:
        lead = _new_lead(inquiry, who, owner_id, value_minor, by)
    else:
        _asked_again(lead, inquiry, by)
    inquiry.person_id, inquiry.lead_id = who.id, lead.id
    inquiry.decided_at, inquiry.decided_by = clock.now(), by
    db.session.flush()
    move(inquiry, InquiryState.ACCEPTED, moves=INQUIRY_MOVES, by=by)
    _note_agreement(inquiry, who, by)
    _note_host(inquiry, who, by)
    scoring.refresh(lead)
    return lead


@dataclass(frozen=True, slots=True)
class Office:
    """What a club's leads have in common: money, opening hours, how soon they are answered."""

    currency: str
    week: OpenWeek
    answer: timedelta


def office_of(club_id: int) -> Office:
    """Return it as it stands now."""
    club = db.session.get_one(Club, club_id)
    minutes = lead_settings(club_id).answer_minutes
    return Office(club.currency, open_week(club_id), timedelta(minutes=minutes))


def drafted(inquiry: Inquiry, person_id: int, office: Office, *, by: str) -> Lead:
    """Return the lead of an inquiry, of nobody yet, before it is written."""
    return Lead(
        club_id=inquiry.club_id,
        person_id=person_id,
        state=LeadStage.NEW,
        channel=inquiry.channel,
        source_id=inquiry.source_id,
        host_id=inquiry.host_id,
        interest=inquiry.interest,
        plan_id=inquiry.plan_id,
        currency=office.currency,
        arrived_at=inquiry.arrived_at,
        answer_by=due_after(office.week, inquiry.arrived_at, office.answer),
        created_by=by,
    )


def people_with_open_leads(person_ids: Collection[int], club_id: int) -> set[int]:
    """Return which of the people have a lead in the club that is neither won nor lost."""
    return set(
        db.session.scalars(
            select(Lead.person_id).where(
                Lead.person_id.in_(person_ids), Lead.club_id == club_id, Lead.state.in_(OPEN)
            )
        )
    )


def open_lead_of(person_id: int, club_id: int) -> Lead | None:
    """Return the lead of the person in the club that is neither won nor lost, if there is one."""
    return db.session.scalars(
        select(Lead).where(
            Lead.person_id == person_id, Lead.club_id == club_id, Lead.state.in_(OPEN)
        )
    ).first()


def _person_of(inquiry: Inquiry, by: str) -> Somebody:
    found, _is_other = known.same_person(inquiry)
    if found is not None:
        return found
    ways = known.contacts_of(inquiry.club_id, inquiry.phone, inquiry.email)
    if not ways:
        raise no_way()
    return register(known.draft_of(inquiry, ways), inquiry.club_id, by=by)


def no_way() -> DomainError:
    """Return the refusal of somebody who could not be answered."""
    return invalid({"phone": _("Write a phone number or an e-mail address that can be used.")})


def _new_lead(
    inquiry: Inquiry, person: Somebody, owner_id: int | None, value_minor: int | None, by: str
) -> Lead:
    club_id = inquiry.club_id
    language = person.language or inquiry.language
    plan = plan_by_id(inquiry.plan_id) if inquiry.plan_id else None
    lead = drafted(inquiry, person.id, office_of(club_id), by=by)
    lead.campaign = _campaign(inquiry.id)
    lead.owner_id = owner_id or give_out(club_id, language, inquiry.source_id)
    lead.value_minor = plan.terms.price_minor if plan and value_minor is None else value_minor
    db.session.add(lead)
    db.session.flush()
    after = {"channel": lead.channel.value, "owner": lead.owner_id}
    audit.note("lead.registered", "lead", lead.id, after=after, by=by)
    events.record(
        LeadRegistered(
            club_id, clock.now(), lead_id=lead.id, person_id=person.id, channel=lead.channel.value
        )
    )
    next_steps.open_step_of_stage(lead)
    return lead


def _asked_again(lead: Lead, inquiry: Inquiry, by: str) -> None:
    """Who was parked and asks again is spoken to now, and what we did not know is filled in."""
    lead.interest = lead.interest or inquiry.interest
    lead.source_id = lead.source_id or inquiry.source_id
    lead.host_id = lead.host_id or inquiry.host_id
    lead.plan_id = lead.plan_id or inquiry.plan_id
    db.session.flush()
    audit.note("lead.asked_again", "lead", lead.id, after={"inquiry": inquiry.id}, by=by)
    if lead.state in PARKED:
        back = LeadStage.CONTACTED if lead.reached_at else LeadStage.NEW
        moving.move_lead(lead, moving.Move(back), by=by)
    next_steps.open_step(lead, ASKED_AGAIN)


def _campaign(inquiry_id: int) -> str:
    touch = db.session.get(LeadTouch, (inquiry_id, TouchOrder.FIRST))
    return touch.utm_campaign if touch else ""


def _note_host(inquiry: Inquiry, person: Somebody, by: str) -> None:
    """Who was sent by a member counts as brought by him, if nobody has known him before."""
    if inquiry.host_id is None or inquiry.channel is not ArrivalChannel.REFERRAL:
        return
    way = "link" if (inquiry.external_ref or "").startswith("friend:") else "desk"
    host = person_with(inquiry.host_id)
    note_friend(Coming(inquiry.club_id, person, host, way), by=by)


def _note_agreement(inquiry: Inquiry, person: Somebody, by: str) -> None:
    """Who agreed to news when he asked is on record for the ways he left.

    Anybody can write somebody else's number into a form: what a person has answered before
    stands.
    """
    if not inquiry.consent_version:
        return
    ways = known.contacts_of(inquiry.club_id, inquiry.phone, inquiry.email)
    said_before = has_answered(person.id)
    left = ((Channel.EMAIL, ways.email), (Channel.SMS, ways.phone))
    for channel, value in left:
        if value and channel.value not in said_before:
            said = Answer(
                channel,
                Purpose.MARKETING,
                given=True,
                source=f"lead:{inquiry.channel.value}",
                text_version=inquiry.consent_version,
            )
            answer(person, said, by=by)
