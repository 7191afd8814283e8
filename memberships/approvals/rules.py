"""Rules of who may decide what alone, and who has to ask another person."""

from collections.abc import Mapping
from enum import StrEnum


class LimitKind(StrEnum):
    """Acts with a limit by role: refunds and write-offs in minor units, discounts in bp."""

    REFUND = "refund"
    DISCOUNT = "discount"
    WRITE_OFF = "write_off"


Limits = Mapping[LimitKind, int]
_NOTHING: Limits = dict.fromkeys(LimitKind, 0)
_AT_THE_COUNTER: Limits = {**_NOTHING, LimitKind.DISCOUNT: 1_000}
# A role that is not named, or a kind that is missing, has no limit.
DEFAULT_LIMITS: Mapping[str, Limits] = {
    "sales": _AT_THE_COUNTER,
    "desk": _AT_THE_COUNTER,
    "trainer": _NOTHING,
    "barista": _NOTHING,
    "accountant": {LimitKind.DISCOUNT: 0},
}
LIMITED_ROLES = ("manager", "accountant", "sales", "desk", "trainer", "barista")
LARGEST = {LimitKind.REFUND: 10**12, LimitKind.WRITE_OFF: 10**12, LimitKind.DISCOUNT: 10_000}


def limit_for(role: str, kind: LimitKind, stored: Mapping[str, object] | None) -> int | None:
    """Return up to how much a role may do alone; None has no limit. Owners never have one."""
    if role in ("owner", "system"):
        return None
    own = (stored or {}).get(role)
    if isinstance(own, Mapping):
        value = own.get(kind.value)
        return None if value is None else int(value)
    return DEFAULT_LIMITS.get(role, {}).get(kind)


def is_within(limit: int | None, measure: int) -> bool:
    """Tell whether an act of this measure needs nobody else."""
    return limit is None or measure <= limit
