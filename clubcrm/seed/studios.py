"""The studios of the demo clubs: rooms, kinds of classes, the week, and what plans may book."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random

from clubcrm.core.clubs import ClubSetting
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id
from memberships.schedule.models import (
    ClassPenalty,
    ClassRule,
    ClassSlot,
    ClassType,
    Room,
)
from memberships.schedule.rules.guests import GuestPeriod
from memberships.schedule.rules.strikes import (
    PenaltyRule,
)
from memberships.schedule.settings import SETTING, ClassSettings, as_kept

ROOMS = (("Studio", 18), ("Cycling room", 14), ("Quiet room", 10))
KINDS = (
    ("Yoga", 60, 18, 3, "Calm and strong: breath, balance, a long stretch at the end."),
    ("Cycling", 45, 14, 1, "Hills and sprints to music. Bring a towel."),
    ("Pilates", 50, 10, 5, "Small movements, deep muscles. Good for the back."),
    ("HIIT", 40, 18, 2, "Forty minutes of intervals. Every level sets its own pace."),
    ("Dance", 60, 18, 4, "No steps to know beforehand. Just come."),
)
# Weekday, start, kind and room by their places above.
WEEK = (
    (0, time(7), 1, 1), (0, time(18), 0, 0), (0, time(19, 15), 3, 0),
    (1, time(10), 2, 2), (1, time(18, 30), 1, 1), (1, time(18, 30), 4, 0),
    (2, time(7), 0, 0), (2, time(18), 3, 0), (2, time(19), 2, 2),
    (3, time(10), 0, 0), (3, time(18, 30), 1, 1), (3, time(19), 4, 0),
    (4, time(7), 3, 0), (4, time(17, 30), 0, 0),
    (5, time(10), 1, 1), (5, time(11), 0, 0), (5, time(12, 15), 2, 2),
    (6, time(10, 30), 4, 0), (6, time(17), 0, 0),
)  # fmt: skip


@dataclass(slots=True)
class House:
    """What one club's classes are made from: keys, and who was in the house when."""

    place: int
    club_id: int
    zone: str
    currency: str
    rooms: list[int] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    slots: dict[int, tuple[int, int, int, int]] = field(default_factory=dict)
    entered: list[datetime] = field(default_factory=list)
    visits: list[tuple[int, datetime, datetime | None]] = field(default_factory=list)
    regulars: list[int] = field(default_factory=list)


def furnish(ground: Ground, house: House, chance: Random) -> None:
    """The club has rooms, kinds of classes, a week and rules."""
    store, began = ground.store, ground.order.last_day - timedelta(days=300)
    for name, capacity in ROOMS:
        house.rooms.append(
            store.sink(Room).add(
                public_id=public_id(chance), club_id=house.club_id, name=name, capacity=capacity
            )
        )
    for name, minutes, capacity, hue, about in KINDS:
        house.kinds.append(
            store.sink(ClassType).add(
                public_id=public_id(chance),
                club_id=house.club_id,
                name=name,
                about=about,
                minutes=minutes,
                capacity=capacity,
                hue=hue,
            )
        )
    for weekday, starts, kind, room in WEEK:
        minutes, capacity = KINDS[kind][1], min(KINDS[kind][2], ROOMS[room][1])
        slot_id = store.sink(ClassSlot).add(
            public_id=public_id(chance),
            club_id=house.club_id,
            class_type_id=house.kinds[kind],
            room_id=house.rooms[room],
            teacher_id=ground.staff["trainer"] if kind != 4 else None,
            weekday=weekday,
            starts=starts,
            minutes=minutes,
            capacity=capacity,
            valid_from=began,
        )
        house.slots[slot_id] = (kind, room, capacity, minutes)
    store.sink(ClubSetting).add(
        club_id=house.club_id,
        name=SETTING,
        value=as_kept(ClassSettings()),
        changed_at=ground.order.moment - timedelta(days=290),
    )
    if house.place == 0:
        store.sink(ClassPenalty).add(
            class_type_id=house.kinds[2], **_penalty(PenaltyRule(late_minutes=240))
        )


def _penalty(rule: PenaltyRule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in PenaltyRule.__slots__}


def plan_rules(ground: Ground) -> None:
    """Long plans open two weeks ahead and bring more guests, short ones a week."""
    for (_place, key), version_id in ground.versions.items():
        long = key in {"year", "allclubs", "half"}
        ground.store.sink(ClassRule).add(
            version_id=version_id,
            may_book=key not in {"day", "trial"},
            opens_days=14 if long else 7,
            closes_minutes=15,
            open_limit=8 if long else 5,
            guest_passes=2 if long else 1,
            guest_period=GuestPeriod.MONTH,
        )
