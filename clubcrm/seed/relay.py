"""Tells the passages in one process, or in several at once that hand their rows to this one.

What needs no visit in the store is told beside them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait

from access_control.models import AccessEvent, Visit, VisitDay
from clubcrm.seed.beside import Aside, Rows, Work, receive_rows, take_over, tell_beside
from clubcrm.seed.ground import Ground, Lot
from clubcrm.seed.hands import Hand, Packed, Send
from clubcrm.seed.passage_rows import Part
from clubcrm.seed.passages import Passages
from clubcrm.seed.strangers import Stranger, Strangers

BESIDE = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one part knows at its end beside its rows: its lots, and the strangers it saw."""

    part: int
    lots: dict[tuple[int, int], Lot]
    strangers: list[Stranger]


class Relay:
    """The rows of all scans, and of all that is told beside them."""

    def __init__(
        self, ground: Ground, strangers: Strangers, scans: list[int], workers: int, beside: Work
    ) -> None:
        self._ground, self._strangers, self._scans, self._beside = ground, strangers, scans, beside
        events, visits = ground.store.sink(AccessEvent), ground.store.sink(Visit)
        self._days = ground.store.sink(VisitDay)
        firsts = events.reserve(len(scans)), visits.reserve(len(scans))
        self._sinks = events, visits, self._days
        self._parts = [
            Passages(ground, strangers, Part(number, workers, *firsts)) for number in range(workers)
        ]
        self._aside: list[Hand] = []

    def passages(self) -> Iterator[int]:
        """The rows of each stretch of scans wait to be written; yields how many scans it was."""
        if len(self._parts) == 1:
            self._beside(self._ground)
            for batch in self._parts[0].tell(self._scans):
                for sink, rows in zip(self._sinks, batch.rows(), strict=True):
                    sink.put_all(rows)
                yield batch.scans
            return
        # Most of it is made while this side builds indexes, by one core alone.
        self._aside = [tell_beside(self._ground, self._beside, BESIDE)]
        hands = [Hand(self._part(passages)) for passages in self._parts]
        yield from self._collect(hands, self._aside)

    def rest(self) -> None:
        """What was told beside waits to be written, and the ground knows what came of it."""
        for _scans in self._collect(self._aside, []):
            pass

    def _part(self, passages: Passages) -> Callable[[Send], None]:
        def tell(send: Send) -> None:
            names = [sink.table.name for sink in self._sinks]
            for batch in passages.tell(self._scans):
                packed = map(Packed.of, batch.rows())
                send(Rows(dict(zip(names, packed, strict=True)), batch.scans))
            lots = self._ground.lots.items()
            mine = {key: lot for key, lot in lots if passages.is_mine(key[0])}
            send(Outcome(passages.part.number, mine, self._strangers.listed))

        return tell

    def _collect(self, hands: list[Hand], others: list[Hand]) -> Iterator[int]:
        """Take what comes of all until the first have ended; who of the others ends, leaves."""
        waiting = {hand.pipe: hand for hand in [*hands, *others]}
        while any(hand.pipe in waiting for hand in hands):
            for pipe in wait(list(waiting)):
                hand = next(one for one in waiting.values() if one.pipe is pipe)
                told = hand.receive()
                if isinstance(told, Rows):
                    receive_rows(self._ground, told)
                    yield told.scans
                else:
                    self._take_over(told)
                    del waiting[hand.pipe]
                    hand.end()
        others[:] = [hand for hand in others if hand.pipe in waiting]

    def _take_over(self, told: object) -> None:
        ground = self._ground
        if isinstance(told, Aside):
            take_over(ground, told)
        elif isinstance(told, Outcome):
            ground.lots.update(told.lots)
            if told.part == 0:
                self._strangers.listed[:] = told.strangers
