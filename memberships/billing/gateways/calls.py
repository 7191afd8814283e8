"""Services room: the one client for calls to gateways: own host, no redirects, ten seconds."""

import ipaddress
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, RequestException
from urllib3.exceptions import NewConnectionError

from memberships.billing.gateways.amounts import literal_json
from memberships.billing.gateways.base import InDoubtError, UnreachableError

SECONDS = 10.0
MOST_BYTES = 1024 * 1024
PIECE = 16 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What a gateway answered."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    def json(self) -> Mapping[str, Any]:
        """Return the answer's object with numbers as written; raises InDoubtError for others."""
        try:
            return literal_json(self.body)
        except ValueError as error:
            raise InDoubtError(f"answered {self.status} with something unreadable") from error


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls one host that the settings name, and no other."""

    base: str
    seconds: float = SECONDS

    def __post_init__(self) -> None:
        """The host is asked under TLS, unless it is this very machine."""
        parts = urlsplit(self.base)
        local = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if parts.scheme != "https" and not local:
            raise ValueError(f"expected https://host, got {self.base!r}")

    def get(self, path: str, params: Mapping[str, str], **headers: str) -> Reply:
        """Ask with these values in the address."""
        return self.call("GET", self.base + path, headers, params=params)

    def post_form(self, path: str, fields: Mapping[str, str], **headers: str) -> Reply:
        """Send fields as a form."""
        return self.call("POST", self.base + path, headers, data=dict(fields))

    def post_json(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Reply:
        """Send an object."""
        sent = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        return self.call("POST", self.base + path, sent, data=json.dumps(body))

    def call(self, method: str, url: str, headers: Mapping[str, str], **sent: Any) -> Reply:
        """Return the answer; raises UnreachableError when nothing arrived there, else InDoubt."""
        if urlsplit(url)[:2] != urlsplit(self.base)[:2]:
            raise UnreachableError("another host than the gateway's own")
        ends = time.monotonic() + self.seconds
        with requests.Session() as session:
            # Neither proxies nor passwords of the machine's own surroundings.
            session.trust_env = False
            try:
                with session.request(
                    method,
                    url,
                    headers=dict(headers),
                    timeout=(self.seconds, self.seconds),
                    allow_redirects=False,
                    stream=True,
                    **sent,
                ) as answer:
                    reply = Reply(answer.status_code, _body(answer, ends), answer.headers)
            except RequestException as error:
                raise _trouble(error) from error
        if 300 <= reply.status < 400:
            raise UnreachableError(f"answered with a redirect ({reply.status})")
        if reply.status >= 500:
            raise InDoubtError(f"answered {reply.status}")
        return reply


def is_loopback(host: str) -> bool:
    """Tell whether a host name means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _body(answer: requests.Response, ends: float) -> bytes:
    found = bytearray()
    for piece in answer.iter_content(PIECE):
        found += piece
        if len(found) > MOST_BYTES:
            raise InDoubtError("answered too much")
        if time.monotonic() > ends:
            raise InDoubtError("answered too slowly")
    return bytes(found)


def _trouble(error: RequestException) -> UnreachableError | InDoubtError:
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, ConnectTimeout):
        return UnreachableError("no connection")
    if isinstance(error, NoConnection) and isinstance(cause, NewConnectionError):
        return UnreachableError("no connection")
    return InDoubtError(f"no answer ({type(error).__name__})")
