"""Services room: the answers of a filled form become an inquiry with the advertisement it is of."""

from clubcrm.leads.ads.models import AdLetter, AdPlace
from clubcrm.leads.ads.rules.leadgen import AdAnswer, answer_in
from clubcrm.leads.arriving import Agreement, Arrival, Touch, Trail, Wish
from clubcrm.leads.models import Inquiry
from clubcrm.leads.receiving import receive
from clubcrm.leads.rules.stages import ArrivalChannel
from clubcrm.leads.sources import source_named

LONGEST_VERSION = 40


def become_inquiry(letter: AdLetter, place: AdPlace) -> Inquiry:
    """The letter is an inquiry of the club of its page; raises ValueError without answers."""
    said = answer_in(letter.answers)
    by = f"ad:{place.public_id}"
    source_id = place.source_id or source_named(place.club_id, said.platform, by=by).id
    touch = Touch(at=letter.created_at, **said.touch)
    arrival = Arrival(
        club_id=place.club_id,
        channel=ArrivalChannel.LANDING,
        name=said.name,
        phone=said.phone,
        email=said.email,
        language=said.language,
        message=said.message,
        wish=Wish(interest=said.interest or place.interest),
        trail=Trail(source_id=source_id, first=touch, last=touch),
        agreement=_agreement(letter, place, said),
        external_ref=f"facebook:{letter.leadgen_id}",
        at=letter.created_at,
        suspicion="ad_test" if said.is_test else "",
    )
    return receive(arrival, by=by)


def _agreement(letter: AdLetter, place: AdPlace, said: AdAnswer) -> Agreement | None:
    """Only the box that the club named asks about news; every form has others, too."""
    if not place.consent_key or place.consent_key not in said.agreed:
        return None
    version = f"fb:{letter.form_id}:{place.consent_key}"[:LONGEST_VERSION]
    return Agreement(version, letter.created_at)
