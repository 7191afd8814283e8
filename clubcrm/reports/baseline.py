"""Services room: when the club began to work this way, and figures of the time before."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from clubcrm.core import audit
from clubcrm.core.clock import now
from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.months import month_of
from clubcrm.reports.introduction import INTRODUCED_ON, introduced_on
from clubcrm.reports.models import BaselineFigure

MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """What somebody knows of a month: requests, contracts from them, minutes to an answer."""

    month: date
    leads: int | None
    contracts: int | None
    minutes: int | None


def introduce(club_id: int, day: date, today: date, *, by: str) -> None:
    """The club works with journeys since this day; raises INVALID_INPUT when it lies ahead."""
    if day > today:
        raise invalid({"introduced_on": _("This day has not come yet.")})
    before = introduced_on(club_id)
    set_club_setting(club_id, INTRODUCED_ON, day.isoformat())
    audit.note(
        "reports.introduced",
        "club",
        club_id,
        before={"introduced_on": before},
        after={"introduced_on": day},
        by=by,
    )


def note_month(club_id: int, figures: MonthFigures, today: date, *, by: str) -> BaselineFigure:
    """The month has these figures; raises INVALID_INPUT for months ahead and odd numbers."""
    _check(figures, today)
    month = month_of(figures.month)
    row = db.session.get(BaselineFigure, (club_id, month))
    if row is None:
        row = BaselineFigure(club_id=club_id, month=month, noted_by=by)
        db.session.add(row)
    row.leads, row.contracts, row.minutes = figures.leads, figures.contracts, figures.minutes
    row.noted_by, row.noted_at = by, now()
    db.session.flush()
    audit.note(
        "reports.baseline",
        "club",
        club_id,
        after={
            "month": month,
            "leads": figures.leads,
            "contracts": figures.contracts,
            "minutes": figures.minutes,
        },
        by=by,
    )
    return row


def _check(figures: MonthFigures, today: date) -> None:
    wrong: dict[str, str] = {}
    if figures.month > today:
        wrong["month"] = _("This month has not come yet.")
    for name in ("leads", "contracts", "minutes"):
        value = getattr(figures, name)
        if value is not None and not 0 <= value <= MOST:
            wrong[name] = _("Expected a whole number, nothing below zero.")
    if figures.contracts and figures.contracts > (figures.leads or 0):
        wrong["contracts"] = _("There cannot be more contracts than requests.")
    if wrong:
        raise invalid(wrong)
