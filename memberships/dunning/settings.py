"""Services room: what a club has decided about failed charges and debts."""

from collections.abc import Sequence
from dataclasses import asdict

from flask_babel import gettext as _

from clubcrm.core import audit
from clubcrm.core.clubs import club_setting, set_club_setting
from clubcrm.core.errors import invalid
from clubcrm.core.types import JsonObject
from memberships.dunning.rules import (
    DEFAULT_STEPS,
    DebtStep,
    Ladder,
    ladder_fault,
    steps_fault,
)

LADDER, STEPS = "charge_ladder", "debt_steps"


def ladder_of(club_id: int) -> Ladder:
    """Return when failed charges of the club are tried again."""
    kept: JsonObject = club_setting(club_id, LADDER, None) or {}
    usual = Ladder()
    return Ladder(
        tuple(int(one) for one in kept.get("tries", usual.tries)),
        int(kept.get("reminder_day", usual.reminder_day)),
        int(kept.get("task_day", usual.task_day)),
        int(kept.get("grace_days", usual.grace_days)),
    )


def steps_of(club_id: int) -> tuple[DebtStep, ...]:
    """Return the steps of the club's way with debts."""
    kept = club_setting(club_id, STEPS, None)
    if kept is None:
        return DEFAULT_STEPS
    return tuple(
        DebtStep(int(one["after_days"]), one["name"], one.get("task", ""), one.get("letter", ""))
        for one in kept
    )


def save_ladder(club_id: int, ladder: Ladder, *, by: str) -> None:
    """The next failed charge follows this; raises INVALID_INPUT naming the wrong field."""
    fault = ladder_fault(ladder)
    if fault:
        raise invalid({fault: _("Days that grow, each from 1 to 365, twelve at most.")})
    before, after = asdict(ladder_of(club_id)), asdict(ladder)
    set_club_setting(club_id, LADDER, {**after, "tries": list(ladder.tries)})
    audit.note("charge_ladder.saved", "club", club_id, before=before, after=after, by=by)


def save_steps(club_id: int, steps: Sequence[DebtStep], *, by: str) -> None:
    """Debts walk these steps from tonight on; steps reached already stay as they were."""
    fault = steps_fault(steps)
    if fault is not None:
        text = _("Each step needs a name and a later day than the one before.")
        raise invalid({f"steps.{fault}": text})
    kept = [asdict(step) for step in steps]
    before = {"steps": [asdict(step) for step in steps_of(club_id)]}
    set_club_setting(club_id, STEPS, kept)
    audit.note("debt_steps.saved", "club", club_id, before=before, after={"steps": kept}, by=by)
