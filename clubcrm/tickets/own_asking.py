"""Services room: what a member does on his own page: asks, says more, calls it settled."""

from datetime import timedelta

from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import DomainError, invalid
from clubcrm.core.text import clean
from clubcrm.core.types import new_public_id
from clubcrm.people.models import Person
from clubcrm.tickets import queries
from clubcrm.tickets.models import Ticket
from clubcrm.tickets.rules.cases import UNSETTLED, TicketOrigin
from clubcrm.tickets.services import (
    LONGEST_WORDS,
    Opening,
    Said,
    Work,
    go_on,
    open_ticket,
    refuse_closed,
    solve,
)

MOST_A_DAY = 10


def ask(person: Person, subject: str, words: str) -> Ticket:
    """The desk has the member's question; raises TOO_MANY_TRIES for more than ten within a day."""
    said = _said(words)
    since = clock.now() - timedelta(days=1)
    if queries.asked_since(person.id, since) >= MOST_A_DAY:
        raise DomainError(
            "TOO_MANY_TRIES",
            _("You have asked a lot today. Please call us, or write again tomorrow."),
            status=429,
            retry_after=3600,
        )
    return open_ticket(
        Opening(
            source=f"own:{new_public_id()}",
            club_id=person.club_id,
            origin=TicketOrigin.OWN_PAGE,
            words=said,
            subject=clean(subject, "subject", longest=120),
            person_id=person.id,
            work=Work("member_question"),
        ),
        by=_by(person),
    )


def say_more(person: Person, ticket: Ticket, words: str) -> None:
    """It is our turn again; raises STATE for what is closed."""
    said = _said(words)
    refuse_closed(ticket)
    go_on(ticket, said, Said(), by=_by(person))


def call_it_solved(person: Person, ticket: Ticket) -> None:
    """The member says himself that it is settled; said twice, it is settled once."""
    if ticket.state in UNSETTLED:
        solve(ticket, by=_by(person))


def _said(words: str) -> str:
    said = clean(words, "words", longest=LONGEST_WORDS, lines=True)
    if not said:
        raise invalid({"words": _("Write your question.")})
    return said


def _by(person: Person) -> str:
    return f"person:{person.id}"
