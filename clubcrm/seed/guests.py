"""Guests of members: some of them joined a few days later."""

from datetime import date, datetime, time, timedelta

from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id
from memberships.schedule.models import (
    GuestPass,
)
from memberships.schedule.rules.guests import PassState


def bring_guests(ground: Ground) -> None:
    """Some members came first as somebody's guest, a few days before they joined."""
    chance = ground.order.chance("guests")
    hosts: dict[int, int] = {}
    for number, life in enumerate(ground.lives):
        host = hosts.get(life.town)
        hosts[life.town] = number
        if host is None or (number % 12 and number > 40):
            continue
        day = date.fromordinal(life.joined) - timedelta(days=chance.randrange(1, 5))
        noon = datetime.combine(day, time(9), ground.order.moment.tzinfo)
        used = chance.random() < 0.8
        ground.store.sink(GuestPass).add(
            public_id=public_id(chance),
            club_id=ground.club_ids[life.town],
            host_id=ground.person_ids[host],
            guest_id=ground.person_ids[number],
            day=day,
            state=PassState.USED if used else PassState.LAPSED,
            expires_at=noon + timedelta(minutes=30),
            used_at=noon + timedelta(minutes=10) if used else None,
            issued_at=noon,
            issued_by=ground.actor("desk"),
        )
