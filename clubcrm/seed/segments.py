"""Segments that the clubs keep, and how many people each held for on the last nights."""

from datetime import timedelta

from clubcrm.campaigns.models import Segment, SegmentCount
from clubcrm.core.types import JsonObject
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import Numbered

NIGHTS = 30
QUIET: JsonObject = {"trait": "visits", "op": "at_most", "values": ["3"], "days": 28}
MEMBER: JsonObject = {"trait": "member", "op": "is"}
ENDING: JsonObject = {"trait": "ends", "op": "within_next", "days": 60}
KEPT: tuple[tuple[str, JsonObject, bool, int], ...] = (
    ("Quiet members", {"join": "all", "parts": [MEMBER, QUIET]}, True, 31),
    ("Quiet and ending soon", {"join": "all", "parts": [MEMBER, QUIET, ENDING]}, True, 7),
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
        18,
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
        24,
    ),
)


def write_segments(ground: Ground) -> None:
    """Each club keeps four segments, counted on every night of the last month."""
    segments, counts = ground.store.sink(Segment), ground.store.sink(SegmentCount)
    names, moment = Numbered(ground.order, "segment"), ground.order.moment
    members = max(1, len(ground.lives) // len(ground.club_ids))
    for club_id in ground.club_ids:
        chance = ground.order.chance("segments", club_id)
        for name, rule, shared, percent in KEPT:
            segment_id = segments.reserve()
            ground.segment_ids.setdefault(club_id, segment_id)
            made = moment - timedelta(days=90)
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
            for night in range(NIGHTS, 0, -1):
                people = members * percent * chance.randint(92, 108) // 10_000
                counted = moment - timedelta(days=night)
                counts.add(
                    segment_id=segment_id,
                    day=counted.date(),
                    people=people,
                    counted_at=counted,
                )
