"""Rules room: where a club keeps money, what a line of its cash book is, and its categories."""

from collections.abc import Mapping
from enum import StrEnum


class Account(StrEnum):
    """A place of money: each club has one of each."""

    CASH = "cash"
    BANK = "bank"
    CARD = "card"
    GATEWAY = "gateway"


class BookKind(StrEnum):
    """What a line of the cash book says; lines of payments come from billing by themselves."""

    ENTRY = "entry"
    TRANSFER = "transfer"
    OPENING = "opening"
    COUNT = "count"

    @property
    def is_between(self) -> bool:
        """Tell whether the line moves money between accounts or begins one: no income, no cost."""
        return self in (BookKind.TRANSFER, BookKind.OPENING)


class Direction(StrEnum):
    """Whether a category brings money or takes it."""

    INCOME = "income"
    EXPENSE = "expense"


class PayeeKind(StrEnum):
    """Who gets or gives money: a supplier, or somebody on the payroll."""

    SUPPLIER = "supplier"
    STAFF = "staff"


class RecurringState(StrEnum):
    """Whether a recurring item still produces entries."""

    RUNNING = "running"
    STOPPED = "stopped"


RECURRING_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    RecurringState.RUNNING: frozenset({RecurringState.STOPPED}),
    RecurringState.STOPPED: frozenset({RecurringState.RUNNING}),
}


class ClosingKind(StrEnum):
    """What was closed: one or several days, or a month."""

    DAY = "day"
    MONTH = "month"


class Standard(StrEnum):
    """The categories every club begins with; its own come beside them."""

    RENT = "rent"
    PAYROLL = "payroll"
    UTILITIES = "utilities"
    CLEANING = "cleaning"
    EQUIPMENT = "equipment"
    REPAIRS = "repairs"
    MARKETING = "marketing"
    BAR_GOODS = "bar_goods"
    SOFTWARE = "software"
    INSURANCE = "insurance"
    FEES = "fees"
    TAXES = "taxes"
    OFFICE = "office"
    OTHER_EXPENSE = "other_expense"
    CASH_SHORT = "cash_short"
    CASH_OVER = "cash_over"
    SUBLET = "sublet"
    OTHER_INCOME = "other_income"


INCOME = frozenset({Standard.CASH_OVER, Standard.SUBLET, Standard.OTHER_INCOME})
# Written by closings only, never chosen by hand.
BY_COUNT = frozenset({Standard.CASH_OVER, Standard.CASH_SHORT})
CHANNELS = (
    "google",
    "facebook",
    "instagram",
    "tiktok",
    "print",
    "outdoor",
    "events",
    "referral",
    "partners",
    "other",
)


def direction_of(category: Standard) -> Direction:
    """Return whether a standard category brings money or takes it."""
    return Direction.INCOME if category in INCOME else Direction.EXPENSE


def signed(direction: Direction, amount_minor: int) -> int:
    """Return the amount as the cash book carries it: out is negative."""
    return amount_minor if direction is Direction.INCOME else -amount_minor
