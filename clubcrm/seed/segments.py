"""Segments that the clubs keep, and how many people each held for on the last nights."""

from datetime import timedelta
from random import Random

from sqlalchemy import select

from clubcrm.campaigns.models import Segment, SegmentCount
from clubcrm.campaigns.segment_queries import count_people, tree_of
from clubcrm.core.clubs import Club
from clubcrm.core.db import Unit
from clubcrm.core.types import JsonObject
from clubcrm.people.traits import Ground as Chosen
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import Numbered

NIGHTS = 30
QUIET: JsonObject = {"trait": "visits", "op": "at_most", "values": ["3"], "days": 28}
MEMBER: JsonObject = {"trait": "member", "op": "is"}
ENDING: JsonObject = {"trait": "ends", "op": "within_next", "days": 60}
KEPT: tuple[tuple[str, JsonObject, bool], ...] = (
    ("Quiet members", {"join": "all", "parts": [MEMBER, QUIET]}, True),
    ("Quiet and ending soon", {"join": "all", "parts": [MEMBER, QUIET, ENDING]}, True),
    (
        "Former members, away for half a year",
        {
            "join": "all",
            "parts": [
                {"trait": "former", "op": "is"},
                {"trait": "last_visit", "op": "longer_ago", "days": 180},
            ],
        },
        True,
    ),
    (
        "Busy, but without a trainer",
        {
            "join": "all",
            "parts": [
                {"trait": "visits", "op": "at_least", "values": ["8"], "days": 28},
                {
                    "join": "none",
                    "parts": [
                        {"trait": "sessions", "op": "at_least", "values": ["1"], "days": 180},
                        {"trait": "units_left", "op": "at_least", "values": ["1"]},
                    ],
                },
            ],
        },
        False,
    ),
)


def write_segments(ground: Ground) -> None:
    """Each club keeps four segments."""
    segments, names = ground.store.sink(Segment), Numbered(ground.order, "segment")
    made = ground.order.moment - timedelta(days=90)
    for club_id in ground.club_ids:
        for name, rule, shared in KEPT:
            segment_id = segments.reserve()
            ground.segment_ids.setdefault(club_id, segment_id)
            segments.add(
                id=segment_id,
                public_id=names.public_id(segment_id),
                club_id=club_id,
                name=name,
                rule=rule,
                shared=shared,
                made_by=ground.actor("manager"),
                made_at=made,
                changed_at=made,
            )


def count_segments(ground: Ground, unit: Unit) -> None:
    """Each segment has its number of every night: the last one counted, those before near it."""
    for club_id in ground.club_ids:
        chance = ground.order.chance("segments", club_id)
        with unit(write=False) as session:
            club = session.get_one(Club, club_id)
            today = Chosen(club_id, ground.order.last_day, club.zone, club.currency)
            kept = session.scalars(
                select(Segment).where(Segment.club_id == club_id).order_by(Segment.id)
            ).all()
            counted = [(one.id, count_people(tree_of(one), today)) for one in kept]
        with unit() as session:
            for segment_id, people in counted:
                session.add_all(_nights(segment_id, people, ground, chance))


def _nights(segment_id: int, people: int, ground: Ground, chance: Random) -> list[SegmentCount]:
    found = []
    for night in range(NIGHTS, -1, -1):
        moment = ground.order.moment - timedelta(days=night)
        near = people if night == 0 else round(people * chance.uniform(0.9, 1.1))
        found.append(
            SegmentCount(segment_id=segment_id, day=moment.date(), people=near, counted_at=moment)
        )
    return found
