"""The helper process of the long tail: one order per line in, one answer per line out."""

import json
import logging
import sys
from collections.abc import Iterable
from typing import TextIO

import apprise


class _Words(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what the library complains of."""
        self.said.append(record.getMessage())


def deliver(order: dict[str, str]) -> dict[str, object]:
    """Hand one order to Apprise and return whether it was done, with the library's own words."""
    words = _Words()
    logger = logging.getLogger("apprise")
    logger.addHandler(words)
    try:
        service = apprise.Apprise()
        if not service.add(order["url"]):
            return {"done": False, "words": "the address of the service is not understood"}
        done = service.notify(title=order["title"], body=order["body"])
        return {"done": bool(done), "words": " ".join(words.said)[:300]}
    finally:
        logger.removeHandler(words)


def serve(orders: Iterable[str], answers: TextIO) -> None:
    """Every order has its answer; ends with the input."""
    for line in orders:
        json.dump(deliver(json.loads(line)), answers)
        answers.write("\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
