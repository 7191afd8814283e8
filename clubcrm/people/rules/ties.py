"""Rules room: how two people belong together, and what the tie is called from the other side."""

from collections.abc import Mapping
from enum import StrEnum


class TieKind(StrEnum):
    """What the other one is to a person."""

    PARTNER = "partner"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    RELATIVE = "relative"
    FRIEND = "friend"
    COLLEAGUE = "colleague"
    EMPLOYER = "employer"
    EMPLOYEE = "employee"
    REFERRED_BY = "referred_by"
    REFERRED = "referred"


_PAIRS = (
    (TieKind.PARENT, TieKind.CHILD),
    (TieKind.EMPLOYER, TieKind.EMPLOYEE),
    (TieKind.REFERRED_BY, TieKind.REFERRED),
)
_OTHER_SIDE: Mapping[TieKind, TieKind] = {
    **dict(_PAIRS),
    **{other: one for one, other in _PAIRS},
}


def from_other_side(kind: TieKind) -> TieKind:
    """Return what the first one is to the other: a parent's child is a child's parent."""
    return _OTHER_SIDE.get(kind, kind)


def is_stored_way(kind: TieKind) -> bool:
    """Tell whether a tie is kept from this side; of each pair only the first is."""
    return kind not in {second for _first, second in _PAIRS}
