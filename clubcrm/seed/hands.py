"""Work shared out among processes that are copies of this one and only hand back what they made."""

import marshal
import multiprocessing
import pickle
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Made = TypeVar("Made")
Send = Callable[[object], None]


class Hand:
    """One forked process at work: what it sends is read from its pipe until it says it has done.

    A forked child has everything before it without a copy, and never touches an open store.
    """

    def __init__(self, work: Callable[[Send], None]) -> None:
        context = multiprocessing.get_context("fork")
        self.pipe, there = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(there, work), daemon=True)
        self._process.start()
        there.close()

    def receive(self) -> object:
        """The next thing it sends. Raises RuntimeError when it ended before its time."""
        try:
            told = self.pipe.recv()
        except EOFError as cause:
            raise RuntimeError("a part of the history ended before its time") from cause
        if isinstance(told, Broken):
            raise RuntimeError(told.why)
        return told

    def end(self) -> None:
        """Its process is gone."""
        self.pipe.close()
        self._process.join()


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows on their way from one process to another, in the quickest spelling that holds them."""

    content: bytes
    is_plain: bool

    @classmethod
    def of(cls, rows: list[Any]) -> "Packed":
        """The rows, packed; plain ones take a quarter of the time."""
        try:
            return cls(marshal.dumps(rows), is_plain=True)
        except ValueError:
            return cls(pickle.dumps(rows), is_plain=False)

    def rows(self) -> list[Sequence[object]]:
        """The rows, as they were."""
        # Both come from our own child through a pipe that nobody else can write to.
        loads = marshal.loads if self.is_plain else pickle.loads
        rows: list[Sequence[object]] = loads(self.content)
        return rows


class Broken:
    """What a process says when it could not go on."""

    def __init__(self, why: str) -> None:
        self.why = why


def _run(pipe: Connection, work: Callable[[Send], None]) -> None:
    try:
        work(pipe.send)
    except BaseException:  # noqa: BLE001 - told to the parent, which raises it
        pipe.send(Broken(traceback.format_exc()))
    pipe.close()


def in_parts(make: Callable[[int], Made], parts: int) -> list[Made]:
    """What `make` answers for each part, made at the same time; the first part is made here."""

    def maker(part: int) -> Callable[[Send], None]:
        return lambda send: send(make(part))

    hands = [Hand(maker(part)) for part in range(1, parts)]
    made = [make(0)]
    for hand in hands:
        made.append(hand.receive())  # type: ignore[arg-type]  # what came is what was made
        hand.end()
    return made
