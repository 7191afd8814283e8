"""Services room: the gate's strictness about papers, asked and told through the app.

The gate stands above the memberships and keeps the one truth about block or warn; the wiring hangs
its two verbs here.
"""

from collections.abc import Callable
from typing import cast

from flask import current_app

from memberships.blocks.rules import BlockOwner
from memberships.waivers.rules import CODES, Mode

Doors = tuple[Callable[[int, str], str], Callable[..., None]]
EXTENSION = "club_gate_strictness"


def mode_at_gate(club_id: int, owner: BlockOwner, kept: Mode) -> Mode:
    """Return what a missing paper does: off when nobody asks, else what the gate does."""
    if kept is Mode.OFF:
        return Mode.OFF
    ask, _tell = _doors()
    return {"deny": Mode.BLOCK, "warn": Mode.WARN}.get(ask(club_id, CODES[owner]), Mode.OFF)


def tell_gate(club_id: int, owner: BlockOwner, mode: Mode, *, by: str) -> None:
    """The gate takes the reason as the mode says; with off nobody asks and its rule stays."""
    if mode is Mode.OFF:
        return
    _ask, tell = _doors()
    tell(club_id, CODES[owner], "deny" if mode is Mode.BLOCK else "warn", by=by)


def _doors() -> Doors:
    return cast(Doors, current_app.extensions[EXTENSION])
