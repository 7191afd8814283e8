"""Forms of the ladder and the steps of debts, as a club types them."""

from collections.abc import Mapping

from flask_babel import gettext as _

from clubcrm.core.errors import invalid
from clubcrm.core.text import ascii_digits, clean
from memberships.dunning.rules import MOST_STEPS, DebtStep, Ladder

LADDER_DAYS = ("reminder_day", "task_day", "grace_days")


def typed_ladder(typed: Mapping[str, str]) -> Ladder:
    """Return the ladder that was typed; raises INVALID_INPUT naming each wrong field."""
    faults: dict[str, str] = {}
    tries = [
        _whole(part) for part in ascii_digits(typed.get("tries", "")).replace(",", " ").split()
    ]
    if None in tries:
        faults["tries"] = _("Whole numbers of days, such as 1, 4, 11.")
    days = {name: _whole(ascii_digits(typed.get(name, "").strip())) for name in LADDER_DAYS}
    faults |= {name: _("A whole number of days.") for name, value in days.items() if value is None}
    if faults:
        raise invalid(faults)
    return Ladder(
        tuple(one for one in tries if one is not None),
        days["reminder_day"] or 0,
        days["task_day"] or 0,
        days["grace_days"] or 0,
    )


def typed_steps(typed: Mapping[str, str]) -> list[DebtStep]:
    """Return the steps that were typed, empty rows left out; raises INVALID_INPUT."""
    steps = []
    for row in range(MOST_STEPS):
        name = clean(typed.get(f"name.{row}", ""), f"name.{row}", longest=80)
        if not name:
            continue
        after = _whole(ascii_digits(typed.get(f"after.{row}", "").strip()))
        if after is None:
            raise invalid({f"after.{row}": _("A whole number of days.")})
        task = clean(typed.get(f"task.{row}", ""), f"task.{row}", longest=200)
        steps.append(DebtStep(after, name, task, typed.get(f"letter.{row}", "")))
    return steps


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
