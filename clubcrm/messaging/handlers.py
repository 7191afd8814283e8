"""What the outbox does when somebody does not want to be written to: nothing waits any more."""

from clubcrm.core.db import db
from clubcrm.messaging import queries
from clubcrm.messaging.models import MessageState
from clubcrm.messaging.rules.channels import NoWay
from clubcrm.messaging.services import settle
from clubcrm.people.events import ConsentWithdrawn, HoldPlaced, LeftAlone
from clubcrm.people.models import HoldKind


def on_left_alone(fact: LeftAlone) -> None:
    """Nothing waits for a person who does not want to hear from the club."""
    _cancel(fact.person_id, NoWay.DO_NOT_CONTACT)


def on_hold_placed(fact: HoldPlaced) -> None:
    """Nothing waits for a person who has died."""
    if fact.kind == HoldKind.DECEASED:
        _cancel(fact.person_id, NoWay.DO_NOT_CONTACT)


def on_consent_withdrawn(fact: ConsentWithdrawn) -> None:
    """Nothing waits that would go by the channel and for the purpose that was withdrawn."""
    _cancel(fact.person_id, NoWay.NO_CONSENT, fact.channel, fact.purpose)


def _cancel(person_id: int, why: NoWay, channel: str = "", purpose: str = "") -> None:
    for message in queries.waiting_for(db.session(), person_id):
        if channel in {"", message.channel.value} and purpose in {"", message.purpose.value}:
            settle(message, MessageState.CANCELLED, why.value)
