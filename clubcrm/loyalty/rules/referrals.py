"""Rules room: who counts as a friend who was brought, and when both are thanked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Refusal(StrEnum):
    """Why somebody is nobody's friend."""

    OFF = "off"
    SELF = "self"
    BROUGHT = "brought"  # somebody has brought him before
    KNOWN = "known"  # the club knew him before
    CIRCLE = "circle"  # the other was brought by him


class ReferralState(StrEnum):
    """Where a recommendation stands."""

    CAME = "came"
    SIGNED = "signed"
    REWARDED = "rewarded"
    FAILED = "failed"


REFERRAL_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    ReferralState.CAME: frozenset({ReferralState.SIGNED}),
    ReferralState.SIGNED: frozenset({ReferralState.REWARDED, ReferralState.FAILED}),
}


class Verdict(StrEnum):
    """What a look at a recommendation says on a day."""

    WAIT = "wait"
    GIVE = "give"
    LEFT = "left"
    UNPAID = "unpaid"


class Side(StrEnum):
    """Who of the two gets a reward."""

    HOST = "host"
    FRIEND = "friend"


# An unpaid first invoice is waited for so long after the day on which the reward is due.
WAITS_FOR_MONEY = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class FriendFacts:
    """What is known when somebody is said to have been brought."""

    today: date
    is_on: bool
    is_self: bool
    shares_address: bool
    known_since: date
    was_member: bool
    was_brought: bool
    brought_host: bool
    fresh_days: int


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """What is known of a friend on the day a reward may be due."""

    today: date
    due_on: date
    runs: bool
    open_minor: int


def refusal_of(facts: FriendFacts) -> Refusal | None:
    """Return why the friend does not count, None when he does."""
    if not facts.is_on:
        return Refusal.OFF
    if facts.is_self or facts.shares_address:
        return Refusal.SELF
    if facts.was_brought:
        return Refusal.BROUGHT
    if facts.brought_host:
        return Refusal.CIRCLE
    is_old = facts.known_since < facts.today - timedelta(days=facts.fresh_days)
    return Refusal.KNOWN if facts.was_member or is_old else None


def due_day(signed_on: date, starts_on: date, delay_days: int) -> date:
    """Return the first day on which both are thanked if the friend is still there."""
    return max(signed_on, starts_on) + timedelta(days=delay_days)


def verdict_on(facts: ProofFacts) -> Verdict:
    """Return whether both are thanked, or why not; nothing is decided before the day."""
    if facts.today < facts.due_on:
        return Verdict.WAIT
    if not facts.runs:
        return Verdict.LEFT
    if facts.open_minor <= 0:
        return Verdict.GIVE
    waited = facts.today - facts.due_on
    return Verdict.UNPAID if waited > WAITS_FOR_MONEY else Verdict.WAIT


@dataclass(frozen=True, slots=True)
class HostFacts:
    """Whether a host pays period by period, when he was thanked last, when he has paid last."""

    rolls: bool
    thanked_at: datetime | None
    paid_at: datetime | None


def waits_for_payment(facts: HostFacts) -> bool:
    """Return whether a host has been thanked since his last payment and pays again some day.

    Who has paid his whole term has nothing to wait for.
    """
    if not facts.rolls or facts.thanked_at is None:
        return False
    return facts.paid_at is None or facts.paid_at <= facts.thanked_at


def is_capped(given: int, cap: int) -> bool:
    """Return whether who brings has had the most rewards of his period."""
    return given >= cap
