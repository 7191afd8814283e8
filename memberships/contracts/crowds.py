"""Queries room: what many people's contracts allow on one day, in two selects for all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam

from clubcrm.core.db import live_connection
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockFact
from memberships.contracts.models import Contract
from memberships.contracts.queries import (
    blocks_from,
    blocks_select,
    recent,
    rights_from,
    rights_select,
)
from memberships.contracts.rules import MemberRights, without_idle_freezes

_PEOPLE: Any = bindparam("people", expanding=True)
_RIGHTS = recent(rights_select(Contract.person_id.in_(_PEOPLE)), Contract.person_id)
_BLOCKS = blocks_select(Block.person_id.in_(_PEOPLE))


@dataclass(slots=True)
class Grant:
    """What one person may on a day, and how that changes while units are drawn from his lots."""

    on: date
    rows: list[Any] = field(default_factory=list)
    blocks: tuple[BlockFact, ...] = ()
    _drawn: tuple[int, ...] | None = None
    _rights: MemberRights | None = None

    @property
    def lots(self) -> list[int]:
        """Return the lots that may pay for visits."""
        return [row.lot_id for row in self.rows if row.lot_id is not None]

    def rights(self, drawn: Mapping[int, int]) -> MemberRights:
        """Return the rights when so many units were drawn from lots since they were read."""
        lots = tuple(drawn.get(row.lot_id, 0) for row in self.rows)
        if self._rights is None or lots != self._drawn:
            rows = [
                row if not gone else _Left(row, gone)
                for row, gone in zip(self.rows, lots, strict=True)
            ]
            told = MemberRights(rights_from(rows, self.on), self.blocks)
            self._rights, self._drawn = without_idle_freezes(told, self.on), lots
        return self._rights


class _Left:
    """A row of which some units are gone."""

    def __init__(self, row: Any, gone: int) -> None:
        self._row = row
        self.remaining = row.remaining - gone

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, name)


def grants_on(people: Sequence[int], on: date) -> dict[int, Grant]:
    """Return what each of these people may around a membership day, exactly as `rights_at` does."""
    found = {person: Grant(on) for person in people}
    if not people:
        return found
    asked = {"people": people, "on": on}
    connection = live_connection()
    for row in connection.execute(_RIGHTS, asked):
        found[row.person_id].rows.append(row)
    blocks: defaultdict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(_BLOCKS, asked):
        blocks[row.person_id].append(row)
    for person, rows in blocks.items():
        found[person].blocks = blocks_from(rows)
    return found
