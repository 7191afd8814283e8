"""Tells the passages in one process, or in several at once that hand their rows to this one."""

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from access_control.models import AccessEvent, Visit, VisitDay
from clubcrm.seed.ground import Ground, Lot
from clubcrm.seed.passages import Batch, Part, Passages
from clubcrm.seed.strangers import Stranger, Strangers


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one part knows at its end beside its rows: its lots, and the strangers it saw."""

    part: int
    lots: dict[tuple[int, int], Lot]
    strangers: list[Stranger]


def tell_all(
    ground: Ground, strangers: Strangers, scans: list[int], workers: int
) -> Iterator[Batch]:
    """The rows of all scans; lots and strangers of the ground are those after the last one."""
    events, visits = ground.store.sink(AccessEvent), ground.store.sink(Visit)
    ground.store.sink(VisitDay)
    firsts = events.reserve(len(scans)), visits.reserve(len(scans))
    parts = [
        Passages(ground, strangers, Part(number, workers, *firsts)) for number in range(workers)
    ]
    if workers == 1:
        yield from parts[0].tell(scans)
        return
    # A forked child has the whole ground before it without a copy, and never touches the store.
    context = multiprocessing.get_context("fork")
    pipes: list[Connection] = []
    children = []
    for passages in parts:
        here, there = context.Pipe(duplex=False)
        child = context.Process(target=_work, args=(there, passages, ground, strangers, scans))
        child.start()
        there.close()
        pipes.append(here)
        children.append(child)
    yield from _collect(pipes, ground, strangers)
    for child in children:
        child.join()


def _work(
    pipe: Connection, passages: Passages, ground: Ground, strangers: Strangers, scans: list[int]
) -> None:
    for batch in passages.tell(scans):
        pipe.send(batch)
    lots = {key: lot for key, lot in ground.lots.items() if passages.is_mine(key[0])}
    pipe.send(Outcome(passages.part.number, lots, strangers.listed))
    pipe.close()


def _collect(pipes: list[Connection], ground: Ground, strangers: Strangers) -> Iterator[Batch]:
    waiting: list[Connection] = list(pipes)
    while waiting:
        for pipe in wait(waiting):
            if not isinstance(pipe, Connection):
                continue
            try:
                told = pipe.recv()
            except EOFError as cause:
                raise RuntimeError("a part of the history ended before its time") from cause
            if isinstance(told, Outcome):
                waiting.remove(pipe)
                _take_over(told, ground, strangers)
            else:
                yield told


def _take_over(told: Outcome, ground: Ground, strangers: Strangers) -> None:
    ground.lots.update(told.lots)
    if told.part == 0:
        strangers.listed[:] = told.strangers
