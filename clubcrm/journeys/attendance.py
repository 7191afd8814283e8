"""Handlers room: what a visit means for classes and guests.

The gate stands above the memberships and cannot call them; this floor hears the gate and may.
"""

from access_control.events import VisitEnded, VisitStarted
from clubcrm.journeys.doors import zone_of_scan
from memberships.api import (
    Arrival,
    guest_arrived,
    host_arrived,
    note_arrival,
    note_leaving,
)


def on_visit_started(fact: VisitStarted) -> None:
    """Who booked is on the list of the class; guests of the host may come in, a guest came."""
    if fact.club_id is None:
        return
    arrival = Arrival(
        fact.visit_id,
        fact.club_id,
        fact.person_id,
        fact.happened_at,
        zone_of_scan(fact.event_id),
    )
    note_arrival(arrival)
    guest_arrived(fact.person_id, fact.club_id, fact.happened_at)
    host_arrived(fact.person_id, fact.club_id, fact.happened_at)


def on_visit_ended(fact: VisitEnded) -> None:
    """Who left before the class began was not there."""
    if fact.how == "scan":
        note_leaving(fact.visit_id, fact.happened_at)
