"""Views room: questions to begin with, each a report that may be changed and kept."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _

from clubcrm.reports.rules.built import Condition, Definition, Op


@dataclass(frozen=True, slots=True)
class Starter:
    """A question in words, and where it is asked."""

    words: str
    more: str
    address: str


def starters() -> list[Starter]:
    """Return questions that most clubs ask."""
    return [
        Starter(words, more, address_of(definition)) for words, more, definition in _questions()
    ]


def address_of(definition: Definition) -> str:
    """Return the address under which a question is asked."""
    return f"{url_for('reports.build')}?{urlencode(definition.arguments())}"


def _questions() -> list[tuple[str, str, Definition]]:
    return [*_about_people(), *_about_days()]


def _about_people() -> list[tuple[str, str, Definition]]:
    yes, no = "yes", "no"
    return [
        (
            _("Who is slipping away?"),
            _("Silent for two weeks, the contract ends within 60 days"),
            Definition(
                "members",
                (
                    Condition("member", Op.IS, yes),
                    Condition("last_visit", Op.LONGER, "14"),
                    Condition("ends", Op.NEXT, "60"),
                    Condition("frozen", Op.IS, no),
                    Condition("quiet", Op.IS, no),
                ),
                columns=("name", "phone", "plan", "ends", "last_visit", "visits_28"),
                sort="ends",
            ),
        ),
        (
            _("Who owes money?"),
            _("Overdue today, the largest sum first"),
            Definition(
                "members",
                (Condition("owed", Op.AT_LEAST, "1"),),
                columns=("name", "phone", "owed", "last_visit", "stage"),
                sort="owed",
                descending=True,
            ),
        ),
    ]


def _about_days() -> list[tuple[str, str, Definition]]:
    return [
        (
            _("What came in each month?"),
            _("Payments of a year, month by month"),
            Definition(
                "payments",
                (Condition("day", Op.LAST, "365"),),
                group="day",
                measure="sum:amount",
            ),
        ),
        (
            _("On which days do people come?"),
            _("Visits of eight weeks by weekday"),
            Definition("visits", (Condition("day", Op.LAST, "56"),), group="weekday"),
        ),
        (
            _("What does the bar earn on?"),
            _("Margin by product in four weeks"),
            Definition(
                "bar",
                (Condition("day", Op.LAST, "28"),),
                group="product",
                measure="sum:margin",
            ),
        ),
        (
            _("Where do leads come from?"),
            _("Leads of 90 days by source"),
            Definition("leads", (Condition("arrived", Op.LAST, "90"),), group="source"),
        ),
    ]
