"""How strictly a club asks for papers, what that does to blocks, and what a file is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from memberships.blocks.rules import BlockOwner

LONGEST_MONTHS = 120
LARGEST_FILE = 8 * 1024 * 1024
_STARTS = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
}


class Mode(StrEnum):
    """What a missing paper does at the gate: it stops, it is mentioned, or nobody asks."""

    BLOCK = "block"
    WARN = "warn"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class WaiverRules:
    """How a club asks for waivers; `months` of 0 means that one signature holds for good."""

    mode: Mode = Mode.OFF
    months: int = 12
    adult_age: int = 18


@dataclass(frozen=True, slots=True)
class MedicalRules:
    """How a club asks for certificates: of everybody, or only of those who once gave one."""

    mode: Mode = Mode.OFF
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A block that stands: its first day, and whether our own night work placed it."""

    block_id: int
    from_on: date
    by_system: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do with a person's blocks: lift these, and place one from this day."""

    lift: tuple[int, ...] = ()
    place_from: date | None = None


def waiver_rules_from(values: Mapping[str, Any] | None) -> WaiverRules:
    """Return the rules of stored values."""
    kept = values or {}
    return WaiverRules(
        Mode(kept.get("mode", Mode.OFF)),
        int(kept.get("months", 12)),
        int(kept.get("adult_age", 18)),
    )


def medical_rules_from(values: Mapping[str, Any] | None) -> MedicalRules:
    """Return the rules of stored values."""
    kept = values or {}
    return MedicalRules(Mode(kept.get("mode", Mode.OFF)), bool(kept.get("everyone", False)))


def waiver_turn(
    mode: Mode, *, needed: bool, valid: bool, day: date, held: tuple[Held, ...]
) -> Turn:
    """Return what becomes of a person's waiver blocks today.

    A block that a person of staff placed is lifted by a signature only, never by a setting.
    """
    if valid:
        return Turn(lift=tuple(one.block_id for one in held))
    if mode is Mode.OFF:
        return Turn(lift=tuple(one.block_id for one in held if one.by_system))
    if needed and not held:
        return Turn(place_from=day)
    return Turn()


def medical_turn(
    rules: MedicalRules, until: date | None, *, needed: bool, day: date, held: tuple[Held, ...]
) -> Turn:
    """Return what becomes of a person's medical blocks; `until` is the newest paper's last day.

    The block of a good certificate stands ahead, from the day after its last, so that the gate can
    mention it in time.
    """
    good = until is not None and until >= day
    if rules.mode is Mode.OFF:
        return Turn(lift=tuple(one.block_id for one in held if one.by_system or good))
    start = _medical_start(rules, until, needed=needed, day=day)
    if start is None:
        return Turn(lift=tuple(one.block_id for one in held if one.by_system))
    fits = [one for one in held if (one.from_on == start if good else one.from_on <= day)]
    kept = fits[:1]
    lift = tuple(one.block_id for one in held if one not in kept) if good or kept else ()
    return Turn(lift, None if kept else start)


def _medical_start(
    rules: MedicalRules, until: date | None, *, needed: bool, day: date
) -> date | None:
    if until is not None:
        return date.fromordinal(until.toordinal() + 1)
    return day if rules.everyone and needed else None


def file_kind(content: bytes) -> tuple[str, str] | None:
    """Return media type and ending of a file by its first bytes, None for a kind we do not keep."""
    return next((kind for start, kind in _STARTS.items() if content.startswith(start)), None)


CODES: Mapping[BlockOwner, str] = {
    BlockOwner.WAIVER: "WAIVER_MISSING",
    BlockOwner.MEDICAL: "MEDICAL_EXPIRED",
}
