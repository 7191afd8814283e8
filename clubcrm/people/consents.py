"""Services: what a person allows, kept line by line; the newest of a channel and purpose counts."""

from dataclasses import dataclass

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.people.events import ConsentGiven, ConsentWithdrawn
from clubcrm.people.models import Channel, Consent, Person, Purpose
from clubcrm.people.refusals import note_refusal

# The wording people agree to on the consent panel; a new wording gets a new version.
TEXT_VERSION = "2026-11"


@dataclass(frozen=True, slots=True)
class Answer:
    """A yes or no for one channel and purpose, where it was given and to which wording."""

    channel: Channel
    purpose: Purpose
    given: bool
    source: str = "desk"
    text_version: str = TEXT_VERSION


def answer(person: Person, said: Answer, *, by: str | None = None) -> Consent:
    """The person's answer is on record with time, wording, source and who noted it."""
    moment = clock.now()
    line = Consent(
        person_id=person.id,
        channel=said.channel,
        purpose=said.purpose,
        given=said.given,
        text_version=said.text_version,
        source=said.source,
        by=by or audit.current_actor_name(),
        at=moment,
    )
    db.session.add(line)
    db.session.flush()
    if not said.given:
        note_refusal(person, said.channel, said.purpose)
    audit.note(
        "consent.given" if said.given else "consent.withdrawn",
        "person",
        person.id,
        after={"consent_id": line.id, "channel": said.channel, "purpose": said.purpose},
        by=by,
    )
    fact = ConsentGiven if said.given else ConsentWithdrawn
    events.record(
        fact(
            club_id=person.club_id,
            happened_at=moment,
            person_id=person.id,
            channel=said.channel.value,
            purpose=said.purpose.value,
        )
    )
    return line
