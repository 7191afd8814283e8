"""Shifts of the weeks around today, a vacation that was agreed to, and days of illness."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id
from memberships.approvals.models import Approval, ApprovalState
from memberships.schedule.absences import LEAVE
from memberships.schedule.duty import StaffAbsence, StaffShift
from memberships.schedule.rules.duty import AbsenceKind, monday_of, wall_span

WEEKS = range(-3, 2)
# Who works on which weekdays from when to when; people share the clubs day by day.
TURNS: tuple[tuple[str, tuple[int, ...], time, time], ...] = (
    ("desk", (0, 1, 2, 3, 4), time(7), time(15)),
    ("manager", (0, 1, 2, 3, 4), time(10), time(18)),
    ("trainer", (0, 2, 4, 5), time(9), time(17)),
    ("trainer2", (1, 3, 6), time(12), time(20)),
)


def plan_staff(ground: Ground) -> None:
    """Everybody has shifts in one club a day, and two people were or will be away."""
    monday = monday_of(ground.order.last_day)
    for week in WEEKS:
        for turn, (role, weekdays, opens, closes) in enumerate(TURNS):
            for weekday in weekdays:
                day = monday + timedelta(days=7 * week + weekday)
                place = (turn + weekday) % len(ground.club_ids)
                _shift(ground, place, ground.staff[role], (day, opens, closes))
    _vacation(ground, monday)
    _illness(ground, monday)


def _shift(ground: Ground, place: int, user_id: int, when: tuple[date, time, time]) -> None:
    zone = ZoneInfo(ground.calendars[place].town.zone)
    starts, ends = (wall.replace(tzinfo=zone) for wall in wall_span(*when))
    ground.store.sink(StaffShift).add(
        public_id=public_id(ground.order.chance("shift", place, user_id, when[0])),
        club_id=ground.club_ids[place],
        user_id=user_id,
        on_day=when[0],
        starts_at=starts,
        ends_at=ends,
        planned_by=ground.actor("manager"),
        planned_at=ground.order.moment - timedelta(days=40),
    )


def _vacation(ground: Ground, monday: date) -> None:
    trainer, moment = ground.staff["trainer"], ground.order.moment
    first, last = monday + timedelta(days=14), monday + timedelta(days=18)
    absence_id = ground.store.sink(StaffAbsence).reserve()
    approval_id = ground.store.sink(Approval).add(
        public_id=public_id(ground.order.chance("leave")),
        club_id=ground.club_ids[0],
        kind=LEAVE,
        subject_kind="absence",
        subject_id=str(absence_id),
        measure=5,
        payload={"absence_id": absence_id},
        reason="Trip to the mountains",
        state=ApprovalState.APPROVED,
        requested_by=f"user:{trainer}",
        requested_at=moment - timedelta(days=12),
        decided_by=ground.actor("manager"),
        decided_at=moment - timedelta(days=11),
        decision_reason="Have a good time",
        result={"absence_id": absence_id},
    )
    ground.store.sink(StaffAbsence).add(
        id=absence_id,
        public_id=public_id(ground.order.chance("absence")),
        club_id=ground.club_ids[0],
        user_id=trainer,
        kind=AbsenceKind.VACATION,
        from_on=first,
        until_on=last,
        reason="Trip to the mountains",
        substitute_id=ground.staff["trainer2"],
        approval_id=approval_id,
        approved_at=moment - timedelta(days=11),
        requested_by=f"user:{trainer}",
        created_at=moment - timedelta(days=12),
    )


def _illness(ground: Ground, monday: date) -> None:
    day = monday - timedelta(days=13)
    told = datetime.combine(day, time(7), ground.order.moment.tzinfo)
    ground.store.sink(StaffAbsence).add(
        public_id=public_id(ground.order.chance("illness")),
        club_id=ground.club_ids[0],
        user_id=ground.staff["desk"],
        kind=AbsenceKind.SICK,
        from_on=day,
        until_on=day,
        substitute_id=ground.staff["manager"],
        approved_at=told,
        requested_by=ground.actor("manager"),
        created_at=told,
    )
