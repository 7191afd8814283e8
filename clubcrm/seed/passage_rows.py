"""The rows that passages are told in: their columns, and a stretch of them on its way."""

from dataclasses import dataclass, field

Row = tuple[object, ...]
EVENT_COLUMNS = (
    "id", "public_id", "club_id", "device_id", "event_key", "zone", "credential_kind",
    "credential_value", "credential_id", "person_id", "contract_id", "at", "device_time",
    "received_at", "direction", "status", "decision", "code", "notes", "rule_version", "inputs",
    "raw",
)  # fmt: skip
VISIT_COLUMNS = (
    "id", "public_id", "club_id", "person_id", "contract_id", "day", "entered_at", "left_at",
    "left_how", "entry_event_id", "exit_event_id", "units",
)  # fmt: skip
DAY_COLUMNS = ("person_id", "day", "club_id", "visits")


@dataclass(slots=True)
class Batch:
    """Rows in driver words of a stretch of scans, and how many scans that was."""

    scans: int = 0
    events: list[Row] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)
    days: list[Row] = field(default_factory=list)

    def rows(self) -> tuple[list[Row], list[Row], list[Row]]:
        """The rows of events, of visits and of visit-days."""
        return self.events, self.visits, self.days


@dataclass(frozen=True, slots=True)
class Part:
    """Which members are told here, and the keys of the first scan's event and visit."""

    number: int
    parts: int
    first_event: int
    first_visit: int
