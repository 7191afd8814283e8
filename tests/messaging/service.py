"""A real HTTP service for tests: keeps what it was asked, and answers as told."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[int, object]


@dataclass
class Asked:
    """One call as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        """Return the values of the address and of the form."""
        return dict(parse_qsl(urlsplit(self.path).query) + parse_qsl(self.body.decode()))

    @property
    def json(self) -> dict[str, Any]:
        """Return the object that was sent."""
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Service:
    """The service; `answers` are used up in order, then `usual` is said; None hangs up."""

    usual: Answer | None = (200, {})
    answers: list[Answer | None] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    stalls: threading.Event | None = None
    on_call: Callable[[Asked], None] | None = None

    def open(self) -> str:
        """The service answers from now on; returns its address."""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                call = Asked(self.command, self.path, dict(self.headers.items()), body)
                service.asked.append(call)
                if service.on_call is not None:
                    service.on_call(call)
                if service.stalls is not None:
                    service.stalls.wait(20)
                answer = service.answers.pop(0) if service.answers else service.usual
                if answer is None:
                    self.close_connection = True
                    return
                status, said = answer
                raw = said.encode() if isinstance(said, str) else json.dumps(said).encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = _serve  # noqa: N815 - the library's name
            do_POST = _serve  # noqa: N815 - the library's name

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """The service is gone, if it was ever opened."""
        if not hasattr(self, "_server"):
            return
        if self.stalls is not None:
            self.stalls.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
