"""Rules room: what a plan says about freezing and leaving, and what is wrong with such terms."""

from dataclasses import dataclass
from enum import StrEnum

LEAVING_LIMITS: dict[str, tuple[int, int]] = {
    "notice_days": (0, 366),
    "cooling_off_days": (0, 60),
    "bound_months": (0, 60),
    "fee": (0, 2_000_000_000),
    "fee_percent": (0, 100),
}


class PlanFreezing(StrEnum):
    """Which kinds of freeze a plan allows: any of the club, those it names, or none."""

    ANY = "any"
    NAMED = "named"
    NONE = "none"


class EarlyEnd(StrEnum):
    """What a plan says to a member who wants to leave before the term or the bound months end."""

    AT_TERM = "at_term"
    FEE = "fee"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class LeavingTerms:
    """How one leaves a plan: notice, cooling-off after signing, bound months, the early fee.

    The fee is an amount or a share of what the rest would have cost, in basis points.
    """

    notice_days: int = 0
    cooling_off_days: int = 0
    bound_months: int = 0
    early: EarlyEnd = EarlyEnd.AT_TERM
    fee_minor: int = 0
    fee_bp: int = 0
    refunds_rest: bool = False


PLAIN_LEAVING = LeavingTerms()


def leaving_faults(terms: LeavingTerms) -> dict[str, str]:
    """Return what is wrong with the terms of leaving: field to the name of the broken rule."""
    numbers = {
        "notice_days": terms.notice_days,
        "cooling_off_days": terms.cooling_off_days,
        "bound_months": terms.bound_months,
        "fee": terms.fee_minor,
        "fee_percent": terms.fee_bp // 100,
    }
    faults = {
        field: "range"
        for field, value in numbers.items()
        if not LEAVING_LIMITS[field][0] <= value <= LEAVING_LIMITS[field][1]
    }
    has_fee = bool(terms.fee_minor or terms.fee_bp)
    if terms.early is EarlyEnd.FEE and not has_fee:
        faults.setdefault("fee", "needed")
    if terms.fee_minor and terms.fee_bp:
        faults.setdefault("fee_percent", "twice")
    return faults
