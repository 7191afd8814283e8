"""Queries room: how soon somebody tries to speak with a lead, and who waits for too long now."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from clubcrm.core.db import db
from clubcrm.leads.models import Lead
from clubcrm.leads.rules.stages import OPEN
from clubcrm.reports.funnel import LeadLens, LeadsBy, from_leads, lead_columns, shown_key
from clubcrm.reports.rules.answers import Speed, speed_of

ANSWERED: ColumnElement[bool] = Lead.first_attempt_at.is_not(None)
IN_TIME: ColumnElement[bool] = and_(ANSWERED, Lead.first_attempt_at <= Lead.answer_by)


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A seller or a source: leads, how soon they were tried, and how many wait too long now."""

    key: Any
    name: str
    leads: int
    speed: Speed
    late: int


def late_at(now: datetime) -> ColumnElement[bool]:
    """Return the condition that nobody has tried an open lead although its time is over."""
    return and_(Lead.state.in_(OPEN), ~ANSWERED, Lead.answer_by <= now)


def answers_of(lens: LeadLens, by: LeadsBy, now: datetime) -> list[AnswerLine]:
    """Return the speed of each seller or source, the one with most leads first."""
    key, name = lead_columns(lens, by)
    rows = db.session.execute(
        from_leads(select(key, name, Lead.first_attempt_minutes, IN_TIME)).where(lens.holds())
    )
    names: dict[Any, str] = {}
    counted: dict[Any, int] = defaultdict(int)
    minutes: dict[Any, list[int]] = defaultdict(list)
    in_time: dict[Any, int] = defaultdict(int)
    for one, called, took, soon in rows:
        names[one], counted[one] = str(called or ""), counted[one] + 1
        if took is not None:
            minutes[one].append(took)
            in_time[one] += bool(soon)
    # A month of the past says nothing of who waits now.
    late = {} if by is LeadsBy.MONTH else _late(lens, by, now, names)
    return [
        AnswerLine(
            shown_key(lens, by, one),
            names[one],
            counted[one],
            speed_of(minutes[one], in_time[one]),
            late.get(one, 0),
        )
        for one in sorted(names, key=lambda each: (-counted[each], names[each]))
    ]


def whole_speed(lens: LeadLens) -> Speed:
    """Return the speed of all leads together."""
    rows = db.session.execute(
        from_leads(select(Lead.first_attempt_minutes, IN_TIME)).where(lens.holds(), ANSWERED)
    ).all()
    return speed_of([row[0] for row in rows if row[0] is not None], sum(bool(r[1]) for r in rows))


def _late(lens: LeadLens, by: LeadsBy, now: datetime, names: dict[Any, str]) -> dict[Any, int]:
    """Count who waits now, whenever he came; a name without leads of these months is added."""
    key, name = lead_columns(lens, by)
    rows = db.session.execute(
        from_leads(select(key, name, func.count()))
        .where(lens.whenever().holds(), late_at(now))
        .group_by(key, name)
    ).all()
    for one, called, _count in rows:
        names.setdefault(one, str(called or ""))
    return {row[0]: row[2] for row in rows}
