"""Services room: something comes in: kept once, taken in at once or left in the tray."""

from dataclasses import asdict, replace

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.states import move
from clubcrm.core.text import clean
from clubcrm.leads import known, registering
from clubcrm.leads.arriving import Agreement, Arrival, Trail
from clubcrm.leads.events import InquiryWaits
from clubcrm.leads.models import Inquiry, Lead, LeadTouch
from clubcrm.leads.rules.stages import (
    INQUIRY_MOVES,
    DeclineReason,
    InquiryState,
    TouchOrder,
)
from clubcrm.leads.settings import lead_settings
from clubcrm.leads.sources import known_source, source_of_channel
from clubcrm.people.models import Person

LONGEST_MESSAGE = 2000


def receive(arrival: Arrival, *, by: str) -> Inquiry:
    """The question is kept, and a lead at once when nothing speaks against it.

    The same question of the same sender is kept once. Raises INVALID_INPUT for text that cannot
    be stored.
    """
    twin = _told_before(arrival)
    if twin is not None:
        return twin
    inquiry = _keep(arrival, by)
    if arrival.is_spam:
        inquiry.state = InquiryState.SPAM
        inquiry.decided_at, inquiry.decided_by = clock.now(), by
        db.session.flush()
        return inquiry
    doubt = known.doubt_about(inquiry)
    if not doubt and arrival.channel in lead_settings(arrival.club_id).straight:
        registering.take_in(inquiry, value_minor=arrival.wish.value_minor, by=by)
        return inquiry
    inquiry.suspicion = doubt
    db.session.flush()
    waits = InquiryWaits(
        inquiry.club_id, clock.now(), inquiry_id=inquiry.id, channel=inquiry.channel.value
    )
    events.record(waits)
    return inquiry


def receive_by_hand(
    arrival: Arrival, *, by: str, same_as: Person | None = None, owner_id: int | None = None
) -> Lead:
    """A lead of whoever stands at the counter or is on the phone, seen by who writes it down.

    `same_as` is the person he turned out to be; `owner_id` keeps the lead with one seller.
    """
    inquiry = _keep(arrival, by)
    return registering.take_in(
        inquiry, person=same_as, owner_id=owner_id, value_minor=arrival.wish.value_minor, by=by
    )


def accept(
    inquiry: Inquiry, *, by: str, same_as: Person | None = None, owner_id: int | None = None
) -> Lead:
    """What waited is a lead now, of the person named or of a new one.

    Raises STATE when somebody else has decided it, INVALID_INPUT when nobody could be answered.
    """
    return registering.take_in(inquiry, person=same_as, owner_id=owner_id, by=by)


def name_inquiry(inquiry: Inquiry, name: str) -> None:
    """Who rang without a name has one; a name he gave himself stands."""
    if not inquiry.name and name.strip():
        inquiry.name = clean(name, "name")
        db.session.flush()


def decline(inquiry: Inquiry, reason: DeclineReason, note: str = "", *, by: str) -> None:
    """The question is no lead, for this reason; raises STATE when somebody else has decided it."""
    words = clean(note, "note", longest=300)
    aside = InquiryState.SPAM if reason is DeclineReason.SPAM else InquiryState.DECLINED
    if aside not in INQUIRY_MOVES[inquiry.state]:
        raise DomainError("STATE", _("Somebody else has just decided this."))
    # The reason stands before the state does: the store keeps no refusal without one.
    inquiry.decline_reason, inquiry.decline_note = reason, words
    inquiry.decided_at, inquiry.decided_by = clock.now(), by
    db.session.flush()
    move(inquiry, aside, moves=INQUIRY_MOVES, by=by, why=reason.value)
    audit.note("inquiry.declined", "inquiry", inquiry.id, after={"reason": reason.value}, by=by)


def put_back(inquiry: Inquiry, *, by: str) -> None:
    """What was declined or put aside waits in the tray again."""
    if inquiry.state is InquiryState.ACCEPTED:
        raise DomainError("STATE", _("This is a lead already."))
    move(inquiry, InquiryState.WAITING, moves=INQUIRY_MOVES, by=by)
    inquiry.decline_reason, inquiry.decline_note = None, ""
    inquiry.decided_at, inquiry.decided_by = None, ""
    db.session.flush()
    audit.note("inquiry.put_back", "inquiry", inquiry.id, by=by)


def inquiry_for(scope: Scope, public_id: str) -> Inquiry | None:
    """Return something that came in to one of these clubs."""
    return db.session.scalars(
        select(Inquiry).where(Inquiry.public_id == public_id, Inquiry.club_id.in_(scope.club_ids))
    ).first()


def _told_before(arrival: Arrival) -> Inquiry | None:
    if arrival.external_ref is None:
        return None
    return db.session.scalars(
        select(Inquiry).where(
            Inquiry.club_id == arrival.club_id,
            Inquiry.channel == arrival.channel,
            Inquiry.external_ref == arrival.external_ref,
        )
    ).first()


def _keep(arrival: Arrival, by: str) -> Inquiry:
    trail = _with_touches(arrival.trail)
    inquiry = drafted(arrival)
    inquiry.source_id = _source_id(arrival, trail, by)
    db.session.add(inquiry)
    db.session.flush()
    for order, touch in ((TouchOrder.FIRST, trail.first), (TouchOrder.LAST, trail.last)):
        if touch is not None:
            db.session.add(LeadTouch(inquiry_id=inquiry.id, touch=order, **asdict(touch)))
    db.session.flush()
    return inquiry


def drafted(arrival: Arrival) -> Inquiry:
    """Return the question before it is kept; raises INVALID_INPUT for text that cannot be."""
    moment = clock.now()
    agreed = arrival.agreement or Agreement("", moment)
    return Inquiry(
        club_id=arrival.club_id,
        state=InquiryState.WAITING,
        channel=arrival.channel,
        external_ref=arrival.external_ref,
        name=clean(arrival.name, "name"),
        phone=clean(arrival.phone, "phone", longest=60),
        email=clean(arrival.email, "email", longest=254),
        language=clean(arrival.language, "language", longest=16),
        message=clean(arrival.message, "message", longest=LONGEST_MESSAGE, lines=True),
        interest=clean(arrival.wish.interest, "interest"),
        plan_id=arrival.wish.plan_id,
        source_id=arrival.trail.source_id,
        host_id=arrival.trail.host_id,
        suspicion=arrival.suspicion,
        consent_version=agreed.version,
        consent_at=agreed.at if agreed.version else None,
        consent_ip=agreed.ip,
        arrived_at=arrival.at or moment,
    )


def _with_touches(trail: Trail) -> Trail:
    """One touch that is known is both the first and the last."""
    return replace(trail, first=trail.first or trail.last, last=trail.last or trail.first)


def _source_id(arrival: Arrival, trail: Trail, by: str) -> int | None:
    """Return where he heard of us: said by who asks, told by the advertising, or by the channel."""
    if trail.source_id is not None:
        return trail.source_id
    heard = [trail.source, *(one.utm_source for one in (trail.first, trail.last) if one)]
    for name in heard:
        found = known_source(arrival.club_id, name)
        if found is not None:
            return found.id
    found = source_of_channel(arrival.club_id, arrival.channel, by=by)
    return found.id if found else None
