"""Services room: every night what each touchpoint does, estimated elsewhere and kept here."""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from clubcrm.core.clubs import Club
from clubcrm.journeys.definitions import current_settings
from clubcrm.reports import evidence
from clubcrm.reports.analyst import ask
from clubcrm.reports.costs import Costs, costs_of
from clubcrm.reports.effect_tables import EffectRun, TouchEffect, TouchOutcome
from clubcrm.reports.evidence import LIVE, Around, Seen
from clubcrm.reports.outcomes import follow
from clubcrm.reports.rules.value import Price, advice, price_of, worth_of
from clubcrm.reports.rules.windows import PROGRAMME, closed_before

Unit = Callable[[], AbstractContextManager[Session]]


def find_out(unit: Unit, club_id: int, night: date) -> int:
    """The findings of the club are those of this night; returns over how many rows.

    The last club of the night also makes the findings of all clubs together.
    """
    follow(unit, club_id, night)
    rows = _all_periods(unit, (club_id,), club_id, night)
    with unit() as session:
        clubs = tuple(session.scalars(select(Club.id).order_by(Club.id)))
    if len(clubs) > 1 and club_id == clubs[-1]:
        rows += _all_periods(unit, clubs, None, night)
    return rows


def _all_periods(unit: Unit, clubs: tuple[int, ...], owner: int | None, night: date) -> int:
    quarter = closed_before(night)
    with unit() as session:
        is_told = session.scalar(
            select(EffectRun.id).where(EffectRun.club_id == owner, EffectRun.period == quarter)
        )
    rows = make_findings(unit, Seen(clubs, LIVE), owner, night)
    if is_told is None:
        rows += make_findings(unit, Seen(clubs, quarter), owner, night)
    return rows


def make_findings(unit: Unit, seen: Seen, owner: int | None, night: date) -> int:
    """The findings of the period stand in the store under this night; returns over how many rows.

    A closed quarter is told once: later nights and later settings leave it as it is.
    """
    with unit() as session:
        tables = evidence.tables_of(session, seen, _control(session, seen))
        beside = evidence.around(session, seen)
        costs = costs_of(session, seen)
    if not tables:
        return 0
    order = {"touchpoints": {code: asdict(table) for code, table in tables.items()}}
    answer = ask("effects", order)
    rows = sum(len(table.treated) for table in tables.values())
    with unit() as session:
        _forget_night(session, seen, owner, night)
        run = EffectRun(
            club_id=owner,
            period=seen.period,
            night=night,
            rows=rows,
            facts={"groups": answer["groups"], "currency": costs.currency},
        )
        session.add(run)
        session.flush()
        for code, figures in answer["touchpoints"].items():
            whole = _with_money(code, figures, beside, costs, seen.period)
            session.add(TouchEffect(run_id=run.id, code=code, figures=whole))
    return rows


def _control(session: Session, seen: Seen) -> float:
    shares = [current_settings(club, session).trial.control for club in seen.club_ids]
    known = [one for one in shares if one is not None]
    # Without a planned share there is nothing to check the split of the programme against.
    return sum(known) / len(known) if known else 0.0


def _forget_night(session: Session, seen: Seen, owner: int | None, night: date) -> None:
    same = select(EffectRun.id).where(
        EffectRun.club_id == owner, EffectRun.period == seen.period, EffectRun.night == night
    )
    session.execute(delete(TouchEffect).where(TouchEffect.run_id.in_(same)))
    session.execute(delete(EffectRun).where(EffectRun.id.in_(same)))


def _with_money(
    code: str,
    figures: dict[str, Any],
    beside: dict[tuple[str, str], Around],
    costs: Costs,
    period: str,
) -> dict[str, Any]:
    """Add who was reached, the guards, and what a hundred contacts bring."""
    treated, held = beside.get((code, "T")), beside.get((code, "H"))
    whole = figures | {
        "eligible": [treated.eligible if treated else 0, held.eligible if held else 0],
        "reached": treated.delivered / treated.known if treated and treated.known else None,
        "guards": _guards(treated, held),
        "involuntary": [one.involuntary if one else 0 for one in (treated, held)],
    }
    return whole | _money(code, whole, costs, period)


def _guards(treated: Around | None, held: Around | None) -> dict[str, list[float | None]]:
    return {
        name: [
            one.guards[name] / one.known if one and one.known else None for one in (treated, held)
        ]
        for name in evidence.GUARDS
    }


def _money(code: str, whole: dict[str, Any], costs: Costs, period: str) -> dict[str, Any]:
    renewal, look = whole["renewal"], "live" if period == LIVE else "fixed"
    verdict = renewal.get(f"verdict_{look}", "too_few")
    worth = None
    if renewal["shown"] and whole["reached"] and costs.currency and code != PROGRAMME:
        low, high = renewal[look]
        contact = price_of(costs.minutes(code), costs.wage_minor, costs.messages.get(code, 0.0))
        price = Price(contact, costs.discount(code), costs.renewal(code))
        effect = (low, renewal["difference"], high)
        worth = worth_of(effect, whole["reached"], renewal["rates"][0], price)
    figures = {} if worth is None else asdict(worth)
    return {"worth": figures or None, "advice": advice(verdict, worth)}


def pace_of(session: Session, club_ids: tuple[int, ...], code: str, today: date) -> float:
    """Return how many members a month become eligible for a code, by the last 180 days."""
    since = date.fromordinal(today.toordinal() - 180)
    found = session.scalar(
        select(func.count()).where(
            TouchOutcome.club_id.in_(club_ids),
            TouchOutcome.code == code,
            TouchOutcome.is_first,
            TouchOutcome.eligible_on > since,
        )
    )
    return (found or 0) / 6


def months_for(rows: int, pace: float) -> int | None:
    """Return after how many months at this pace so many more are in; None when none come."""
    return math.ceil(rows / pace) if pace > 0 else None
