"""Queries room: the rows that findings are made of, as columns per touchpoint, and their costs."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Float, Row, case, cast, func, or_, select
from sqlalchemy.orm import Session

from clubcrm.journeys.models import Eligibility, Touchpoint
from clubcrm.messaging.tracking import Dispatch
from clubcrm.reports.effect_tables import Outcome, TouchOutcome
from clubcrm.reports.rules.windows import ENGAGEMENT, PROGRAMME, quarter_days

LIVE = "live"
UNKNOWN = -1
PACE_WEEKS = 13
GUARDS = ("opted_out", "complained", "refunded")


@dataclass(slots=True)
class Table:
    """The columns of one touchpoint, as the question of effects takes them."""

    outcome: str
    treated: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    primary: list[float] = field(default_factory=list)
    renewed: list[int] = field(default_factory=list)
    person: list[int] = field(default_factory=list)
    stratum: list[int] = field(default_factory=list)
    cycle: list[int] = field(default_factory=list)
    term: list[int] = field(default_factory=list)
    share: list[float] = field(default_factory=list)

    def columns(self) -> dict[str, Any]:
        """The columns by name, as they are: nobody changes them any more."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a period lets one see: everything settled so far, or what settled within a quarter."""

    club_ids: tuple[int, ...]
    period: str = LIVE

    def days(self) -> tuple[date, date]:
        """Return the first day, and the day after the last."""
        return (date.min, date.max) if self.period == LIVE else quarter_days(self.period)


def tables_of(session: Session, seen: Seen, control: float) -> dict[str, Table]:
    """Return the columns of each touchpoint; `ALL` compares the programme with its control group.

    Only the first eligibility of a member, cycle and code is compared. Members of the control group
    get nothing at all, so they say nothing about a single code.
    """
    tables: dict[str, Table] = {}
    strata: dict[tuple[int, float], int] = {}
    begun: set[tuple[int, int]] = set()
    for row in _rows(session, seen):
        stratum = strata.setdefault((row.club_id, row.share), len(strata))
        if not row.is_control:
            table = tables.setdefault(row.code, Table(_outcome(row.kind)))
            _add(table, row, (row.arm == "T", stratum, row.share), row.value)
        if row.code in ENGAGEMENT and (row.person_id, row.cycle_no) not in begun:
            begun.add((row.person_id, row.cycle_no))
            whole = tables.setdefault(PROGRAMME, Table(""))
            _add(whole, row, (not row.is_control, row.club_id, control), None)
    return tables


def _outcome(kind: Outcome) -> str:
    return "" if kind is Outcome.RENEWAL else kind.value


def _add(table: Table, row: Row[Any], drawn: tuple[bool, int, float], value: float | None) -> None:
    treated, stratum, share = drawn
    table.treated.append(int(treated))
    table.before.append(row.pre28)
    table.primary.append(UNKNOWN if value is None else value)
    table.renewed.append(UNKNOWN if row.renewed is None else int(row.renewed))
    table.person.append(row.person_id)
    table.stratum.append(stratum)
    table.cycle.append(row.cycle_no)
    table.term.append(row.term_days)
    table.share.append(share)


def _rows(session: Session, seen: Seen) -> Iterable[Row[Any]]:
    """Rows in the order in which members became eligible; outside the period nothing is known."""
    value: Any = TouchOutcome.value
    renewed: Any = case((TouchOutcome.code.like("J14%"), None), else_=TouchOutcome.renewed)
    chosen = [TouchOutcome.club_id.in_(seen.club_ids), TouchOutcome.is_first]
    if seen.period != LIVE:
        first, after = seen.days()
        own = TouchOutcome.settled_on >= first, TouchOutcome.settled_on < after
        told = TouchOutcome.told_on >= first, TouchOutcome.told_on < after
        value = case((own[0] & own[1], value), else_=None)
        renewed = case((told[0] & told[1], renewed), else_=None)
        chosen.append(or_(own[0] & own[1], told[0] & told[1]))
    return session.execute(
        select(
            TouchOutcome.code,
            TouchOutcome.arm,
            TouchOutcome.is_control,
            TouchOutcome.club_id,
            TouchOutcome.person_id,
            TouchOutcome.kind,
            value.label("value"),
            renewed.label("renewed"),
            Eligibility.pre28,
            Eligibility.share,
            Eligibility.cycle_no,
            Eligibility.term_days,
        )
        .join(Eligibility, Eligibility.id == TouchOutcome.eligibility_id)
        .where(*chosen)
        .order_by(TouchOutcome.eligibility_id)
    )


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside a finding: how many there were, were reached, and what else followed."""

    eligible: int
    known: int
    delivered: int
    guards: dict[str, int]
    involuntary: int


def around(session: Session, seen: Seen) -> dict[tuple[str, str], Around]:
    """Return what stands beside each code and arm (T or H), control group left out."""
    first, after = seen.days()
    chosen = [TouchOutcome.club_id.in_(seen.club_ids), ~TouchOutcome.is_control]
    if seen.period != LIVE:
        chosen += [TouchOutcome.eligible_on >= first, TouchOutcome.eligible_on < after]
    rows = session.execute(
        select(
            TouchOutcome.code,
            TouchOutcome.arm,
            func.count(),
            _times(TouchOutcome.delivered.is_not(None)),
            _times(TouchOutcome.delivered),
            *(_times(getattr(TouchOutcome, name)) for name in GUARDS),
            _times(TouchOutcome.involuntary),
        )
        .where(*chosen, TouchOutcome.is_first)
        .group_by(TouchOutcome.code, TouchOutcome.arm)
    ).all()
    return {
        (row[0], row[1]): Around(
            row[2], row[3], row[4], dict(zip(GUARDS, row[5:8], strict=True)), row[8]
        )
        for row in rows
    }


def _times(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def paces(session: Session, seen: Seen, night: date) -> dict[str, float]:
    """Return how many members a week became eligible for each code, over the last quarter year."""
    since = night - timedelta(weeks=PACE_WEEKS)
    rows = session.execute(
        select(TouchOutcome.code, func.count())
        .where(
            TouchOutcome.club_id.in_(seen.club_ids),
            TouchOutcome.is_first,
            ~TouchOutcome.is_control,
            TouchOutcome.eligible_on > since,
            TouchOutcome.eligible_on <= night,
        )
        .group_by(TouchOutcome.code)
    )
    return {row[0]: row[1] / PACE_WEEKS for row in rows}


def message_costs(session: Session, seen: Seen) -> dict[str, float]:
    """Return what a message of each code has cost in the mean, in the money's smallest unit."""
    rows = session.execute(
        select(Touchpoint.code, cast(func.avg(Dispatch.cost_milli), Float) / 1000)
        .join(Dispatch, Dispatch.message_id == Touchpoint.message_id)
        .where(Touchpoint.club_id.in_(seen.club_ids))
        .group_by(Touchpoint.code)
    ).all()
    return {row[0]: float(row[1]) for row in rows}
