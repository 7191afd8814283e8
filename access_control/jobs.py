"""What the gate does by itself: forgotten exits, quiet devices, commands whose time is over."""

from datetime import timedelta

from sqlalchemy import update

from access_control.events import DeviceSilent, VisitEnded
from access_control.models import Device
from access_control.queries.open_visits import policies, quiet_devices, visits_left_open
from access_control.rules.visits import LeftHow
from access_control.services.orders import expire_commands
from access_control.services.visits import end_visit
from clubcrm.core import clock, events
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import JobContext, Outcome

CHUNK = 100


def close_open_visits(context: JobContext) -> Outcome:
    """Visits whose exit was forgotten have ended by rule."""
    moment = clock.now()
    outcome = Outcome()
    with unit_of_work(write=False):
        clubs = policies()
    for club_id, policy in clubs.items():
        stay = timedelta(minutes=policy.auto_exit_minutes)
        while True:
            with context.unit():
                late = visits_left_open(club_id, moment - stay, CHUNK)
                for visit in late:
                    left_at = visit.last_at + stay
                    end_visit(visit.id, left_at, LeftHow.AUTO, None)
                    events.record(
                        VisitEnded(
                            club_id=club_id,
                            happened_at=left_at,
                            visit_id=visit.id,
                            person_id=visit.person_id,
                            how=LeftHow.AUTO.value,
                        )
                    )
            outcome.done += len(late)
            if len(late) < CHUNK:
                break
    return outcome


def watch_devices(context: JobContext) -> Outcome:
    """Quiet devices are told of once per silence, and late commands are expired."""
    moment = clock.now()
    outcome = Outcome()
    with context.unit() as session:
        for device in quiet_devices(moment):
            session.execute(
                update(Device).where(Device.id == device.id).values(silent_since=device.since)
            )
            events.record(
                DeviceSilent(
                    club_id=device.club_id,
                    happened_at=moment,
                    device_id=device.id,
                    why=device.why,
                    since=device.since,
                )
            )
            outcome.done += 1
        outcome.done += expire_commands(moment)
    return outcome
