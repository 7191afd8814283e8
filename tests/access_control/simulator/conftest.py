"""A bench for terminals: a real HTTP server under the test's hand, and a clock that is turned."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from access_control.simulator.clock import DeviceClock
from access_control.simulator.line import Line
from access_control.simulator.memory import TerminalMemory
from access_control.simulator.quirks import Quirks
from access_control.simulator.terminal import Make, Terminal

DHAKA_NOON = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@dataclass
class Request:
    """One request as the server saw it."""

    method: str
    path: str
    query: dict[str, str]
    body: str
    headers: dict[str, str]


@dataclass
class Listener:
    """The far end of the line: remembers every request and answers what the test ordered."""

    url: str = ""
    option_lines: list[str] = field(
        default_factory=lambda: [
            "ATTLOGStamp=9999999",
            "ErrorDelay=30",
            "Delay=10",
            "TransTimes=00:00;14:05",
            "TransInterval=1",
            "TransFlag=TransData AttLog\tOpLog\tEnrollUser\tChgUser",
            "TimeZone=6",
            "Realtime=1",
        ]
    )
    hello_status: int = 200
    upload_status: int = 200
    hello_body: str | None = None
    upload_body: str | None = None
    drops_uploads: bool = False
    commands: list[str] = field(default_factory=list)
    date: str = "Mon, 02 Mar 2026 06:00:00 GMT"
    requests: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> tuple[int, str]:
        """Status and body for a request."""
        page = request.path.rsplit("/", 1)[-1].removesuffix(".aspx")
        if page == "cdata" and request.method == "GET":
            block = "\n".join(["GET OPTION FROM: T1", *self.option_lines]) + "\n"
            return self.hello_status, block if self.hello_body is None else self.hello_body
        if page == "cdata":
            lines = len([line for line in request.body.splitlines() if line.strip("\0")])
            return self.upload_status, self.upload_body or f"OK: {lines}"
        if page == "getrequest" and self.commands:
            waiting, self.commands = self.commands, []
            return 200, "\n".join(waiting) + "\n"
        return 200, "OK"

    def uploads(self, table: str = "ATTLOG") -> list[Request]:
        """The bodies posted for one table."""
        return [r for r in self.requests if r.query.get("table") == table]

    def lines(self) -> list[str]:
        """Every punch line received, in order, repeats included."""
        return [line for r in self.uploads() for line in r.body.splitlines() if line]

    def pages(self) -> list[str]:
        """Method and page of every request, in order."""
        return [f"{r.method} {r.path.rsplit('/', 1)[-1]}" for r in self.requests]


class TurnedClock:
    """Time that moves only when the test moves it."""

    def __init__(self) -> None:
        self.instant = DHAKA_NOON

    def now(self) -> datetime:
        """The instant the test has set."""
        return self.instant

    def forward(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.instant += timedelta(seconds=seconds)


def _handler(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            address = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(address.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            request = Request(self.command, address.path, query, body, dict(self.headers))
            listener.requests.append(request)
            if listener.drops_uploads and self.command == "POST":
                return  # the connection ends without an answer
            status, text = listener.answer(request)
            self.send_response_only(status)
            self.send_header("Date", listener.date)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = _serve  # noqa: N815

        def log_message(self, *parts: object) -> None:
            """Nothing is printed."""

    return Handler


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server that listens on a free port of this machine."""
    listener = Listener()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(listener))
    listener.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield listener
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def clock() -> TurnedClock:
    """Monday 2 March 2026, noon in Dhaka."""
    return TurnedClock()


@pytest.fixture
def switch_on(
    listener: Listener, clock: TurnedClock, tmp_path: Path
) -> Iterator[Callable[..., Terminal]]:
    """Switch on terminal T1 (again) with the quirks named; its memory survives."""
    opened: list[TerminalMemory] = []

    def _switch_on(*quirks: str, pushver: str = "2.4.1", batch_lines: int = 500) -> Terminal:
        known = Quirks.named(quirks)
        memory = TerminalMemory(tmp_path / "T1.sqlite")
        opened.append(memory)
        make = Make(pushver=pushver, batch_lines=batch_lines, quirks=known)
        return Terminal(Line(listener.url, "T1", known), memory, DeviceClock(clock.now), make)

    yield _switch_on
    for memory in opened:
        memory.close()
