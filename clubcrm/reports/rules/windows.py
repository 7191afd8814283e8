"""Rules room: what each touchpoint is meant to bring about, within how many days, and quarters."""

from datetime import date, timedelta

RENEWAL_GRACE = 14  # a cycle is renewed when the next one begins by then
GUARD_DAYS = 28
PROGRAMME = "ALL"
# The engagement touches: what the whole programme is compared with its control group by.
ENGAGEMENT = (
    *("J02", "J03", "J04", "J05", "J06a", "J06b"),
    *("J07", "J08", "J09", "J10", "J11", "J12"),
)
_BY_CODE = {
    "J02": ("came", 14),
    "J03": ("visits", 28),
    "J04": ("visits", 28),
    "J05": ("visits", 28),
    "J06": ("came", 14),
    "J10": ("bought", 30),
    "J13": ("renewal", 0),
    "J14": ("rejoined", 60),
}
_ELSE = ("visits", 28)


def outcome_of(code: str) -> tuple[str, int]:
    """Return the outcome of a code and its days; parts such as J06a follow their whole."""
    return _BY_CODE.get(code[:3], _ELSE)


def last_day(code: str, eligible_on: date) -> date:
    """Return the last day that counts: presence from the day itself, visits from the day after."""
    kind, days = outcome_of(code)
    return eligible_on + timedelta(days=days - 1 if kind == "came" else days)


def quarter_of(day: date) -> str:
    """Return the quarter of a day: 2026Q3."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def quarter_days(name: str) -> tuple[date, date]:
    """Return the first day of a quarter and of the next; raises ValueError for another word."""
    year, _, number = name.partition("Q")
    first = date(int(year), 3 * int(number) - 2, 1)
    after = date(first.year + 1, 1, 1) if number == "4" else date(first.year, first.month + 3, 1)
    return first, after


def closed_before(day: date) -> str:
    """Return the last quarter that was over before the day."""
    first, _ = quarter_days(quarter_of(day))
    return quarter_of(first - timedelta(days=1))
