"""Services room: strangers who ring are questions for the tray, once for each number and day."""

from dataclasses import dataclass
from datetime import datetime

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.leads.arriving import Arrival
from clubcrm.leads.known import contacts_of, is_member, same_person
from clubcrm.leads.models import Inquiry, Lead
from clubcrm.leads.queries.callers import calls_of, waiting_of_number
from clubcrm.leads.queries.surroundings import zone_of
from clubcrm.leads.receiving import receive
from clubcrm.leads.registering import open_lead_of, take_in
from clubcrm.leads.rules.stages import ArrivalChannel
from clubcrm.leads.tables_of_calls import InquiryCall
from clubcrm.tasks.api import take_back

BY = "system"
TAKEN_OVER = "the question is decided"


@dataclass(frozen=True, slots=True)
class Rang:
    """A call of somebody nobody knows: by which name the log knows it, and its open task."""

    club_id: int
    call_ref: str
    number: str
    at: datetime
    task_id: int | None = None


def note_stranger(rang: Rang) -> Inquiry | None:
    """The call belongs to a question of its number; None when the caller is known by now."""
    known_call = db.session.get(InquiryCall, rang.call_ref)
    if known_call is not None:
        return db.session.get_one(Inquiry, known_call.inquiry_id)
    waiting = waiting_of_number(rang.club_id, rang.number)
    if waiting is None and _is_known(rang):
        return None
    inquiry = waiting or receive(_arrival(rang), by=BY)
    db.session.add(InquiryCall(call_ref=rang.call_ref, inquiry_id=inquiry.id, task_id=rang.task_id))
    db.session.flush()
    return inquiry


def settle_calls(inquiry: Inquiry) -> None:
    """Nobody has to call back for a question that is decided: its lead has a step of its own."""
    for call in calls_of(inquiry.id):
        if call.task_id is not None:
            take_back(call.task_id, TAKEN_OVER)


def join_calls(lead: Lead, phone: str, *, by: str) -> None:
    """Calls that wait in the tray are of the lead who was written down with their number."""
    number = contacts_of(lead.club_id, phone, "").phone
    waiting = waiting_of_number(lead.club_id, number) if number else None
    if waiting is not None:
        take_in(waiting, by=by)
        settle_calls(waiting)


def _is_known(rang: Rang) -> bool:
    probe = Inquiry(club_id=rang.club_id, name="", phone=rang.number, email="")
    person, _is_other = same_person(probe)
    if person is None:
        return False
    has_lead = open_lead_of(person.id, rang.club_id) is not None
    return has_lead or is_member(person.id, rang.club_id)


def _arrival(rang: Rang) -> Arrival:
    day = clock.local(rang.at, zone_of(rang.club_id)).date()
    return Arrival(
        club_id=rang.club_id,
        channel=ArrivalChannel.CALL,
        phone=rang.number,
        external_ref=f"call:{rang.number}:{day.isoformat()}",
        at=rang.at,
    )
