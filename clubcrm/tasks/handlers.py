"""Work for staff that follows from what happened below: doors, devices, broken deliveries."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from access_control.events import AdmittedOffline, DeviceSilent
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.events import DeliveryParked
from clubcrm.tasks.services import TaskOrder, open_task

# Deliveries speak English, so the English sentence is stored; lists translate it for their reader.
OFFLINE = _l("The door let in somebody the rules would have stopped")
OFFLINE_SENTENCE = _l("Look at the card, and settle what was missing with the member.")
SILENT = _l("A device at the door has gone silent")
SILENT_SENTENCE = _l("Look whether it has power and network; the devices page says since when.")
PARKED = _l("Something that should have followed did not happen")
PARKED_SENTENCE = _l("It was tried many times. Ask whoever looks after the system.")


def on_admitted_offline(fact: AdmittedOffline) -> None:
    """The desk has to settle what the door could not know."""
    open_task(
        TaskOrder(
            source=f"offline:{fact.event_id}",
            club_id=_club(fact.club_id),
            person_id=fact.person_id,
            kind="offline_admit",
            title=str(OFFLINE),
            sentence=str(OFFLINE_SENTENCE),
            role="desk",
            at_arrival=True,
            due_at=clock.now(),
        )
    )


def on_device_silent(fact: DeviceSilent) -> None:
    """Somebody has to look after the device, once per silence."""
    since = fact.since.isoformat() if fact.since else "ever"
    open_task(
        TaskOrder(
            source=f"device:{fact.device_id}:{since}",
            club_id=_club(fact.club_id),
            kind="device_silent",
            title=str(SILENT),
            sentence=str(SILENT_SENTENCE),
            role="desk",
            due_at=clock.now(),
        )
    )


def on_delivery_parked(fact: DeliveryParked) -> None:
    """A manager knows that a reaction did not happen."""
    open_task(
        TaskOrder(
            source=f"delivery:{fact.delivery_id}",
            club_id=_club(fact.club_id),
            kind="delivery_parked",
            title=str(PARKED),
            sentence=str(PARKED_SENTENCE),
            role="manager",
            due_at=clock.now(),
        )
    )


def _club(club_id: int | None) -> int:
    # What concerns the whole company lands on the list of its first club.
    return club_id if club_id is not None else db.session.scalars(select(func.min(Club.id))).one()
