"""Queries room: the sentences of a member's own pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from memberships.contracts.deal_tables import OfferDeal
from memberships.contracts.deals import Benefit
from memberships.contracts.models import Contract
from memberships.contracts.renewal_tables import DeclineReason
from memberships.packages.models import EntryKind
from memberships.portal.rules import MemberYear

DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class YearWords:
    """The sentences that templates say about a member's year."""

    streak: Callable[[int], str]
    weekday: Callable[..., str]
    dayparts: Callable[[], tuple[str, ...]]
    span: Callable[[MemberYear], str]
    title: Callable[[MemberYear, str], str]
    time: Callable[[int], str]
    together: Callable[[MemberYear], str]


def use_words(kind: EntryKind) -> str:
    """Return what a line of the ledger is called to the member."""
    return {
        EntryKind.BUY: _("Bought"),
        EntryKind.USE: _("Used"),
        EntryKind.RETURN: _("Given back"),
        EntryKind.EXPIRE: _("Expired"),
        EntryKind.TRANSFER: _("Moved"),
        EntryKind.CORRECT: _("Corrected"),
    }.get(kind, kind.value)


def decline_words(reason: DeclineReason) -> str:
    """Return a reason not to go on, as the member says it."""
    return {
        DeclineReason.PRICE: _("It is too expensive"),
        DeclineReason.TIME: _("I have no time"),
        DeclineReason.MOVING: _("I am moving away"),
        DeclineReason.HEALTH: _("My health does not allow it"),
        DeclineReason.CLUB: _("I am not happy with the club"),
        DeclineReason.OTHER_CLUB: _("I train somewhere else"),
        DeclineReason.LATER: _("Not now, perhaps later"),
        DeclineReason.OTHER: _("Something else"),
    }[reason]


def streak_words(weeks: int) -> str:
    """Return how long a run of weeks is."""
    return ngettext("%(num)s week in a row", "%(num)s weeks in a row", weeks)


def weekday_name(weekday: int, width: str = "wide") -> str:
    """Return the name of a weekday, Monday being 0."""
    return str(get_day_names(width, "stand-alone", get_locale() or "en")[weekday])  # type: ignore[arg-type] # one of Babel's widths


def daypart_names() -> tuple[str, ...]:
    """Return the parts of a day in their order."""
    return (_("Morning"), _("Midday"), _("Evening"), _("Night"))


def span_words(year: MemberYear) -> str:
    """Return which time the pictures of a member's visits cover."""
    if year.is_whole:
        return _("Your last twelve months")
    weeks = len(year.weeks)
    return ngettext("Your last %(num)s week", "Your last %(num)s weeks", weeks)


def year_title(year: MemberYear, name: str) -> str:
    """Return how a member is greeted above his year; nobody is praised for what he did not do."""
    if year.visits >= len(year.weeks) and year.is_whole:
        return _("What a year, %(name)s.", name=name)
    if year.visits >= len(year.weeks):
        return _("A strong start, %(name)s.", name=name)
    if year.visits:
        return _("This was your time, %(name)s.", name=name)
    return _("Hello %(name)s", name=name)


def time_words(hours: int) -> str:
    """Return what many hours of training are in days and nights on end, empty below two days."""
    days = hours // DAY_HOURS
    if days < 2:
        return ""
    return ngettext(
        "that is %(num)s whole day and night",
        "that is %(num)s whole days and nights",
        days,
    )


def together_words(year: MemberYear) -> str:
    """Return what a member did with others besides training alone, in a few words."""
    with_others, parts = year.together, []
    if with_others.favourite_class:
        parts.append(_("most of all %(name)s", name=with_others.favourite_class))
    if with_others.sessions and with_others.trainer:
        parts.append(
            ngettext(
                "%(num)s session with %(name)s",
                "%(num)s sessions with %(name)s",
                with_others.sessions,
                name=with_others.trainer,
            )
        )
    return ", ".join(parts)


def offer_title(deal: OfferDeal | None, old: Contract, today: date) -> str:
    """Return what stands above the terms of an offer."""
    if deal is not None and deal.is_fresh:
        return _("Start again whenever you like")
    if old.ends_on is not None and old.ends_on < today:
        return _("Your place is still yours")
    return _("Your next term")


def benefit_words(benefit: Benefit) -> str:
    """Return what a club gives, as its settings name it."""
    return {
        Benefit.NONE: _("Nothing beside the list price"),
        Benefit.PRICE_KEPT: _("The old price, where the list has risen"),
        Benefit.MORE_DAYS: _("Days on top"),
        Benefit.KEPT_OR_DAYS: _("The old price where the list has risen, else days on top"),
    }[benefit]


def fault_words(fault: str) -> str:
    """Return the sentence for a rule of offers that cannot be."""
    return {
        "deeper": _("This gives more than early members get."),
        "range": _("Enter a number of days within reason."),
    }.get(fault, fault)


def span_names() -> dict[str, str]:
    """Return the names of the spans that the list of renewals shows."""
    return {
        "week": _("Next 7 days"),
        "month": _("Next 30 days"),
        "two": _("Next 60 days"),
        "lapsed": _("Ended in the last 30 days"),
    }


YEAR_WORDS = YearWords(
    streak_words, weekday_name, daypart_names, span_words, year_title, time_words, together_words
)
