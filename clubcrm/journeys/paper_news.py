"""Handlers room: a member hears in time that a waiver or a certificate ends, and what to do."""

from flask_babel import force_locale
from flask_babel import gettext as _

from clubcrm.core import clock, formats
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.messaging.api import Order, queue
from clubcrm.people.models import Purpose
from memberships.api import language_of_member, waiver_address
from memberships.events import PaperLapsing

CODES = {"waiver": "X5", "medical": "X6"}


def on_paper_lapsing(fact: PaperLapsing) -> None:
    """The letter waits in the outbox, once per paper and last day, and not beyond that day."""
    code = CODES[fact.paper]
    club = db.session.get_one(Club, fact.club_id)
    with force_locale(language_of_member(fact.person_id)):
        fields = {"until": formats.day(fact.until)}
        if fact.paper == "waiver":
            at_desk = _("at our desk")
            fields["link"] = waiver_address(fact.person_id, by="system") or at_desk
    queue(
        Order(
            dedupe_key=f"{code}:{fact.person_id}:{fact.until.isoformat()}",
            club_id=club.id,
            person_id=fact.person_id,
            code=code,
            purpose=Purpose.SERVICE,
            not_before=clock.now(),
            expires_at=clock.day_bounds(fact.until, club.zone)[1],
            fields=fields,
        )
    )
