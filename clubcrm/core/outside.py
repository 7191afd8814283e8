"""The one guarded client for calls to the outside world: one host, no redirects, a hard end.

A host that the operator wrote as a number, or this very machine, is asked as written, so that a
gateway in the club's own network works. A name must lead to public addresses only: whoever owns
the name could otherwise point it at our own network. Nothing is taken from the machine's proxies.
"""

import contextlib
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

SECONDS = 10.0
MOST_BYTES = 256 * 1024
AGENT = "ClubCRM"


class OutsideError(Exception):
    """There is no answer; `sent` tells whether the question may have arrived."""

    def __init__(self, words: str, *, sent: bool) -> None:
        super().__init__(words)
        self.words = words
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: method, path below the base, values for the address, headers and body."""

    method: str
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the other side answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the answer as text on one line."""
        return " ".join(self.body.decode("utf-8", "replace").split())

    def json(self) -> Any:
        """Return the answer read as JSON, or None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def json_ask(path: str, values: Mapping[str, Any], **headers: str) -> Ask:
    """Return a POST of a JSON object."""
    sent = {"Content-Type": "application/json", **headers}
    return Ask("POST", path, headers=sent, body=json.dumps(values).encode())


def form_ask(path: str, values: Mapping[str, str], **headers: str) -> Ask:
    """Return a POST of form fields."""
    sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return Ask("POST", path, headers=sent, body=urlencode(values).encode())


def is_private_number(host: str) -> bool:
    """Tell whether a host is this machine, or a number of a closed network."""
    if host == "localhost":
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def check_base(base: str) -> SplitResult:
    """Return the parts of a base address; raises ValueError unless it is safe to call."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    if not host or parts.scheme not in {"http", "https"} or parts.username or parts.fragment:
        raise ValueError("expected https://host")
    if parts.scheme == "http" and not is_private_number(host):
        raise ValueError("expected https://host, since the way leads through open networks")
    _ = parts.port
    return parts


class Outside:
    """Calls one host that the settings name, and no other."""

    def __init__(self, base: str, *, seconds: float = SECONDS) -> None:
        self._parts = check_base(base)
        self._seconds = seconds

    def call(self, ask: Ask) -> Told:
        """Return the answer; raises OutsideError when there is none, within the time limit."""
        ends = time.monotonic() + self._seconds
        line = _Line(self._parts, _addresses(self._parts, self._seconds), self._seconds)
        watch = threading.Timer(max(0.05, ends - time.monotonic()), line.cut)
        watch.daemon = True
        watch.start()
        try:
            return self._talk(line, ask)
        except (OSError, HTTPException, ValueError) as error:
            words = "no end in time" if line.was_cut else f"{type(error).__name__}: {error}"
            raise OutsideError(words[:300], sent=line.spoke) from error
        finally:
            watch.cancel()
            line.close()

    def _talk(self, line: "_Line", ask: Ask) -> Told:
        line.connect()
        line.spoke = True
        target = self._parts.path.rstrip("/") + ask.path or "/"
        query = "&".join(filter(None, (self._parts.query, urlencode(ask.params))))
        headers = {"User-Agent": AGENT, "Accept-Encoding": "identity", **ask.headers}
        line.request(ask.method, f"{target}?{query}" if query else target, ask.body, headers)
        with line.getresponse() as answer:
            body = answer.read(MOST_BYTES + 1)
        if line.was_cut or len(body) > MOST_BYTES:
            raise HTTPException("the answer is too long")
        return Told(answer.status, dict(answer.headers.items()), body)


class _Line(HTTPConnection):
    """One connection to addresses that were looked up and found harmless."""

    def __init__(self, parts: SplitResult, addresses: list[str], seconds: float) -> None:
        self._tls = parts.scheme == "https"
        super().__init__(parts.hostname or "", parts.port or (443 if self._tls else 80))
        self._addresses = addresses
        self._seconds = seconds
        self.spoke = False
        self.was_cut = False

    def connect(self) -> None:
        """The socket is open and, under TLS, its certificate fits the name."""
        self.sock = self._dialled()
        if self._tls:
            self.sock = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def _dialled(self) -> socket.socket:
        trouble: OSError = OSError("no address")
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), self._seconds)
            except OSError as error:
                trouble = error
        raise trouble

    def cut(self) -> None:
        """Whoever waits on this line waits no more; dripping servers would never end else."""
        self.was_cut = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _addresses(parts: SplitResult, seconds: float) -> list[str]:
    host = parts.hostname or ""
    found = _looked_up(host, seconds)
    if not found:
        raise OutsideError(f"{host} is not known", sent=False)
    named = not _is_number(host) and host != "localhost"
    if named and any(is_private_number(one) for one in found):
        raise OutsideError(f"{host} leads into a closed network", sent=False)
    return found


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _looked_up(host: str, seconds: float) -> list[str]:
    # A resolver has no time limit of its own that we could set.
    found: list[str] = []

    def ask() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(row[4][0]).partition("%")[0] for row in rows))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    return list(found)
