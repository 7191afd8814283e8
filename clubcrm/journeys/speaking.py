"""Services room: hand a planned touchpoint to who speaks: the outbox, or a person of the staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.clubs import ClosedDay, Club
from clubcrm.core.db import db
from clubcrm.journeys.models import Touchpoint, TouchState
from clubcrm.journeys.names import touch_aim, touch_name
from clubcrm.journeys.rules.codes import Code, Performer, Why
from clubcrm.journeys.rules.settings import SERVICE, JourneySettings
from clubcrm.messaging.api import NoWay, Order, queue_many
from clubcrm.people.models import Purpose
from clubcrm.tasks.api import TaskOrder, WorkForm, open_tasks

ROLES = {
    Performer.FRONT_DESK: "desk",
    Performer.TRAINER: "trainer",
    Performer.MANAGER: "manager",
    Performer.SALES: "sales",
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A planned touchpoint and the numbers by which it is said; `rank` orders it on a list."""

    row: Touchpoint
    settings: JourneySettings
    rank: float = 0.0


def speak(club: Club, planned: Sequence[Spoken]) -> None:
    """Each touchpoint waits in the outbox or on somebody's list, or is skipped with its reason."""
    by_hand = [one for one in planned if one.row.performer is not Performer.AUTOMATIC]
    closed = _closed_days(club.id, [one.row for one in by_hand])
    tasks = open_tasks([_work_order(club, one, closed) for one in by_hand])
    for one, task in zip(by_hand, tasks, strict=True):
        one.row.task_id, one.row.state = task.id, TouchState.QUEUED
    write(club, [one for one in planned if one.row.performer is Performer.AUTOMATIC])
    db.session.flush()


def write(club: Club, planned: Sequence[Spoken], last_day: date | None = None) -> None:
    """The words of the touchpoints wait in the outbox, each until its last useful day."""
    orders = {
        one.row.id: _order(club, one.row, one.settings, last_day or one.row.valid_until)
        for one in planned
    }
    queued = queue_many(list(orders.values()))
    for one in planned:
        message = queued[orders[one.row.id].dedupe_key]
        if message is None or isinstance(message, NoWay):
            _skip(one.row, (message or Why.NO_TEXT).value)
            continue
        one.row.message_id, one.row.why = message.id, message.why
        one.row.state = TouchState.QUEUED


def _skip(row: Touchpoint, why: str) -> None:
    row.state, row.why, row.closed_at = TouchState.SKIPPED, why, clock.now()


def source_of(row: Touchpoint) -> str:
    """Return the name of the touchpoint's cause, unique for ever."""
    return f"touch:{row.person_id}:{row.cycle_no}:{row.code}:{row.occurrence}"


def _order(club: Club, row: Touchpoint, settings: JourneySettings, last_day: date) -> Order:
    rule = settings.codes[row.code]
    begins = _wall(settings.hours.quiet_to)
    if row.code == Code.BIRTHDAY:
        begins = max(begins, _wall(settings.hours.greeting_from))
    first_day = max(row.planned_on, clock.today(club.zone))
    return Order(
        dedupe_key=source_of(row),
        club_id=row.club_id,
        person_id=row.person_id,
        code=row.code,
        channels=rule.channels,
        purpose=Purpose.SERVICE if rule.purpose == SERVICE else Purpose.MARKETING,
        not_before=clock.instant_of(datetime.combine(first_day, begins), club.zone),
        expires_at=clock.instant_of(
            datetime.combine(last_day + timedelta(days=1), time()), club.zone
        ),
        fields=_fields(row),
    )


def _fields(row: Touchpoint) -> dict[str, str]:
    detail = row.reason.get("detail")
    return {"milestone": str(detail)} if row.code == Code.MILESTONE and detail else {}


def _work_order(club: Club, one: Spoken, closed: frozenset[date]) -> TaskOrder:
    """Return what somebody has on his list; a call is due at an hour at which one may ring."""
    row, settings = one.row, one.settings
    rule = settings.codes[row.code]
    meets = rule.on_arrival
    if meets:
        due = datetime.combine(row.planned_on, _wall(settings.hours.quiet_to))
    else:
        day = _calling_day(row, settings.hours.no_call_weekdays, closed)
        due = datetime.combine(day, _wall(settings.hours.calls_from))
    after = datetime.combine(row.valid_until + timedelta(days=1), time())
    return TaskOrder(
        source=source_of(row),
        club_id=club.id,
        person_id=row.person_id,
        kind=row.code,
        title=(rule.name or touch_name(row.code))[:200],
        sentence=touch_aim(row.code),
        role=ROLES[row.performer],
        at_arrival=meets,
        form=WorkForm.TALK if meets else WorkForm.CALL,
        code=row.code,
        rank=one.rank,
        facts=row.reason,
        to_own=True,
        due_at=clock.instant_of(due, club.zone),
        expires_at=clock.instant_of(after, club.zone),
    )


def _closed_days(club_id: int, rows: Sequence[Touchpoint]) -> frozenset[date]:
    """Return the days on which the club is shut while one of the touchpoints is of use."""
    if not rows:
        return frozenset()
    first = min(one.planned_on for one in rows)
    last = max(one.valid_until for one in rows)
    return frozenset(
        db.session.scalars(
            select(ClosedDay.day).where(
                ClosedDay.club_id == club_id, ClosedDay.day.between(first, last)
            )
        )
    )


def _calling_day(
    row: Touchpoint, silent_weekdays: tuple[int, ...], closed: frozenset[date]
) -> date:
    day = row.planned_on
    while day < row.valid_until and (day.weekday() in silent_weekdays or day in closed):
        day += timedelta(days=1)
    return day


def _wall(text: str) -> time:
    return time.fromisoformat(text)
