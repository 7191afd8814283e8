"""Services room: how a club works with leads: how soon it answers, what needs no second look."""

from dataclasses import dataclass, field
from typing import Any, Final

from clubcrm.core import audit
from clubcrm.core.clubs import club_setting, set_club_setting
from clubcrm.leads.rules.stages import ArrivalChannel

SETTING: Final = "leads"
ANSWER_MINUTES, MOST_MINUTES = 15, 2880
# Mails and chats may be anything; the others were meant as a request by whoever sent them.
STRAIGHT = frozenset(ArrivalChannel) - {ArrivalChannel.EMAIL, ArrivalChannel.MESSENGER}


@dataclass(frozen=True, slots=True)
class LeadSettings:
    """Minutes of opening hours within which a lead is tried, and channels taken in unseen."""

    answer_minutes: int = ANSWER_MINUTES
    straight: frozenset[ArrivalChannel] = field(default=STRAIGHT)


def lead_settings(club_id: int) -> LeadSettings:
    """Return the club's choices, the defaults where it made none."""
    kept: dict[str, Any] = club_setting(club_id, SETTING, {})
    named = kept.get("straight")
    return LeadSettings(
        answer_minutes=int(kept.get("answer_minutes", ANSWER_MINUTES)),
        straight=STRAIGHT if named is None else frozenset(ArrivalChannel(one) for one in named),
    )


def save_lead_settings(club_id: int, chosen: LeadSettings, *, by: str) -> None:
    """The club works by these choices from now on; clocks that run already keep their time."""
    before = lead_settings(club_id)
    set_club_setting(club_id, SETTING, as_kept(chosen))
    audit.note(
        "leads.settings", "club", club_id, before=as_kept(before), after=as_kept(chosen), by=by
    )


def as_kept(chosen: LeadSettings) -> dict[str, Any]:
    """Return the choices as plain values."""
    return {
        "answer_minutes": chosen.answer_minutes,
        "straight": sorted(one.value for one in chosen.straight),
    }
