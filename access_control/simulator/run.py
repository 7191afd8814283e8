"""Keeps a terminal running: people pass, the terminal steps, until told to stop."""

from collections.abc import Callable
from datetime import datetime, timedelta

from access_control.simulator.tally import Tally
from access_control.simulator.terminal import Terminal
from access_control.simulator.traffic import Traffic

LONGEST_WAIT = timedelta(seconds=60)


class Shift:
    """One stretch of work of a terminal; `wait` pauses and answers whether to stop."""

    def __init__(
        self, terminal: Terminal, now: Callable[[], datetime], wait: Callable[[float], bool]
    ) -> None:
        self._terminal = terminal
        self._now = now
        self._wait = wait

    def open_doors(self, traffic: Traffic, until: datetime | None) -> Tally:
        """People have passed until the end, and what they left was sent if anyone listens."""
        passage = traffic.next_after(self._now())
        while until is None or self._now() < until:
            self._terminal.step()
            if self._now() >= passage.at:
                self._terminal.punch(passage.pin, passage.status, passage.verify)
                passage = traffic.next_after(self._now())
            elif self._pause(passage.at, until):
                break
        self._terminal.step()
        return self._terminal.tally

    def empty_memory(self, until: datetime) -> Tally:
        """Everything stored has been acknowledged, or the time is over."""
        self._terminal.step()
        while self._terminal.tally.waiting and self._now() < until:
            if self._pause(until, until):
                break
            self._terminal.step()
        return self._terminal.tally

    def stand_by(self, until: datetime) -> Tally:
        """The terminal has kept its heartbeat until the end, nobody passing."""
        while self._now() < until:
            self._terminal.step()
            if self._pause(until, until):
                break
        return self._terminal.tally

    def _pause(self, other: datetime, until: datetime | None) -> bool:
        now = self._now()
        wake = min(self._terminal.next_due(), other, until or other, now + LONGEST_WAIT)
        return self._wait(max(0.05, (wake - now).total_seconds()))
