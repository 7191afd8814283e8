"""What addresses share at which other services tell us something: keys, bodies, plain answers."""

import hashlib
import hmac
import json
from collections.abc import Callable

from flask import Response, current_app, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from clubcrm.core.db import unit_of_work


def setting(name: str) -> str:
    """Return a setting of the channels, empty where it is not set."""
    found: str = current_app.extensions["club_settings"].channels.get(name, "")
    return found


def key_fits(name: str, given: str) -> bool:
    """Tell whether the key that is given is that of the setting; a key not set fits nobody."""
    wanted = setting(name)
    return bool(wanted) and hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def is_signed(raw: bytes, name: str) -> bool:
    """Tell whether Meta's signature over the raw body holds by the secret of the setting."""
    secret, given = setting(name), request.headers.get("X-Hub-Signature-256", "")
    wanted = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))


def shaken_hands(name: str) -> Response:
    """Return the answer to Meta, who asks once whether this address is ours."""
    asked = request.args
    known = asked.get("hub.mode") == "subscribe"
    if not known or not key_fits(name, asked.get("hub.verify_token", "")):
        return plain("the word does not fit", 403)
    return plain(asked.get("hub.challenge", "")[:200], 200)


def raw_body(most: int) -> bytes:
    """Return the body as it came, up to so many bytes."""
    request.max_content_length = most
    return request.get_data(cache=True, parse_form_data=False)


def json_object(raw: bytes) -> dict[str, object] | None:
    """Return the object a body holds, or None."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def done(work: Callable[[], object], again: int, *early: type[Exception]) -> Response:
    """The work is one unit; while the store is busy the caller comes again after some seconds."""
    busy: tuple[type[Exception], ...] = (OperationalError, PoolTimeout, *early)
    try:
        with unit_of_work():
            work()
    except busy:
        answer = plain("try again", 503)
        answer.headers["Retry-After"] = str(again)
        return answer
    return plain("OK", 200)


def plain(text: str, status: int) -> Response:
    """Return an answer of plain text."""
    return Response(text, status=status, content_type="text/plain; charset=utf-8")
