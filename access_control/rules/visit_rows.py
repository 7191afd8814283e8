"""One row of a table of past visits: which columns hold what, and what a row says or lacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "member": ("member", "member_id", "member id", "member no", "member number", "customer", "pin"),
    "entered_at": (
        "entered_at", "started_at", "entered", "check_in", "check-in", "checkin", "visited_at",
        "entry", "time", "datetime", "date",
    ),
    "left_at": ("left_at", "left", "check_out", "check-out", "checkout", "exit", "ended_at"),
    "club": ("club", "club_name", "location", "gym", "branch"),
}  # fmt: skip
NEEDED = ("member", "entered_at")
LONGEST_REFERENCE = 120
LONGEST_STAY = timedelta(hours=24)
FIRST_YEAR = 1990


class MappingError(ValueError):
    """The table lacks a column that is needed, or the mapping names one that is not there."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row is not taken: a stable category, the field, and a plain sentence."""

    category: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One past visit as the table tells it; instants are aware."""

    member: str
    club: str
    entered_at: datetime
    left_at: datetime | None

    @property
    def event_key(self) -> str:
        """Return what makes the visit the same in every run of the import."""
        return f"import|{self.member}|{self.entered_at.isoformat()}"


def find_columns(names: list[str], wish: Mapping[str, str]) -> dict[str, str]:
    """Return field to column: as wished, else by usual headings; raises MappingError."""
    strange = [field for field in wish if field not in HEADINGS]
    if strange:
        raise MappingError(f"A visit has no field {strange[0]!r}; it has {', '.join(HEADINGS)}.")
    absent = [column for column in wish.values() if column not in names]
    if absent:
        raise MappingError(f"The table has no column {absent[0]!r}.")
    by_heading = {name.strip().casefold(): name for name in names}
    found = dict(wish)
    for field, headings in HEADINGS.items():
        usual = next((by_heading[one] for one in headings if one in by_heading), None)
        if field not in found and usual is not None and usual not in found.values():
            found[field] = usual
    missing = [field for field in NEEDED if field not in found]
    if missing:
        raise MappingError(f"No column holds {' and '.join(missing)}: name it in the mapping.")
    return found


def read_row(
    cells: Mapping[str, str], columns: Mapping[str, str], zones: Mapping[str, str], now: datetime
) -> VisitRow | RowFault:
    """Return the visit of a row, or why there is none.

    `zones` gives the time zone of each club that a row may name; wall times are read in it. A row
    without a club column belongs to the club named "".
    """
    told = {field: cells.get(column, "").strip() for field, column in columns.items()}
    member, club = told["member"], told.get("club", "") if "" not in zones else ""
    if not member or len(member) > LONGEST_REFERENCE:
        return RowFault("member", "member", "The row names no member.")
    if club not in zones:
        return RowFault("club", "club", f"There is no club {club!r}.")
    entered = _instant(told["entered_at"], zones[club])
    if entered is None or not entered.year >= FIRST_YEAR:
        return RowFault("time", "entered_at", "This is not a date and time.")
    if entered > now:
        return RowFault("future", "entered_at", "The visit lies in the future.")
    left = _instant(told.get("left_at", ""), zones[club])
    if told.get("left_at") and left is None:
        return RowFault("time", "left_at", "This is not a date and time.")
    if left is not None and not entered <= left <= entered + LONGEST_STAY:
        return RowFault("stay", "left_at", "The visit would end before it began, or last too long.")
    return VisitRow(member, club, entered, left)


def _instant(text: str, zone: str) -> datetime | None:
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=ZoneInfo(zone))
