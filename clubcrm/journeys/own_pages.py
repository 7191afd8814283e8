"""Handlers room: who asks for the link to his own page has it at the address the club knows."""

from datetime import timedelta

from clubcrm.core import clock
from clubcrm.messaging.api import Order, queue
from clubcrm.people.models import Purpose
from memberships.api import sign_in_address
from memberships.events import OwnPageAsked

CODE = "X9"
LIVES = timedelta(minutes=30)
EVERY_SECONDS = 300


def on_own_page_asked(fact: OwnPageAsked) -> None:
    """The link waits in the outbox; asked again within five minutes, it is the same one."""
    moment = clock.now()
    address = sign_in_address(fact.person_id, by="system")
    if not address or fact.club_id is None:
        return
    turn = int(fact.happened_at.timestamp()) // EVERY_SECONDS
    queue(
        Order(
            dedupe_key=f"{CODE}:{fact.person_id}:{turn}",
            club_id=fact.club_id,
            person_id=fact.person_id,
            code=CODE,
            purpose=Purpose.SERVICE,
            not_before=moment,
            expires_at=moment + LIVES,
            fields={"link": address},
        )
    )
