"""When a recurring fee is due, when a failed one is tried again, and which step a debt has reached.

Days are club-local. A due day keeps its anchor: of 31 January it is 28 or 29 February, 31 March.
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
MOST_STEPS = 12
FURTHEST_DAY = 365


class ScheduleState(StrEnum):
    """Whether a contract goes on being charged."""

    ACTIVE = "active"
    STOPPED = "stopped"


class ChargeState(StrEnum):
    """Where the fee of one period stands."""

    PLANNED = "planned"
    DUE = "due"
    ASKING = "asking"
    FAILING = "failing"
    PAID = "paid"
    WRITTEN_OFF = "written_off"
    STOPPED = "stopped"


CHARGE_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    ChargeState.PLANNED: frozenset({ChargeState.DUE, ChargeState.STOPPED}),
    ChargeState.DUE: frozenset(
        {ChargeState.ASKING, ChargeState.PAID, ChargeState.FAILING, ChargeState.WRITTEN_OFF}
    ),
    ChargeState.ASKING: frozenset({ChargeState.PAID, ChargeState.FAILING, ChargeState.DUE}),
    ChargeState.FAILING: frozenset({ChargeState.ASKING, ChargeState.PAID, ChargeState.WRITTEN_OFF}),
    # A club that planned too little may plan a stopped period anew.
    ChargeState.STOPPED: frozenset({ChargeState.PLANNED}),
    ChargeState.PAID: frozenset(),
    ChargeState.WRITTEN_OFF: frozenset(),
}


class ChargeEventKind(StrEnum):
    """What happened to a fee on its way."""

    TRIED = "tried"
    REMINDED = "reminded"
    DESK_ASKED = "desk_asked"
    GRACE_OVER = "grace_over"


class CaseState(StrEnum):
    """Whether a payer is behind."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Ladder:
    """Days after the first failure: of each further try, the reminder, the desk's task, the end.

    Until `grace_days` have passed the debt stops nobody at the gate.
    """

    tries: tuple[int, ...] = (1, 4, 11)
    reminder_day: int = 3
    task_day: int = 7
    grace_days: int = 7


@dataclass(frozen=True, slots=True)
class DebtStep:
    """A step of the club's way with debts: reached so many days after the oldest unpaid day."""

    after_days: int
    name: str
    task: str = ""
    letter: str = ""


DEFAULT_STEPS = (
    DebtStep(1, "Friendly reminder", letter="reminder"),
    DebtStep(8, "Call", task="Call and ask what got in the way"),
    DebtStep(15, "First letter", letter="first"),
    DebtStep(30, "Last letter", task="Talk with the manager about the contract", letter="last"),
)
LETTERS = ("", "reminder", "first", "last")


@dataclass(frozen=True, slots=True)
class PutOff:
    """Periods that would begin on this day or later begin so many days later."""

    from_on: date
    days: int


def put_off(day: date, moved_days: int, later: Sequence[PutOff]) -> date:
    """Return the day on which a period begins: moved at once, and again by what lies before it."""
    moved = day + moved_days * DAY
    for one in sorted(later, key=lambda known: known.from_on):
        if moved >= one.from_on:
            moved += one.days * DAY
    return moved


def with_put_off(
    moved_days: int, later: Sequence[PutOff], days: int, from_on: date | None
) -> tuple[int, tuple[PutOff, ...]]:
    """Return what moves the periods when so many more days count, from a day on or at once.

    Days taken back lower what was put off from that day, and what moved at once for the rest.
    """
    known = next((one for one in later if one.from_on == from_on), None)
    if from_on is None or (days < 0 and known is None):
        return max(moved_days + days, 0), tuple(later)
    total = (known.days if known else 0) + days
    others = [one for one in later if one.from_on != from_on]
    kept = (*others, PutOff(from_on, total)) if total > 0 else tuple(others)
    return max(moved_days + min(total, 0), 0), kept


def due_day(anchor: date, months: int) -> date:
    """Return the anchor's day so many months later, or the last day of a shorter month."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def ladder_fault(ladder: Ladder) -> str | None:
    """Return the name of the field that cannot be, None when the ladder can."""
    if not all(0 < one <= FURTHEST_DAY for one in ladder.tries) or len(ladder.tries) > MOST_STEPS:
        return "tries"
    if list(ladder.tries) != sorted(set(ladder.tries)):
        return "tries"
    for name in ("reminder_day", "task_day", "grace_days"):
        if not 0 <= getattr(ladder, name) <= FURTHEST_DAY:
            return name
    return None


def next_try(ladder: Ladder, first_failed_on: date, attempts: int) -> date | None:
    """Return the day of the next try after so many failed ones; None when the ladder is over."""
    if not 1 <= attempts <= len(ladder.tries):
        return None
    return first_failed_on + ladder.tries[attempts - 1] * DAY


def steps_fault(steps: Sequence[DebtStep]) -> int | None:
    """Return the position of the first step that cannot be, None when all can."""
    last = 0
    for position, step in enumerate(steps):
        good_day = last < step.after_days <= FURTHEST_DAY
        if not good_day or not step.name.strip() or step.letter not in LETTERS:
            return position
        last = step.after_days
    return MOST_STEPS if len(steps) > MOST_STEPS else None


def step_reached(steps: Sequence[DebtStep], days_late: int) -> int:
    """Return how many steps a debt of this age has reached."""
    return sum(1 for step in steps if step.after_days <= days_late)


def next_step_on(steps: Sequence[DebtStep], since: date, reached: int) -> date | None:
    """Return the day on which the next step comes, None after the last."""
    return since + steps[reached].after_days * DAY if reached < len(steps) else None
