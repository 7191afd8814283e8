"""Services room: every night what each touchpoint does, estimated elsewhere and kept here."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import Unit
from clubcrm.journeys.api import current_settings
from clubcrm.reports import evidence
from clubcrm.reports.analyst import ask
from clubcrm.reports.costs import Costs, costs_of
from clubcrm.reports.effect_tables import EffectRun, TouchEffect
from clubcrm.reports.eligible_columns import tables_of
from clubcrm.reports.evidence import LIVE, Around, Seen
from clubcrm.reports.outcomes import follow
from clubcrm.reports.rules.value import Price, advice, price_of, worth_of
from clubcrm.reports.rules.windows import PROGRAMME, closed_before


@dataclass(frozen=True, slots=True)
class _Told:
    """One set of findings to make: whose they are, and what is seen."""

    owner: int | None
    seen: Seen


@dataclass(frozen=True, slots=True)
class _Known:
    """What stands beside the estimates of one set of findings."""

    beside: dict[tuple[str, str], Around]
    costs: Costs
    rows: int
    paces: dict[str, float]


def find_out(unit: Unit, club_id: int, night: date) -> int:
    """The findings of the club are those of this night; returns over how many rows.

    The last club of the night also makes the findings of all clubs together.
    """
    follow(unit, club_id, night)
    with unit(write=False) as session:
        clubs = tuple(session.scalars(select(Club.id).order_by(Club.id)))
    owners: list[tuple[int | None, tuple[int, ...]]] = [(club_id, (club_id,))]
    if len(clubs) > 1 and club_id == clubs[-1]:
        owners.append((None, clubs))
    return tell_night(unit, owners, night, clock.now())


def tell_night(
    unit: Unit,
    owners: Sequence[tuple[int | None, tuple[int, ...]]],
    night: date,
    moment: datetime,
) -> int:
    """The findings of each owner stand in the store under this night; returns over how many rows.

    A closed quarter is told once: later nights and later settings leave it as it is.
    """
    wanted: list[tuple[_Told, _Known]] = []
    orders: list[dict[str, Any]] = []
    with unit(write=False) as session:
        for told in _wanted(session, owners, night):
            tables = tables_of(session, told.seen, _control(session, told.seen))
            if tables:
                rows = sum(len(table.treated) for table in tables.values())
                beside = evidence.around(session, told.seen)
                costs = costs_of(session, told.seen)
                paces = evidence.paces(session, told.seen, night)
                wanted.append((told, _Known(beside, costs, rows, paces)))
                orders.append({"touchpoints": {c: table.columns() for c, table in tables.items()}})
    if not orders:
        return 0
    answers = ask("all_effects", {"orders": orders})["answers"]
    with unit() as session:
        for (told, known), answer in zip(wanted, answers, strict=True):
            _forget_night(session, told, night)
            _keep(session, told, known, answer, (night, moment))
    return sum(known.rows for _, known in wanted)


def _wanted(
    session: Session, owners: Sequence[tuple[int | None, tuple[int, ...]]], night: date
) -> list[_Told]:
    quarter, wanted = closed_before(night), []
    for owner, clubs in owners:
        wanted.append(_Told(owner, Seen(clubs, LIVE)))
        is_told = session.scalar(
            select(EffectRun.id).where(EffectRun.club_id == owner, EffectRun.period == quarter)
        )
        if is_told is None:
            wanted.append(_Told(owner, Seen(clubs, quarter)))
    return wanted


def _keep(
    session: Session,
    told: _Told,
    known: _Known,
    answer: dict[str, Any],
    when: tuple[date, datetime],
) -> None:
    run = EffectRun(
        club_id=told.owner,
        period=told.seen.period,
        night=when[0],
        made_at=when[1],
        rows=known.rows,
        facts={"groups": answer["groups"], "currency": known.costs.currency},
    )
    session.add(run)
    session.flush()
    for code, figures in answer["touchpoints"].items():
        whole = _with_money(code, figures, known, told.seen.period)
        session.add(TouchEffect(run_id=run.id, code=code, figures=whole))


def _control(session: Session, seen: Seen) -> float:
    shares = [current_settings(club, session).trial.control for club in seen.club_ids]
    known = [one for one in shares if one is not None]
    # Without a planned share there is nothing to check the split of the programme against.
    return sum(known) / len(known) if known else 0.0


def _forget_night(session: Session, told: _Told, night: date) -> None:
    same = select(EffectRun.id).where(
        EffectRun.club_id == told.owner,
        EffectRun.period == told.seen.period,
        EffectRun.night == night,
    )
    session.execute(delete(TouchEffect).where(TouchEffect.run_id.in_(same)))
    session.execute(delete(EffectRun).where(EffectRun.id.in_(same)))


def _with_money(code: str, figures: dict[str, Any], known: _Known, period: str) -> dict[str, Any]:
    """Add who was reached, the guards, and what a hundred contacts bring."""
    treated, held = known.beside.get((code, "T")), known.beside.get((code, "H"))
    whole = figures | {
        "eligible": [treated.eligible if treated else 0, held.eligible if held else 0],
        "reached": treated.delivered / treated.known if treated and treated.known else None,
        "guards": _guards(treated, held),
        "involuntary": [one.involuntary if one else 0 for one in (treated, held)],
        "weekly": known.paces.get(code, 0.0),
    }
    return whole | _money(code, whole, known.costs, period)


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
