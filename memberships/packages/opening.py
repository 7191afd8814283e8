"""Services room: many lots at once, each with its buying line and the one that corrects it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert

from clubcrm.core import clock
from clubcrm.core.db import db, unit_id
from memberships.packages.models import VISIT_SERVICE, EntryKind, PackageEntry, PackageLot


@dataclass(frozen=True, slots=True)
class PastLot:
    """Units bought elsewhere; `left` differs from them where some were used there."""

    person_id: int
    contract_id: int | None
    bought: int
    left: int
    ends_on: date | None
    source: tuple[str, str]
    service: str = VISIT_SERVICE


def open_past_lots(club_id: int, lots: Sequence[PastLot], *, by: str, reason: str) -> list[int]:
    """The people have these lots, and the ledger their lines; returns the lots in their order."""
    if not lots:
        return []
    moment = clock.now()
    statement = insert(PackageLot).returning(PackageLot.id, sort_by_parameter_order=True)
    values = [
        {
            "club_id": club_id,
            "person_id": one.person_id,
            "contract_id": one.contract_id,
            "service": one.service,
            "bought": one.bought,
            "remaining": one.left,
            "expires_on": one.ends_on,
            "opened_at": moment,
        }
        for one in lots
    ]
    ids = list(db.session.scalars(statement, values))
    common = {"at": moment, "by": by, "unit_id": unit_id()}
    lines = []
    for lot_id, one in zip(ids, lots, strict=True):
        kind, number = one.source
        line = {"lot_id": lot_id, "source_kind": kind, "source_id": number, **common}
        lines.append({**line, "kind": EntryKind.BUY, "delta": one.bought, "reason": ""})
        if one.left != one.bought:
            correction = {
                "kind": EntryKind.CORRECT,
                "delta": one.left - one.bought,
                "source_kind": "correction",
                "source_id": f"import-{number}"[:80],
                "reason": reason,
            }
            lines.append({**line, **correction})
    db.session.execute(insert(PackageEntry), lines)
    return ids
