"""The long tail of services by Apprise, in a process of its own that can be left at any time.

Apprise tells only yes or no. A no after a broken line may have been a delivery, so it is unknown;
any other no is a refusal. Neither is sent again by itself.
"""

import contextlib
import json
import subprocess
import sys
import threading
from types import TracebackType
from typing import Self
from urllib.parse import quote

from clubcrm.messaging.channels.base import Letter
from clubcrm.messaging.rules.delivery import Outcome, Receipt

SECONDS = 20.0
_BROKEN = ("connection error", "timeout", "timed out", "socket", "exception")


class AppriseLine:
    """A line to the helper process, which is started with the first letter."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        self._url = url
        self._seconds = seconds
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave()

    def send(self, letter: Letter) -> Receipt:
        """Hand the letter over once and return what became of it."""
        order = {
            "url": self._url.replace("{address}", quote(letter.address, safe="")),
            "title": letter.subject,
            "body": letter.body,
        }
        try:
            child = self._started()
        except OSError as error:
            return Receipt(Outcome.RETRY, f"not started: {error}"[:300], halts=True)
        watch = threading.Timer(self._seconds, child.kill)
        watch.daemon = True
        watch.start()
        try:
            return self._talk(child, json.dumps(order))
        finally:
            watch.cancel()

    def _talk(self, child: "subprocess.Popen[str]", order: str) -> Receipt:
        assert child.stdin is not None  # noqa: S101 - opened as pipes
        assert child.stdout is not None  # noqa: S101 - opened as pipes
        line = ""
        with contextlib.suppress(OSError, ValueError):
            child.stdin.write(order + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
        try:
            said = json.loads(line)
            return judge_words(bool(said["done"]), str(said["words"]))
        except (ValueError, KeyError, TypeError):
            self._leave()
            return Receipt(Outcome.UNKNOWN, f"no end within {self._seconds:g} s")

    def _started(self) -> "subprocess.Popen[str]":
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "clubcrm.messaging.channels.apprise_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        return self._child

    def _leave(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        child.kill()
        child.wait()


def judge_words(done: bool, words: str) -> Receipt:
    """Return what Apprise's yes or no means, with the words of its log."""
    if done:
        return Receipt(Outcome.SENT, words)
    broken = any(word in words.casefold() for word in _BROKEN)
    return Receipt(Outcome.UNKNOWN if broken else Outcome.REFUSED, words[:300])
