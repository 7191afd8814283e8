"""Work that comes again, work that staff planned themselves, and a calendar of tasks."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clubcrm.seed.ground import Ground
from clubcrm.seed.order import hexadecimal, public_id
from clubcrm.tasks.models import Task, TaskState
from clubcrm.tasks.plan_tables import TaskFeed, TaskPlan, TaskRule
from clubcrm.tasks.planned import AGAIN, OWN
from clubcrm.tasks.repeats import Repeat, Rhythm, falls_on

CHORES: tuple[tuple[str, str, str, Rhythm, time], ...] = (
    (
        "Count the towels",
        "Fewer than forty clean ones: ring the laundry.",
        "desk",
        Rhythm(Repeat.DAILY),
        time(20),
    ),
    (
        "Look over the machines",
        "Screws, cables, belts; put a sheet on what must not be used.",
        "trainer",
        Rhythm(Repeat.WEEKLY, frozenset({0, 3})),
        time(9),
    ),
    (
        "Read the meters",
        "Power, water, gas: write them into the book.",
        "manager",
        Rhythm(Repeat.MONTHLY, month_day=31),
        time(12),
    ),
)
# What the staff of a club planned, one list for each place; hours from now until it is due.
PLANNED: tuple[tuple[tuple[str, str, str, int], ...], ...] = (
    (
        ("Order new chalk", "desk", "desk", 30),
        ("Call the lift company back", "manager", "manager", -70),
        ("Write to the school about the summer course", "sales", "sales", 52),
    ),
    (
        ("Send the broken towel dryer to the workshop", "desk", "desk", 20),
        ("Ask the landlord about the leaking gutter", "manager", "manager", -50),
        ("Visit the bank across the street with the company offer", "sales", "sales", 28),
    ),
    (
        ("Print new labels for the lockers", "desk", "desk", 44),
        ("Get a second offer for the sauna stove", "manager", "manager", -30),
        ("Bring flyers to the swimming pool", "sales", "sales", 70),
    ),
    (
        ("Sort the lost property of last month", "desk", "desk", 26),
        ("Answer the insurer about the glass door", "manager", "manager", -94),
        ("Thank the running group and ask for a date in spring", "sales", "sales", 40),
    ),
)
DAYS_BACK = 6


def plan_chores(ground: Ground) -> None:
    """Each club has its chores with those of the last days, and some planned work."""
    for place, club_id in enumerate(ground.club_ids):
        _Chores(ground, place, club_id).write()
    ground.store.sink(TaskFeed).add(
        user_id=ground.staff["desk"],
        digest=hexadecimal(ground.order.chance("task feed"), 64),
        made_at=ground.order.moment - timedelta(days=12),
    )


class _Chores:
    """The planned work of one club."""

    def __init__(self, ground: Ground, place: int, club_id: int) -> None:
        self.ground, self.club_id, self.place = ground, club_id, place
        self.chance = ground.order.chance("chores", place)
        calendar = ground.calendars[place]
        self.zone, self.closed = ZoneInfo(calendar.town.zone), calendar.closed

    def write(self) -> None:
        """Rules, their last days and work planned by hand stand in the store."""
        for title, sentence, role, rhythm, due in CHORES:
            rule_id = self._rule((title, sentence), role, rhythm, due)
            for back in range(DAYS_BACK, -1, -1):
                day = self.ground.order.last_day - timedelta(days=back)
                if falls_on(rhythm, day) and day not in self.closed:
                    self._run(rule_id, (title, sentence, role), datetime.combine(day, due), back)
        for title, role, who, hours in PLANNED[self.place % len(PLANNED)]:
            self._plan(title, role, who, hours)

    def _rule(self, words: tuple[str, str], role: str, rhythm: Rhythm, due: time) -> int:
        began = self.ground.order.last_day - timedelta(days=120)
        return self.ground.store.sink(TaskRule).add(
            public_id=public_id(self.chance),
            club_id=self.club_id,
            title=words[0],
            sentence=words[1],
            role=role,
            repeat=rhythm.repeat,
            weekdays=sorted(rhythm.weekdays),
            month_day=rhythm.month_day,
            due=due,
            from_on=began,
            created_by=self.ground.actor("manager"),
            created_at=self._at(began, time(11)),
        )

    def _run(self, rule_id: int, what: tuple[str, str, str], wall: datetime, back: int) -> None:
        title, sentence, role = what
        due_at = wall.replace(tzinfo=self.zone)
        is_done = back > 0
        done_at = due_at - timedelta(minutes=self.chance.randrange(5, 90))
        task_id = self.ground.store.sink(Task).add(
            public_id=public_id(self.chance),
            club_id=self.club_id,
            kind=AGAIN,
            title=title,
            sentence=sentence,
            role=role,
            state=TaskState.DONE if is_done else TaskState.OPEN,
            source=f"{AGAIN}:{rule_id}:{wall.date().isoformat()}",
            due_at=due_at,
            closed_by=self.ground.actor("desk") if is_done else "",
            closed_at=done_at if is_done else None,
            created_at=self._at(wall.date(), time(0, 35)),
        )
        self.ground.store.sink(TaskPlan).add(
            task_id=task_id, rule_id=rule_id, made_by=self.ground.actor("manager")
        )

    def _plan(self, title: str, role: str, who: str, hours: int) -> None:
        moment, shown = self.ground.order.moment, public_id(self.chance)
        due_at = moment + timedelta(hours=hours)
        task_id = self.ground.store.sink(Task).add(
            public_id=shown,
            club_id=self.club_id,
            kind=OWN,
            title=title,
            role=role,
            assigned_to=self.ground.staff[who],
            source=f"{OWN}:{shown}",
            due_at=due_at,
            created_at=min(due_at, moment) - timedelta(days=3),
        )
        self.ground.store.sink(TaskPlan).add(
            task_id=task_id,
            remind_at=due_at - timedelta(hours=24) if hours > 0 else None,
            escalates_at=due_at + timedelta(hours=24) if hours < 0 else None,
            made_by=self.ground.actor("manager"),
        )

    def _at(self, day: date, wall: time) -> datetime:
        return datetime.combine(day, wall, self.zone)
