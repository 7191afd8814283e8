"""Where a year of leads comes from and which ways they take: plain tables to draw from."""

from datetime import datetime
from random import Random
from typing import TypeVar

from flask_babel import force_locale
from flask_babel.speaklater import LazyString

from clubcrm.leads.rules.stages import ArrivalChannel, LeadStage, LostReason

Drawn = TypeVar("Drawn")
YEAR, STILL_OPEN = 365, 45
# More leads than these tell no more about a club; every so many of them is written.
MOST = 5000
SOURCES = (
    ("Instagram", "instagram", 24, ArrivalChannel.FORM),
    ("Facebook", "facebook", 16, ArrivalChannel.FORM),
    ("Google", "google", 18, ArrivalChannel.LANDING),
    ("Walked in", "", 16, ArrivalChannel.WALK_IN),
    ("Phone book and signs", "outdoor", 8, ArrivalChannel.CALL),
    ("Recommended by a member", "referral", 12, ArrivalChannel.REFERRAL),
    ("Guest of a member", "referral", 6, ArrivalChannel.GUEST),
)
# Of those who know a member more join than of those who saw an advertisement.
JOIN_MORE = {"Recommended by a member": 1.8, "Guest of a member": 1.6, "Walked in": 1.4}
CAMPAIGNS = ("spring", "new-year", "summer-body", "bring-a-friend")
WISHES = ("yoga in the morning", "lose weight", "strength", "swimming", "with a friend", "")
REASONS = (
    (LostReason.PRICE, 30),
    (LostReason.TIME, 18),
    (LostReason.COMPETITOR, 16),
    (LostReason.NEVER_REACHED, 16),
    (LostReason.LOCATION, 10),
    (LostReason.NO_INTEREST, 10),
)
OPEN_STAGES = (
    (LeadStage.NEW, 30),
    (LeadStage.CONTACTED, 26),
    (LeadStage.BOOKED, 14),
    (LeadStage.ATTENDED, 10),
    (LeadStage.NO_SHOW, 6),
    (LeadStage.UNREACHABLE, 8),
    (LeadStage.LATER, 6),
)
PATH_TO = {
    LeadStage.NEW: (),
    LeadStage.CONTACTED: (LeadStage.CONTACTED,),
    LeadStage.BOOKED: (LeadStage.CONTACTED, LeadStage.BOOKED),
    LeadStage.ATTENDED: (LeadStage.CONTACTED, LeadStage.BOOKED, LeadStage.ATTENDED),
    LeadStage.NO_SHOW: (LeadStage.CONTACTED, LeadStage.BOOKED, LeadStage.NO_SHOW),
    LeadStage.UNREACHABLE: (LeadStage.UNREACHABLE,),
    LeadStage.LATER: (LeadStage.CONTACTED, LeadStage.LATER),
}
BY_MEMBERS = frozenset({ArrivalChannel.GUEST, ArrivalChannel.REFERRAL})


def is_paid(channel: ArrivalChannel) -> bool:
    """Tell whether advertising brings people on this way."""
    return channel in (ArrivalChannel.FORM, ArrivalChannel.LANDING)


def time_of(stage: LeadStage, path: list[LeadStage], times: list[datetime]) -> datetime | None:
    """Return when a stage was reached on the way, if it was."""
    return times[path.index(stage)] if stage in path else None


def open_minutes(begins: datetime, ends: datetime) -> int:
    """Nights count for nothing: about fifteen hours of a day are open."""
    whole = (ends - begins).total_seconds() / 60
    return round(whole if whole < 600 else whole * 15 / 24)


def draw_one(chance: Random, weighted: tuple[tuple[Drawn, int], ...]) -> Drawn:
    """Return one of the weighted things."""
    return chance.choices([one for one, _ in weighted], [weight for _, weight in weighted])[0]


def english(words: LazyString) -> str:
    """Return the words as they are stored."""
    with force_locale("en"):
        return str(words)
