"""Services room: a lead comes to see the club: a trial with a key for the gate, a class, a look."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, invalid, not_found
from clubcrm.leads import moving
from clubcrm.leads.models import Lead
from clubcrm.leads.queries.surroundings import session_in, zone_of
from clubcrm.leads.rules.stages import OPEN, LeadStage, PathWarning
from memberships.api import BookRequest, PlanOnSale, SignRequest, book, plans_on_sale, sign
from memberships.contracts.rules import PlanKind
from memberships.schedule.models import ClassSession

TRIAL_PLANS = (PlanKind.TRIAL, PlanKind.DAY)


@dataclass(frozen=True, slots=True)
class TrialWish:
    """When a lead comes; on which trial plan the gate lets him in, to which class he goes.

    Without a plan it is a look around: somebody opens the door and marks that he came.
    """

    at: datetime
    plan_id: int | None = None
    session_id: int | None = None


def trial_plans(club_id: int) -> list[PlanOnSale]:
    """Return the plans of the club on which somebody may try it, those that cost least first."""
    found = [one for one in plans_on_sale(club_id) if one.terms.kind in TRIAL_PLANS]
    return sorted(found, key=lambda one: (one.terms.price_minor, one.terms.name))


def book_trial(lead: Lead, wish: TrialWish, *, by: str) -> PathWarning:
    """The lead is expected; with a plan the gate knows him that day, with a class he has a place.

    Raises STATE when the lead is closed, what `sign` and `book` refuse, INVALID_INPUT for a past
    day.
    """
    if lead.state not in OPEN:
        raise DomainError("STATE", _("This lead is closed. Open it again first."))
    zone = zone_of(lead.club_id)
    day = clock.local_day(wish.at, zone)
    if day < clock.today(zone):
        raise invalid({"day": _("Choose a day that lies ahead.")})
    if wish.plan_id is not None:
        if wish.plan_id not in {one.plan_id for one in trial_plans(lead.club_id)}:
            raise not_found(_("This plan is no trial of the club."))
        contract = sign(SignRequest(lead.person_id, wish.plan_id, day), by=by)
        lead.trial_contract_id = contract.id
    if wish.session_id is not None:
        booking = book(BookRequest(wish.session_id, lead.person_id, may_wait=False), by=by)
        lead.booking_id = booking.id
    db.session.flush()
    if lead.state is LeadStage.BOOKED:
        return _another_time(lead, wish, by)
    return moving.move_lead(lead, moving.Move(LeadStage.BOOKED, trial_at=wish.at), by=by)


def session_for(club_id: int, public_id: str) -> ClassSession:
    """Return a class of the club; raises NOT_FOUND for others."""
    found = session_in(club_id, public_id)
    if found is None:
        raise not_found(_("There is no such class in this club."))
    return found


def _another_time(lead: Lead, wish: TrialWish, by: str) -> PathWarning:
    moving.expect_at(lead, wish.at, by=by)
    return PathWarning((), 0)
