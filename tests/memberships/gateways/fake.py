"""A gateway of our own on this machine: answers what it is told, late, brokenly or not at all."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request that arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What to say: an object or raw bytes; `drop` closes the line instead, `late` waits first."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    late: float = 0


Teller = Callable[[Asked], Answer]


class FakeGateway:
    """Answers by path: the queue of the path first, else its teller, else 404."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.queues: dict[str, list[Answer]] = defaultdict(list)
        self.tellers: dict[str, Teller] = {}
        self.url = ""
        self.released = threading.Event()
        self._lock = threading.Lock()

    def say(self, path: str, body: Any = None, **how: Any) -> None:
        """The next request to the path gets this answer."""
        self.queues[path].append(Answer(body, **how))

    def asked_at(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]

    def answer(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            queue = self.queues.get(asked.path)
            if queue:
                return queue.pop(0)
            for start, teller in self.tellers.items():
                if asked.path.startswith(start):
                    return teller(asked)
        return Answer({"error": {"message": f"nothing at {asked.path}"}}, 404)


@contextmanager
def running(fake: FakeGateway) -> Iterator[FakeGateway]:
    """The fake listens on a port of this machine while the block runs."""

    class Line(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            asked = Asked(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                dict(self.headers),
                self.rfile.read(size),
            )
            told = fake.answer(asked)
            if told.late:
                fake.released.wait(told.late)
            if told.drop:
                self.close_connection = True
                return
            raw = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
            self.send_response(told.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = handle_any  # noqa: N815 - the names the server looks for

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        fake.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
