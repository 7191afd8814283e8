"""Facts the gate tells upwards: visits, refusals, doors opened offline, devices in trouble."""

from dataclasses import dataclass
from datetime import date, datetime

from clubcrm.core.events import Fact


@dataclass(frozen=True, slots=True)
class VisitStarted(Fact):
    """A member is here: told once per visit, at whatever time the news arrived.

    `happened_at` is when the member entered, `day` the visit-day that turns at 04:00.
    """

    visit_id: int
    person_id: int
    day: date
    event_id: int


@dataclass(frozen=True, slots=True)
class VisitEnded(Fact):
    """A visit is over; `how` is scan or auto."""

    visit_id: int
    person_id: int
    how: str


@dataclass(frozen=True, slots=True)
class EntryRefused(Fact):
    """A known member stood before a door that stayed shut."""

    event_id: int
    person_id: int
    code: str


@dataclass(frozen=True, slots=True)
class AdmittedOffline(Fact):
    """A door opened by itself for somebody whom the rules would have refused."""

    event_id: int
    person_id: int
    code: str


@dataclass(frozen=True, slots=True)
class LetInByHand(Fact):
    """Staff let somebody in against or beside the rules, with a reason that stands in the event."""

    event_id: int
    person_id: int
    by: str


@dataclass(frozen=True, slots=True)
class DeviceSilent(Fact):
    """A device has not been heard for too long, or is heard and sends nothing."""

    device_id: int
    why: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class DeviceClockWrong(Fact):
    """A device's clock is off by more than its events can bear; seconds, ahead is positive."""

    device_id: int
    skew_s: int
