"""Views room: the address under which the reports live, and what their pages share."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _

from clubcrm.core import clock
from clubcrm.core.errors import not_found
from clubcrm.core.months import month_after, month_of
from clubcrm.core.shell import ClubChoice, current_club, my_clubs
from clubcrm.reports.lens import By, Lens, Part
from clubcrm.reports.words import (
    by_words,
    part_words,
    percent,
    reason_words,
    source_words,
    term_words,
)

reports = Blueprint("reports", __name__, url_prefix="/reports")
SHOWN_MONTHS = 13
MOST_MONTHS = 60
ALL_CLUBS = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: clubs, months and filters, and the words that say so."""

    lens: Lens
    clubs: tuple[ClubChoice, ...]
    today: date
    arguments: dict[str, str]

    @property
    def club(self) -> ClubChoice:
        """Return the club whose money and calendar the page speaks of."""
        return self.clubs[0]

    @property
    def one_currency(self) -> bool:
        """Tell whether amounts of these clubs can be added."""
        return len({club.currency for club in self.clubs}) == 1

    def address(self, **changed: str | None) -> dict[str, str]:
        """Return the arguments of the page with some of them changed, None leaving one out."""
        merged = self.arguments | {k: v for k, v in changed.items() if v is not None}
        return {key: value for key, value in merged.items() if changed.get(key, "") is not None}


@reports.context_processor
def words() -> dict[str, Any]:
    """Templates of the reports name things by these words."""
    return {
        "by_words": by_words,
        "part_words": part_words,
        "percent": percent,
        "reason_words": reason_words,
        "source_words": source_words,
        "term_words": term_words,
        "Part": Part,
        "By": By,
    }


def asked() -> Asked:
    """Return what the address asks for; raises NOT_FOUND for a club outside the scope."""
    wanted = request.args.get("club", "")
    clubs: tuple[ClubChoice, ...] = (current_club(),)
    if wanted == ALL_CLUBS:
        clubs = my_clubs()
    elif wanted:
        clubs = tuple(club for club in my_clubs() if club.public_id == wanted)
        if not clubs:
            raise not_found(_("There is no such club among yours."))
    today = clock.today(clubs[0].zone)
    last = month_in("to", month_of(today))
    first = max(
        month_in("from", month_after(last, 1 - SHOWN_MONTHS)), month_after(last, -MOST_MONTHS)
    )
    lens = Lens(
        tuple(club.id for club in clubs),
        min(first, last),
        last,
        **{name: request.args.get(name) for name in ("plan", "term", "source", "trainer")},
    )
    kept = ("club", "from", "to", "by", "plan", "term", "source", "trainer")
    arguments = {name: request.args[name] for name in kept if name in request.args}
    return Asked(lens, clubs, today, arguments)


def month_in(name: str, default: date) -> date:
    """Return the month that an argument of the address names, or another."""
    try:
        return date.fromisoformat(f"{request.args.get(name, '')[:7]}-01")
    except ValueError:
        return default
