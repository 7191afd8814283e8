"""Queries room: how the club kept its times: one row per group, each number a list of tickets."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import and_, select

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.tickets.models import Ticket
from clubcrm.tickets.queries import (
    Shown,
    Viewer,
    answered_in_time,
    answered_late,
    names_of,
)
from clubcrm.tickets.rules.measures import Answered, Measures, measured


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a report, both included, by the club's clock."""

    first: date
    last: date
    zone: str

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """Return the half-open interval of instants."""
        return (
            clock.day_bounds(self.first, self.zone)[0],
            clock.day_bounds(self.last, self.zone)[1],
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of the report: its measures, its name where it is a person's, and its lists."""

    measures: Measures
    name: str
    all_href: str
    in_time_href: str
    late_href: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """The whole report."""

    by: str
    whole: Kept
    rows: tuple[Kept, ...]
    waiting_href: str


def keeping(viewer: Viewer, span: Span, by: str, moment: datetime) -> Keeping:
    """Return how soon the tickets of a span were answered, in groups."""
    begins, ends = span.bounds
    column = {
        "priority": Ticket.priority,
        "origin": Ticket.origin,
        "assignee": Ticket.assigned_to,
    }[by]
    rows = db.session.execute(
        select(
            column,
            answered_in_time(),
            answered_late(moment),
            Ticket.first_answer_minutes,
            Ticket.turn > 1,
        ).where(and_(viewer.sees(), Ticket.opened_at >= begins, Ticket.opened_at < ends))
    )
    groups: dict[str, list[Answered]] = defaultdict(list)
    for group, in_time, late, minutes, again in rows:
        key = "0" if group is None else str(getattr(group, "value", group))
        groups[key].append(Answered(key, bool(in_time), bool(late), minutes, bool(again)))
    people = names_of([f"user:{key}" for key in groups]) if by == "assignee" else {}
    kept = tuple(
        _kept(measured(key, groups[key]), people.get(f"user:{key}", ""), span, {by: key})
        for key in sorted(groups, key=lambda one: (-len(groups[one]), one))
    )
    everything = [one for rows_of in groups.values() for one in rows_of]
    whole = _kept(measured("", everything), "", span, {})
    return Keeping(by, whole, kept, url_for("tickets.index", show=Shown.LATE.value))


def _kept(measures: Measures, name: str, span: Span, narrow: dict[str, str]) -> Kept:
    asked: dict[str, Any] = {
        "show": Shown.ALL.value,
        "from": span.first.isoformat(),
        "until": (span.last + timedelta(days=1)).isoformat(),
        **narrow,
    }
    return Kept(
        measures,
        name,
        url_for("tickets.index", **asked),
        url_for("tickets.index", **asked, in_time="yes"),
        url_for("tickets.index", **asked, in_time="no"),
    )
