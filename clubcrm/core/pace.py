"""How often one person or program may search within a minute, counted over all workers.

Searches are what a stolen session would use to copy the club's people. Doors for devices are not
paced: a gate must answer, however many come.
"""

import zlib
from collections.abc import Collection
from multiprocessing import Array

from flask import Flask, request
from flask_babel import gettext as _

from clubcrm.core.clock import now
from clubcrm.core.errors import DomainError
from clubcrm.core.policy import current_actor

SEARCHES_A_MINUTE = 600
SLOTS = 4096
COUNT_BITS = 20


class Pace:
    """Counts per caller and minute in memory that forked workers share."""

    def __init__(self, most: int = SEARCHES_A_MINUTE) -> None:
        self.most = most
        # One cell per slot: the minute above, its count below. Two callers in one slot share it.
        self._cells = Array("Q", SLOTS)

    def take(self, caller: str, minute: int) -> bool:
        """Count one search of the caller; tells whether it may run."""
        slot = zlib.crc32(caller.encode()) % SLOTS
        with self._cells.get_lock():
            kept = int(self._cells[slot])
            count = kept & ((1 << COUNT_BITS) - 1) if kept >> COUNT_BITS == minute else 0
            if count >= self.most:
                return False
            self._cells[slot] = minute << COUNT_BITS | (count + 1)
            return True


# Made before workers are forked, so that all of them count in one place.
_SHARED = Pace()


def install(app: Flask, endpoints: Collection[str]) -> None:
    """Searches at these endpoints are counted; too many within a minute are refused."""
    pace = Pace() if app.testing else _SHARED
    paced = frozenset(endpoints)
    app.extensions["club_pace"] = pace

    def hold_back() -> None:
        if request.endpoint not in paced or not request.args.get("q"):
            return
        caller = current_actor().ref
        seconds = int(now().timestamp())
        if not pace.take(caller, seconds // 60):
            wait = 60 - seconds % 60
            text = _("That was a lot of searching. Go on in %(count)s seconds.", count=wait)
            raise DomainError("TOO_MANY_SEARCHES", text, status=429, retry_after=wait)

    app.before_request(hold_back)
