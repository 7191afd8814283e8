"""Services room: the line to Asterisk's manager interface: listens, dials, comes back when cut."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.tickets import call_queries as queries
from clubcrm.tickets import calls
from clubcrm.tickets.call_tables import PhoneDial
from clubcrm.tickets.rules.ami import action, cut_blocks, parse_block, told_by

PROVIDER = "asterisk"
PORT = 5038
TICK_SECONDS, PING_SECONDS = 0.25, 30.0
CONNECT_SECONDS, SILENT_SECONDS = 10.0, 90.0
WAITS = (1.0, 2.0, 5.0, 10.0, 30.0)
log = structlog.get_logger(__name__)


class AmiError(Exception):
    """Asterisk cannot be reached, does not let us in, or has gone silent."""


@dataclass(frozen=True, slots=True)
class AmiPlace:
    """Where Asterisk listens, who we are there, and which contexts calls from outside come by."""

    host: str
    port: int
    user: str
    secret: str
    trunks: frozenset[str]
    context: str

    @classmethod
    def of(cls, url: str) -> "AmiPlace":
        """Return the place that an address such as ami://user:secret@host?trunk=a,b names."""
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        trunks = ",".join(asked.get("trunk", ["from-trunk"])).split(",")
        return cls(
            parts.hostname or "localhost",
            parts.port or PORT,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            frozenset(one.strip() for one in trunks if one.strip()),
            asked.get("context", ["from-internal"])[0],
        )


Stop = Callable[[], bool]


def listen(place: AmiPlace, stop: Stop) -> None:
    """Calls are heard until we shall stop; a cut line is dialled again, after longer and longer."""
    failed = 0
    while not stop():
        try:
            with _line(place) as line:
                failed = 0
                _talk(line, place, stop)
        except (OSError, AmiError) as error:
            log.warning("no line to the telephone system", why=str(error))
            _wait(WAITS[min(failed, len(WAITS) - 1)], stop)
            failed += 1


@contextlib.contextmanager
def _line(place: AmiPlace) -> Iterator[socket.socket]:
    with socket.create_connection((place.host, place.port), CONNECT_SECONDS) as line:
        line.settimeout(CONNECT_SECONDS)
        login = (("Username", place.user), ("Secret", place.secret), ("Events", "on"))
        line.sendall(action("Login", login))
        yield line


def _talk(line: socket.socket, place: AmiPlace, stop: Stop) -> None:
    buffer, heard_at, pinged_at = b"", time.monotonic(), time.monotonic()
    line.settimeout(TICK_SECONDS)
    while not stop():
        _dial_waiting(line, place)
        try:
            read = line.recv(65536)
            if not read:
                raise AmiError("the line was closed")
            heard_at = time.monotonic()
        except TimeoutError:
            read = b""
        blocks, buffer = cut_blocks(buffer + read)
        for raw in blocks:
            _take(raw, place)
        passed = time.monotonic()
        if passed - heard_at > SILENT_SECONDS:
            raise AmiError("nothing was heard for too long")
        if passed - pinged_at > PING_SECONDS:
            line.sendall(action("Ping", ()))
            pinged_at = passed


def _take(raw: bytes, place: AmiPlace) -> None:
    block = parse_block(raw)
    if block.get("Response") == "Error" and "uthentication" in block.get("Message", ""):
        raise AmiError("the user or the secret is wrong")
    told = told_by(block, place.trunks, clock.now())
    if told is None:
        return
    try:
        with unit_of_work():
            heard = calls.Heard(PROVIDER, told.call_ref, told.key, told.fact, said=dict(block))
            calls.hear(heard)
    except Exception:  # one odd call must not end the line for all others
        log.exception("an event of the telephone system could not be kept")


def _dial_waiting(line: socket.socket, place: AmiPlace) -> None:
    with unit_of_work(write=False):
        waiting = [(one.id, one.extension, one.number) for one in queries.waiting_dials()]
    for dial_id, extension, number in waiting:
        with unit_of_work() as session:
            row = session.get_one(PhoneDial, dial_id)
            taken = calls.take_dial(row)
        if taken:
            line.sendall(
                action(
                    "Originate",
                    (
                        ("Channel", f"PJSIP/{extension}"),
                        ("Exten", number),
                        ("Context", place.context),
                        ("Priority", "1"),
                        ("CallerID", number),
                        ("Async", "true"),
                    ),
                )
            )


def _wait(seconds: float, stop: Stop) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not stop():
        time.sleep(TICK_SECONDS)
