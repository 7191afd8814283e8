"""What came by advertising and by telephone: a page of the advertiser, a stranger's missed call."""

from datetime import timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.leads.ads.models import AdKind, AdLetter, AdPlace
from clubcrm.leads.door.rules.letters import LetterState
from clubcrm.leads.models import Inquiry
from clubcrm.leads.rules.stages import ArrivalChannel, InquiryState
from clubcrm.leads.tables_of_calls import InquiryCall
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id
from clubcrm.tickets.call_tables import PhoneCall
from clubcrm.tickets.rules.phone import Disposition


def write_news(session: Session, ground: Ground, club_id: int, chance: Random) -> None:
    """The club's page is named, and whoever rang and was missed waits in the tray."""
    _advertising(session, ground, club_id, chance)
    _callers(session, club_id, chance)


def _callers(session: Session, club_id: int, chance: Random) -> None:
    missed = select(PhoneCall).where(
        PhoneCall.club_id == club_id,
        PhoneCall.disposition == Disposition.MISSED,
        PhoneCall.person_id.is_(None),
    )
    for call in session.scalars(missed.order_by(PhoneCall.id)):
        inquiry = Inquiry(
            public_id=public_id(chance),
            club_id=club_id,
            state=InquiryState.WAITING,
            channel=ArrivalChannel.CALL,
            external_ref=f"call:{call.number}:{call.started_at.date().isoformat()}",
            phone=call.number,
            suspicion="no_name",
            arrived_at=call.started_at,
        )
        session.add(inquiry)
        session.flush()
        session.add(InquiryCall(call_ref=call.public_id, inquiry_id=inquiry.id))
    session.flush()


def _advertising(session: Session, ground: Ground, club_id: int, chance: Random) -> None:
    """The club's page is named; one filled form could not be fetched yet."""
    made, page = ground.order.moment - timedelta(days=200), f"1045{club_id:08d}"
    session.add(
        AdPlace(
            public_id=public_id(chance),
            club_id=club_id,
            kind=AdKind.PAGE,
            ref=page,
            name="Page of the club",
            changed_by=ground.actor("manager"),
            changed_at=made,
        )
    )
    asked = ground.order.moment - timedelta(hours=3)
    session.add(
        AdLetter(
            public_id=public_id(chance),
            leadgen_id=f"7{chance.randrange(10**14):014d}",
            page_id=page,
            form_id=f"22{club_id:08d}",
            state=LetterState.ODD,
            created_at=asked,
            received_at=asked,
            next_try_at=asked,
            settled_at=asked,
            tries=9,
            why=f"no token for the page {page}",
        )
    )
    session.flush()
