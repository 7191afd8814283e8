"""Where a payment that was begun stands, and what a gateway's word makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from clubcrm.core.money import Money
from memberships.billing.gateways.base import Outcome, Verdict

# Gateways tell what happened some minutes later; only then a payment counts as late.
LATE_AFTER = timedelta(minutes=10)


class IntentState(StrEnum):
    """Where a payment that was begun stands."""

    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    REVIEW = "review"
    RETURNED = "returned"


INTENT_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    IntentState.OPEN: frozenset(
        {IntentState.PAID, IntentState.FAILED, IntentState.EXPIRED, IntentState.REVIEW}
    ),
    IntentState.FAILED: frozenset({IntentState.PAID, IntentState.REVIEW}),
    IntentState.EXPIRED: frozenset({IntentState.REVIEW}),
    IntentState.REVIEW: frozenset({IntentState.PAID, IntentState.RETURNED}),
    IntentState.PAID: frozenset(),
    IntentState.RETURNED: frozenset(),
}


class LetterState(StrEnum):
    """What became of a message a gateway sent."""

    RECEIVED = "received"
    DONE = "done"
    REPEATED = "repeated"
    REFUSED = "refused"


class ReturnState(StrEnum):
    """Where money on its way back stands."""

    WAITING = "waiting"
    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"


RETURN_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    ReturnState.WAITING: frozenset({ReturnState.ASKED, ReturnState.DONE}),
    ReturnState.ASKED: frozenset({ReturnState.DONE, ReturnState.FAILED, ReturnState.WAITING}),
    ReturnState.FAILED: frozenset({ReturnState.WAITING, ReturnState.DONE}),
    ReturnState.DONE: frozenset(),
}


class MethodState(StrEnum):
    """Whether a kept way of paying may be charged."""

    ACTIVE = "active"
    REMOVED = "removed"


class KeepState(StrEnum):
    """Where the keeping of a card without a payment stands."""

    OPEN = "open"
    KEPT = "kept"
    FAILED = "failed"


KEEP_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    KeepState.OPEN: frozenset({KeepState.KEPT, KeepState.FAILED}),
    KeepState.KEPT: frozenset(),
    KeepState.FAILED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state a payment takes, and a code why."""

    state: IntentState
    why: str = ""


def judge(
    state: IntentState,
    wanted: Money,
    expires_at: datetime | None,
    verdict: Verdict,
    moment: datetime,
) -> Judgement:
    """Return where a payment stands after a gateway's word; money that fits nowhere is reviewed.

    Amount and currency must both be what was asked for. Codes: amount, nameless, late, risk.
    """
    if state in {IntentState.PAID, IntentState.REVIEW, IntentState.RETURNED}:
        return Judgement(state)
    late = expires_at is not None and moment > expires_at + LATE_AFTER
    if verdict.outcome is Outcome.PAID:
        return _paid(state, wanted, verdict, late=late)
    if verdict.outcome is Outcome.HELD:
        return Judgement(IntentState.REVIEW, "risk")
    if state is not IntentState.OPEN:
        return Judgement(state)
    if verdict.outcome is Outcome.FAILED:
        return Judgement(IntentState.FAILED, verdict.why[:100])
    return Judgement(IntentState.EXPIRED if late else IntentState.OPEN)


def _paid(state: IntentState, wanted: Money, verdict: Verdict, *, late: bool) -> Judgement:
    if verdict.amount != wanted:
        return Judgement(IntentState.REVIEW, "amount")
    if not verdict.transaction_id:
        return Judgement(IntentState.REVIEW, "nameless")
    if late or state is IntentState.EXPIRED:
        return Judgement(IntentState.REVIEW, "late")
    return Judgement(IntentState.PAID)


def looks_like_card(text: str) -> bool:
    """Tell whether a text holds what may be a card number, which must never be kept."""
    digits = [int(letter) for letter in text if letter.isascii() and letter.isdigit()]
    if not 12 <= len(digits) <= 19 or any(letter.isalpha() for letter in text):
        return False
    doubled = [
        2 * one - 9 * (one > 4) if place % 2 else one for place, one in enumerate(digits[::-1])
    ]
    return sum(doubled) % 10 == 0
