"""Rules: what the journey knows of one member on one day, and how long his cycle is."""

from dataclasses import dataclass
from datetime import date

from clubcrm.journeys.rules.codes import Performer, Term

RELATIONSHIP_YEAR = 365
# From the third month in a row a monthly member is led through a year like everybody else.
MONTHS_IN_A_ROW = 60
_LONGEST = ((45, Term.MONTH), (135, Term.QUARTER), (272, Term.HALF))


@dataclass(frozen=True, slots=True)
class Package:
    """Units of a service bought together: what is left, until when, and when the last was used."""

    lot_id: int
    balance: int
    expires_on: date | None = None
    service: str = ""
    used_up_on: date | None = None


@dataclass(frozen=True, slots=True)
class CycleFacts:
    """What the journey knows of one member in one cycle on one club day.

    `age` counts the days since the start without frozen ones; `year_from` is the first day of the
    relationship year of somebody whose contract goes on from month to month.
    """

    person_id: int
    cycle_no: int
    starts_on: date
    ends_on: date | None
    onboarding: bool
    visits: int
    silent_days: int
    d_star: int
    last_visit_on: date | None
    frozen: bool = False
    blocked: bool = False
    do_not_contact: bool = False
    contract_id: int | None = None
    term_days: int = 364
    age: int = 0
    year_from: date | None = None
    rolls: bool = False
    renewed: bool = False
    cycle_visits: int = 0
    v7: int = 0
    v14: int = 0
    v28: int = 0
    slump_on: date | None = None
    birth_date: date | None = None
    packages: tuple[Package, ...] = ()
    booked_on: date | None = None
    frozen_until: date | None = None
    freeze_id: int | None = None
    complaint: bool = False
    dispute: bool = False
    injured: bool = False
    deceased: bool = False
    without_guardian: bool = False
    moved_away: bool = False
    rank: float = 0.0
    own: tuple[str, ...] = ()

    @property
    def term(self) -> Term:
        """The kind of the contract's own term, for onboarding and for what is said at its end."""
        return term_of(self.term_days)

    @property
    def led_as(self) -> Term:
        """The kind of cycle the member is led through between onboarding and end."""
        return Term.YEAR if self.year_from is not None else self.term

    @property
    def span_from(self) -> date:
        """The first day of the cycle or of the relationship year."""
        return self.year_from or self.starts_on

    @property
    def span_days(self) -> int:
        """The length of the cycle or of the relationship year."""
        return RELATIONSHIP_YEAR if self.year_from is not None else self.term_days

    def over(self, day: date) -> bool:
        """Tell whether the membership has ended before the day."""
        return self.ends_on is not None and day > self.ends_on


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier occurrence of a code for this member and cycle.

    `spoken` is False for what was taken back, `on` is the day of the contact, `waiting` a task that
    nobody has done yet, `gave_way` one that was taken back for something more important.
    """

    code: str
    occurrence: int
    eligible_on: date
    spoken: bool = True
    on: date | None = None
    delivered: bool = False
    waiting: bool = False
    gave_way: bool = False
    priority: int = 0
    about: int | None = None
    id: int = 0


@dataclass(frozen=True, slots=True)
class Touch:
    """One occurrence of a touchpoint; days are running days of the member's clock."""

    code: str
    occurrence: int
    performer: Performer
    priority: int
    valid_days: int
    about: int | None = None
    detail: str = ""


def term_of(days: int) -> Term:
    """Return the kind of a cycle by its length in days."""
    return next((term for longest, term in _LONGEST if days <= longest), Term.YEAR)


def relationship_year(joined_on: date, day: date) -> date | None:
    """Return the first day of the running relationship year, None before the third month."""
    together = (day - joined_on).days
    if together < MONTHS_IN_A_ROW:
        return None
    return date.fromordinal(day.toordinal() - together % RELATIONSHIP_YEAR)
