"""The terminal's network line: one plain HTTP request at a time, no redirects followed."""

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlencode, urlsplit

from access_control.simulator.quirks import Quirks

USER_AGENT = "iClock Proxy/1.09"
PATIENCE_S = 15


class LineDownError(Exception):
    """The server cannot be reached or answered with something else than 200."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered: body text and the Date header."""

    body: str
    date: str | None


class Line:
    """Requests of one terminal to one server address."""

    def __init__(self, url: str, serial: str, quirks: Quirks) -> None:
        address = urlsplit(url if "://" in url else f"http://{url}")
        if not address.hostname or address.scheme not in ("http", "https"):
            raise ValueError(f"not a server address: {url}")
        self._secure = address.scheme == "https"
        self._host = address.hostname
        self._port = address.port
        self._base = address.path.rstrip("/")
        self._serial = serial
        self._quirks = quirks

    def get(self, page: str, **query: str) -> Reply:
        """Fetch one page; raises LineDownError unless the answer is 200."""
        return self._request("GET", self._path(page, query), None)

    def post(self, page: str, body: str, **query: str) -> Reply:
        """Send one body; raises LineDownError unless the answer is 200."""
        return self._request("POST", self._path(page, query), body.encode())

    def _path(self, page: str, query: dict[str, str]) -> str:
        folder = "/iclock/iclock" if self._quirks.doubled_path else "/iclock"
        suffix = ".aspx" if self._quirks.aspx_path else ""
        name = "sn" if self._quirks.lower_case_sn else "SN"
        words = urlencode({name: self._serial, **query}, safe=":, ")
        return f"{self._base}{folder}/{page}{suffix}?{words.replace(' ', '%20')}"

    def _request(self, method: str, path: str, body: bytes | None) -> Reply:
        headers = {"User-Agent": USER_AGENT, "Connection": "close", "Accept": "*/*"}
        if body is not None:
            headers["Content-Type"] = (
                "application/x-www-form-urlencoded"
                if self._quirks.form_content_type
                else "text/plain"
            )
        kind = HTTPSConnection if self._secure else HTTPConnection
        connection = kind(self._host, self._port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, HTTPException) as cause:
            raise LineDownError(f"no answer ({type(cause).__name__})") from cause
        finally:
            connection.close()
        if answer.status != 200:
            raise LineDownError(f"answered {answer.status}")
        return Reply(text, answer.getheader("Date"))
