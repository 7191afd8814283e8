"""Services room: what a sender has begun and ended, kept outside the store while a batch leaves.

A batch is handed over in one transaction, so the store alone cannot tell which of its letters had
been begun when the sender died. This file can: a line before each letter and a line after it. Its
lock lasts as long as the sender, and it is believed only under that lock and since the same start
of the machine; else every letter of the batch counts as possibly sent.
"""

import contextlib
import dataclasses
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from clubcrm.messaging.rules.delivery import Outcome, Receipt

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
FOLDER = "outbox"
NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND


class Progress:
    """The open file of a living sender; without a folder to write in, nothing is kept."""

    def __init__(self, folder: Path, token: str) -> None:
        self._path = path_of(folder, token)
        self._file: int | None = None
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(
                self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND, 0o600
            )
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._write(_boot_id())

    def begins(self, message_id: int) -> None:
        """The next word to the server belongs to this message."""
        self._write(f"b {message_id}")

    def ends(self, message_id: int, receipt: Receipt) -> None:
        """The message has its receipt, whether or not the store will hear of it from us."""
        said = {"outcome": receipt.outcome, "words": receipt.words[:200], "code": receipt.code}
        more = {"provider_id": receipt.provider_id, "parts": receipt.parts}
        self._write(f"e {message_id} {json.dumps({**said, **more})}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The file has done its duty once all is in the store; else it waits to be read."""
        if self._file is None:
            return
        if kind is None:
            with contextlib.suppress(OSError):
                self._path.unlink()
        os.close(self._file)
        self._file = None

    def _write(self, line: str) -> None:
        if self._file is not None:
            os.write(self._file, f"{line}\n".encode())


@dataclasses.dataclass(frozen=True, slots=True)
class Left:
    """What a dead sender left behind: which messages it had begun, and the receipts it had."""

    begun: frozenset[int]
    ended: dict[int, Receipt]


def left_by(folder: Path, token: str) -> Left | None:
    """Return what the file of a dead sender tells; None when it cannot be believed."""
    with _locked(path_of(folder, token)) as file:
        if file is None:
            return None
        with os.fdopen(os.dup(file), encoding="utf-8") as reader:
            text = reader.read()
    lines = text.split("\n")
    if lines[0] != _boot_id() or lines[-1] != "":
        return None
    return _read(lines[1:-1])


def forget(folder: Path, tokens: set[str]) -> None:
    """Files of dead senders are gone, but for those of the tokens."""
    kept = {path_of(folder, token) for token in tokens}
    for path in (folder / FOLDER).glob("*.log"):
        if path not in kept:
            with _locked(path) as file:
                if file is not None:
                    path.unlink(missing_ok=True)


def path_of(folder: Path, token: str) -> Path:
    """Return where the sender of a token writes."""
    return folder / FOLDER / f"{token.replace(':', '-')}.log"


def _read(lines: list[str]) -> Left | None:
    begun: set[int] = set()
    ended: dict[int, Receipt] = {}
    try:
        for line in lines:
            mark, _space, rest = line.partition(" ")
            number, _space, said = rest.partition(" ")
            begun.add(int(number))
            if mark == "e":
                told = json.loads(said)
                ended[int(number)] = Receipt(**{**told, "outcome": Outcome(told["outcome"])})
    except (ValueError, KeyError, TypeError):
        return None
    return Left(frozenset(begun), ended)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int | None]:
    # The kernel frees the lock with the process: who gets it knows that the sender is dead.
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        yield None
        return
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        yield file
    finally:
        os.close(file)


def _boot_id() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return "unknown start"
