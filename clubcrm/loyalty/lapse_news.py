"""Services room: who holds points that end soon is told once, within the limits of contacts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app
from flask_babel import force_locale, ngettext

from clubcrm.core import clock, formats
from clubcrm.core.clubs import Club
from clubcrm.loyalty.point_queries import as_line, lines_of_many
from clubcrm.loyalty.rules.points import holdings_of, lapsing_by
from clubcrm.loyalty.rules.programme import Programme
from clubcrm.messaging.api import NoWay, Order, queue_many
from clubcrm.messaging.contacts import LOYALTY, contact_days
from clubcrm.messaging.rules.pace import ContactPace, crowded
from clubcrm.people.api import holds_of
from clubcrm.people.models import Purpose
from memberships.api import language_of_member

CODE = "L3"
PIECE = 200


@dataclass(frozen=True, slots=True)
class Lapsing:
    """How many points of somebody end soon, the first of them on which day."""

    person_id: int
    first_on: date
    points: int


def lapsing_of(people: Sequence[int], programme: Programme, today: date) -> list[Lapsing]:
    """Return who of the people could still spend points that end soon."""
    found = []
    last = today + timedelta(days=programme.warn_days)
    for person_id, rows in lines_of_many(people).items():
        lines = [as_line(one) for one in rows]
        ends = lapsing_by(lines, today, last)
        if ends is not None and holdings_of(lines).balance >= programme.least_spent:
            found.append(Lapsing(person_id, *ends))
    return found


def tell_lapsing(people: Sequence[int], club: Club, programme: Programme) -> int:
    """Each of the people who holds such points and may be written to hears of it; returns how many.

    It is marketing: consent, pace and holds count as for any campaign.
    """
    today, moment = clock.today(club.zone), clock.now()
    pace: ContactPace = current_app.extensions["club_contact_pace"](club.id)
    holds, contacts = holds_of(people, today), contact_days(people, club.zone)
    orders = [
        _order(one, club, programme, moment)
        for one in lapsing_of(people, programme, today)
        if one.person_id not in holds
        and crowded(today, contacts.get(one.person_id, ()), pace) is None
    ]
    told = queue_many(orders).values()
    return sum(one is not None and not isinstance(one, NoWay) for one in told)


def _order(one: Lapsing, club: Club, programme: Programme, moment: datetime) -> Order:
    with force_locale(language_of_member(one.person_id)):
        fields = {
            "points": ngettext("%(num)s point", "%(num)s points", one.points),
            "amount": formats.money(one.points * programme.worth_minor, club.currency),
            "until": formats.day(one.first_on),
        }
    return Order(
        dedupe_key=f"{LOYALTY}lapse:{one.person_id}:{one.first_on.isoformat()}",
        club_id=club.id,
        person_id=one.person_id,
        code=CODE,
        purpose=Purpose.MARKETING,
        not_before=moment,
        expires_at=clock.day_bounds(one.first_on, club.zone)[1],
        fields=fields,
    )
