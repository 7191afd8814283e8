"""Queries room: what a club has chosen for its classes and guests; missing values are defaults."""

from dataclasses import asdict, dataclass, field, fields
from datetime import time
from typing import Any, TypeVar

from clubcrm.core.clubs import club_setting
from memberships.schedule.rules.guests import GuestTerms
from memberships.schedule.rules.strikes import Penalty, PenaltyRule
from memberships.schedule.rules.waiting import Quiet, WaitRule

SETTING = "classes"
QUIET_SETTING = "messages.quiet_hours"
GATE_SETTING = "gate"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ClassSettings:
    """How a club runs its classes: weeks published ahead, waiting list, penalties, guests."""

    publish_weeks: int = 3
    waiting: WaitRule = field(default_factory=WaitRule)
    penalty: PenaltyRule = field(default_factory=PenaltyRule)
    guests: GuestTerms = field(default_factory=GuestTerms)
    guest_plan: str = ""


def class_settings(club_id: int) -> ClassSettings:
    """Return the settings of a club; the yearly limit of guest visits is the one of its gate."""
    kept = club_setting(club_id, SETTING, {})
    gate = club_setting(club_id, GATE_SETTING, {})
    guests = {**kept.get("guests", {})}
    if "guest_visits" in gate:
        guests["visits_a_year"] = int(gate["guest_visits"])
    return ClassSettings(
        publish_weeks=int(kept.get("publish_weeks", 3)),
        waiting=_made(WaitRule, kept.get("waiting", {})),
        penalty=_penalty(kept.get("penalty", {})),
        guests=_made(GuestTerms, guests),
        guest_plan=str(kept.get("guest_plan", "")),
    )


def as_kept(settings: ClassSettings) -> dict[str, Any]:
    """Return the settings as the store keeps them."""
    kept = asdict(settings)
    kept["penalty"] |= {
        "late_cancel": settings.penalty.late_cancel.value,
        "no_show": settings.penalty.no_show.value,
    }
    return kept


def quiet_of(club_id: int) -> Quiet:
    """Return the hours in which the club writes to nobody and no offer runs out."""
    kept = club_setting(club_id, QUIET_SETTING, None)
    if kept is None:
        return Quiet()
    return Quiet(time.fromisoformat(kept["begin"]), time.fromisoformat(kept["end"]))


def _penalty(kept: dict[str, Any]) -> PenaltyRule:
    words = {name: Penalty(kept[name]) for name in ("late_cancel", "no_show") if kept.get(name)}
    return _made(PenaltyRule, {**kept, **words})


def _made(kind: type[T], kept: dict[str, Any]) -> T:
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type] # they are dataclasses
    return kind(**{name: value for name, value in kept.items() if name in known})
