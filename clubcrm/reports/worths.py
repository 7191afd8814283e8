"""Queries room: what one more renewal brings: the term itself and those that follow it."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Float, cast, func, select
from sqlalchemy.orm import Session

from clubcrm.reports.effect_tables import TouchOutcome
from clubcrm.reports.evidence import Seen
from clubcrm.reports.models import AnalysisKind, AnalysisResult, RenewalDue
from clubcrm.reports.rules.value import terms_won
from memberships.contracts.models import Contract


def worths_of(session: Session, seen: Seen) -> dict[str, float]:
    """Return for each code the mean price of its members' terms times the terms a renewal brings.

    A club whose retention could not be fitted counts the renewed term alone.
    """
    fitted = {club: _fitted(session, club) for club in seen.club_ids}
    rows = session.execute(
        select(
            TouchOutcome.code,
            TouchOutcome.club_id,
            RenewalDue.term,
            RenewalDue.turn,
            func.count(),
            cast(func.avg(Contract.price_minor), Float),
        )
        .join(Contract, Contract.id == TouchOutcome.contract_id)
        .outerjoin(
            RenewalDue,
            (RenewalDue.contract_id == TouchOutcome.contract_id)
            & (RenewalDue.due_on == TouchOutcome.due_on),
        )
        .where(TouchOutcome.club_id.in_(seen.club_ids), Contract.price_minor > 0)
        .group_by(TouchOutcome.code, TouchOutcome.club_id, RenewalDue.term, RenewalDue.turn)
    )
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for code, club, term, turn, count, price in rows:
        won = terms_won(fitted[club].get(term or ""), turn or 1)
        sums[code][0] += count * price * won
        sums[code][1] += count
    return {code: total / count for code, (total, count) in sums.items()}


def _fitted(session: Session, club_id: int) -> dict[str, list[float]]:
    """Return for each fitted length of term how many terms its n-th renewal brings."""
    kept = session.get(AnalysisResult, (club_id, AnalysisKind.FORECAST))
    terms: list[dict[str, Any]] = kept.figures.get("terms", []) if kept else []
    return {one["term"]: one["renewal_worth"] for one in terms if one.get("renewal_worth")}
