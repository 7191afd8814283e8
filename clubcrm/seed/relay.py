"""Tells the passages in one process, or in several at once that hand their rows to this one.

What needs no visit in the store is told beside them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait

from access_control.models import AccessEvent, Visit, VisitDay
from clubcrm.seed.ground import Deed, Ground, Lot
from clubcrm.seed.hands import Hand, Send
from clubcrm.seed.passages import Batch, Part, Passages
from clubcrm.seed.strangers import Stranger, Strangers

Beside = Callable[[Ground], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one part knows at its end beside its rows: its lots, and the strangers it saw."""

    part: int
    lots: dict[tuple[int, int], Lot]
    strangers: list[Stranger]


@dataclass(frozen=True, slots=True)
class Rows:
    """Complete rows of one table, told beside the passages."""

    table: str
    rows: list[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Aside:
    """What is known at the end of what was told beside: keys given, deeds, people hired."""

    next_ids: dict[str, int]
    deeds: list[Deed]
    staff: dict[str, int]


def tell_all(
    ground: Ground, strangers: Strangers, scans: list[int], workers: int, beside: Beside
) -> Iterator[Batch]:
    """The rows of all scans; the ground is as after the last one, and as `beside` leaves it."""
    events, visits = ground.store.sink(AccessEvent), ground.store.sink(Visit)
    ground.store.sink(VisitDay)
    firsts = events.reserve(len(scans)), visits.reserve(len(scans))
    parts = [
        Passages(ground, strangers, Part(number, workers, *firsts)) for number in range(workers)
    ]
    if workers == 1:
        beside(ground)
        yield from parts[0].tell(scans)
        return
    ground.store.open_all()
    ground.store.flush()
    hands = [Hand(lambda send: _tell_beside(send, ground, beside))]
    hands += [Hand(_part_of(passages, ground, strangers, scans)) for passages in parts]
    yield from _collect(hands, ground, strangers)


def _part_of(
    passages: Passages, ground: Ground, strangers: Strangers, scans: list[int]
) -> Callable[[Send], None]:
    def tell(send: Send) -> None:
        for batch in passages.tell(scans):
            send(batch)
        lots = {key: lot for key, lot in ground.lots.items() if passages.is_mine(key[0])}
        send(Outcome(passages.part.number, lots, strangers.listed))

    return tell


def _tell_beside(send: Send, ground: Ground, beside: Beside) -> None:
    known = len(ground.deeds)
    ground.store.lend(lambda table, rows: send(Rows(table, rows)))
    beside(ground)
    ground.store.hand_over()
    send(Aside(ground.store.next_ids(), ground.deeds[known:], ground.staff))


def _collect(hands: list[Hand], ground: Ground, strangers: Strangers) -> Iterator[Batch]:
    waiting = {hand.pipe: hand for hand in hands}
    while waiting:
        for pipe in wait(list(waiting)):
            hand = next(one for one in waiting.values() if one.pipe is pipe)
            told = hand.receive()
            if isinstance(told, Batch):
                yield told
            elif isinstance(told, Rows):
                ground.store.receive(told.table, told.rows)
            else:
                _take_over(told, ground, strangers)
                del waiting[hand.pipe]
                hand.end()


def _take_over(told: object, ground: Ground, strangers: Strangers) -> None:
    if isinstance(told, Aside):
        ground.store.skip_to(told.next_ids)
        ground.deeds.extend(told.deeds)
        ground.staff.update(told.staff)
    elif isinstance(told, Outcome):
        ground.lots.update(told.lots)
        if told.part == 0:
            strangers.listed[:] = told.strangers
