"""Services room: units drawn for many visits: told one by one, written together.

The rules are those of `use_visit`: a unit and its ledger line change together, the guarded update
decides, and the member is told once per lot that few are left.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update

from clubcrm.core import failpoints
from clubcrm.core.db import db, live_connection, unit_id
from clubcrm.core.events import Fact
from clubcrm.core.prepared import Prepared
from memberships.events import PackageLow
from memberships.packages.models import EntryKind, PackageEntry, PackageLot, PackageNotice
from memberships.packages.rules import is_low

_lot = cast(Table, PackageLot.__table__)
_entry = cast(Table, PackageEntry.__table__)
_TAKE = Prepared(
    update(_lot)
    .where(_lot.c.id == bindparam("lot"), _lot.c.remaining >= bindparam("units"))
    .values(remaining=_lot.c.remaining - bindparam("units")),
)
_ADD_LINES = Prepared(
    insert(_entry),
    *("lot_id", "kind", "delta", "source_kind", "source_id", "reason", "at", "by", "unit_id"),
)


class LotEmptyError(Exception):
    """A unit that was there when the lots were read has been drawn by somebody else."""


@dataclass(slots=True)
class _Lot:
    remaining: int
    person_id: int
    club_id: int
    noticed: bool


class Draws:
    """Units drawn from lots in memory, until `write` makes them so."""

    def __init__(self, source_kind: str) -> None:
        self.drawn: Counter[int] = Counter()
        self._source_kind = source_kind
        self._lots: dict[int, _Lot] = {}
        self._fresh: Counter[int] = Counter()
        self._lines: list[dict[str, Any]] = []
        self._notices: list[dict[str, Any]] = []

    def know(self, lots: Iterable[int]) -> None:
        """Read these lots anew; nothing counts as drawn from them since."""
        wanted = set(lots)
        if not wanted:
            return
        rows = db.session.execute(
            select(_lot.c.id, _lot.c.remaining, _lot.c.person_id, _lot.c.club_id, PackageNotice.at)
            .outerjoin(PackageNotice, PackageNotice.lot_id == _lot.c.id)
            .where(_lot.c.id.in_(wanted))
        )
        for row in rows:
            self._lots[row.id] = _Lot(row.remaining, row.person_id, row.club_id, bool(row.at))
            del self.drawn[row.id]

    def draw(self, lot_id: int, source_id: str, at: datetime, by: str) -> Sequence[Fact]:
        """One unit is drawn for this source; returns what is to be told of it.

        Raises LotEmptyError when the lot holds none.
        """
        lot = self._lots[lot_id]
        if lot.remaining <= 0:
            raise LotEmptyError
        lot.remaining -= 1
        self.drawn[lot_id] += 1
        self._fresh[lot_id] += 1
        self._lines.append(
            {
                "lot_id": lot_id,
                "kind": EntryKind.USE,
                "delta": -1,
                "source_kind": self._source_kind,
                "source_id": source_id,
                "reason": "",
                "at": at,
                "by": by,
                "unit_id": unit_id(),
            }
        )
        if lot.noticed or not is_low(lot.remaining):
            return ()
        lot.noticed = True
        self._notices.append({"lot_id": lot_id, "at": at})
        return (PackageLow(lot.club_id, at, lot_id, lot.person_id, lot.remaining),)

    def write(self) -> None:
        """The units are gone and their lines stand; raises LotEmptyError when one was not there."""
        if not self._lines:
            return
        connection = live_connection()
        for lot_id, units in sorted(self._fresh.items()):
            if _TAKE.run(connection, {"lot": lot_id, "units": units}) != 1:
                raise LotEmptyError
        failpoints.hit("redeem.after_check")
        _ADD_LINES.run_many(connection, self._lines)
        if self._notices:
            connection.execute(insert(PackageNotice), self._notices)
        self._fresh.clear()
        self._lines.clear()
        self._notices.clear()
