"""What every answer says to browsers and caches, and which host names are believed."""

import ipaddress
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest

from clubcrm.core.config import Settings

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
PERMISSIONS = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"
ONE_YEAR = 31_536_000
LOCAL_ENDINGS = (".local", ".lan", ".internal", ".localhost", ".home.arpa")


def install(app: Flask, settings: Settings) -> None:
    """Every answer, errors and files included, carries these headers; odd hosts are refused."""
    strict = settings.secure_cookies
    own_host = (urlsplit(settings.public_url).hostname or "").lower()

    def refuse_foreign_host() -> None:
        if not host_is_believed(request.host, own_host):
            raise BadRequest

    def add(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["X-Frame-Options"] = "DENY"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if strict:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
        if request.endpoint != "static" and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    app.before_request(refuse_foreign_host)
    app.after_request(add)


def host_is_believed(host: str, own_host: str) -> bool:
    """Tell whether links may be built on the host a request names.

    Believed are the host of the public address, and what only a local network resolves: addresses,
    names without a dot, and local endings. A stranger's name would end up in links otherwise.
    """
    name = (urlsplit(f"//{host}").hostname or "").lower().rstrip(".")
    if not name:
        return False
    if name == own_host or "." not in name or name.endswith(LOCAL_ENDINGS):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
