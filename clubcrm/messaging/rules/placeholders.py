"""Rules: the names of the placeholders that any message may use, by what has to be read for them.

A text may also hold what its own cause gives, such as the amount of a payment: those are the names
that stand in the text we ship for the code.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clubcrm.messaging.rules.wording import fields_of, misspelt

WHO = ("given_name", "family_name", "club", "opening_hours")
TERM = (
    "plan",
    "price",
    "starts_on",
    "ends_on",
    "ends_in",
    "renews_on",
    "price_until",
    "starts_again",
    "by_reason",
)
VISITS = (
    "visits_year",
    "visits_month",
    "visits_fortnight",
    "away",
    "streak",
    "milestone",
    "milestone_words",
    "usual_day",
    "usual_time",
    "your_rhythm",
    "your_month",
    "your_year",
)
UNITS = ("units_left", "package_left")
PEOPLE = ("trainer", "activity")
TIME = ("by_day",)
LINKS = ("offer_link", "freeze_link", "survey_link", "own_link", "rsvp_link")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "who": WHO,
    "term": TERM,
    "visits": VISITS,
    "units": UNITS,
    "people": PEOPLE,
    "time": TIME,
    "links": LINKS,
}
MEMBER = frozenset(name for names in GROUPS.values() for name in names)
# These need more than one member's facts can promise; a text that uses them may be held.
MAY_BE_BLANK = frozenset(
    {
        "away",
        "ends_in",
        "ends_on",
        "milestone",
        "milestone_words",
        "price_until",
        "starts_again",
        "streak",
        "usual_day",
        "usual_time",
    }
)


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a text: names nobody knows, lines with loose braces, nothing said."""

    unknown: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is wrong."""
        return bool(self.unknown or self.loose or self.empty)


def faults_of(subject: str | None, body: str, given: Iterable[str]) -> Faults:
    """Return what has to be put right before a text may be saved; no subject is None."""
    known = MEMBER | frozenset(given)
    whole = f"{subject or ''}\n{body}"
    loose = tuple(line.strip()[:60] for line in whole.splitlines() if misspelt(line))
    said = (("subject", subject), ("body", body))
    return Faults(
        tuple(name for name in fields_of(whole) if name not in known),
        loose,
        tuple(name for name, words in said if words is not None and not words.strip()),
    )


def asks_for(names: Iterable[str], group: str) -> bool:
    """Tell whether any of the names belongs to the group."""
    return not set(names).isdisjoint(GROUPS[group])
