"""Services room: members' points as money at the till, where a floor above keeps points."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from clubcrm.core.errors import DomainError, invalid

DOOR = "club_till_points"


@dataclass(frozen=True, slots=True)
class PointPurse:
    """What a member's points would pay: how many there are, and for how much in all."""

    points: int
    worth_minor: int


@dataclass(frozen=True, slots=True)
class PointDoor:
    """Where points are kept: `purse` of person and club; `pay` for person, club, amount, actor.

    Paying turns as many points as it takes into bonus money and returns the code it lies under.
    """

    purse: Callable[[int, int], PointPurse | None]
    pay: Callable[[int, int, int, str], str]


def purse_of(person_id: int, club_id: int) -> PointPurse | None:
    """Return what the member's points would pay; None where they pay nothing."""
    door = _door()
    return door.purse(person_id, club_id) if door else None


def money_for_points(person_id: int | None, club_id: int, amount_minor: int, *, by: str) -> str:
    """The member's points are bonus money of so much; returns its code. Raises what paying does."""
    door = _door()
    if door is None:
        raise DomainError("POINTS_OFF", _("The club gives nothing for points at the moment."))
    if person_id is None:
        raise invalid({"member": _("Say whose points they are.")})
    return door.pay(person_id, club_id, amount_minor, by)


def _door() -> PointDoor | None:
    found: PointDoor | None = current_app.extensions.get(DOOR)
    return found
