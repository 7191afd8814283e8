"""Parts of the history told by a copy of this process, whose rows are written here."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from clubcrm.seed.ground import Deed, Ground
from clubcrm.seed.hands import Hand, Packed, Send

Work = Callable[[Ground], object]


@dataclass(frozen=True, slots=True)
class Rows:
    """Complete rows of tables, and how many scans they tell."""

    tables: dict[str, Packed]
    scans: int = 0


@dataclass(frozen=True, slots=True)
class Aside:
    """What is known at the end of what was told beside: keys given, deeds, people hired."""

    next_ids: dict[str, int]
    deeds: list[Deed]
    staff: dict[str, int]
    made: object


def tell_beside(ground: Ground, work: Work, patience: int = 0) -> Hand:
    """The work is under way in a process of its own, the more patient the longer it may take."""
    known = len(ground.deeds)

    def tell(send: Send) -> None:
        os.nice(patience)
        ground.store.lend(lambda table, rows: send(Rows({table: Packed.of(rows)})))
        made = work(ground)
        ground.store.hand_over()
        send(Aside(ground.store.next_ids(), ground.deeds[known:], ground.staff, made))

    # Rows that wait here would otherwise be told twice.
    ground.store.open_all()
    ground.store.flush()
    return Hand(tell)


def receive_rows(ground: Ground, rows: Rows) -> None:
    """The rows wait to be written."""
    for table, packed in rows.tables.items():
        ground.store.receive(table, packed.rows())


def take_over(ground: Ground, aside: Aside) -> None:
    """The ground is as the work has left it."""
    ground.store.skip_to(aside.next_ids)
    ground.deeds.extend(aside.deeds)
    ground.staff.update(aside.staff)
