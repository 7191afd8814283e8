"""Rules: dates as tables hold them, and whether 03/04 means April or March."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from clubcrm.core.text import ascii_digits

EXCEL_ZERO = date(1899, 12, 30)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ].*)?")
_SERIAL = re.compile(r"[1-6]\d{4}")


class DayOrder(StrEnum):
    """How a table writes 3 April: 03/04 or 04/03."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class NoDateError(ValueError):
    """The text is no date of the calendar; its words say why."""


def read_date(text: str, order: DayOrder | None) -> date | None:
    """Return the date a cell holds, None for an empty one; raises NoDateError.

    Year first, day.month.year, day/month/year by the order, and Excel's day numbers are read.
    """
    plain = ascii_digits(text).strip()
    if not plain:
        return None
    if found := _YEAR_FIRST.fullmatch(plain):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if _SERIAL.fullmatch(plain):
        return EXCEL_ZERO + timedelta(days=int(plain))
    found = _YEAR_LAST.fullmatch(plain)
    if found is None:
        raise NoDateError("This is not a date with a year of four digits.")
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if found[2] == "." or order is not DayOrder.MONTH_FIRST:
        return _date(year, second, first)
    return _date(year, first, second)


def orders_possible(text: str) -> set[DayOrder]:
    """Return in which orders the cell is a date; empty when its order does not matter."""
    found = _YEAR_LAST.fullmatch(ascii_digits(text).strip())
    if found is None or found[2] == ".":
        return set()
    first, second = int(found[1]), int(found[3])
    possible = set()
    if second <= 12:
        possible.add(DayOrder.DAY_FIRST)
    if first <= 12:
        possible.add(DayOrder.MONTH_FIRST)
    return possible if first != second else set()


def order_of(cells: Iterable[str]) -> tuple[DayOrder | None, bool]:
    """Return the order the cells prove, if they do, and whether somebody has to be asked."""
    proven: set[DayOrder] = set()
    doubtful = False
    for cell in cells:
        possible = orders_possible(cell)
        if len(possible) == 1:
            proven |= possible
        elif len(possible) == 2:
            doubtful = True
    if len(proven) == 1:
        return next(iter(proven)), False
    return None, doubtful


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NoDateError("There is no such day in the calendar.") from error
