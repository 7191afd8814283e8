"""The rotating QR on a member's phone: a signed short text that is good for about a minute.

Text: `CC1.<public id>.<step>.<tag>`; the step counts 60-second spans since 1970, the tag is the
first 20 hex digits of HMAC-SHA256 over the rest with the club house's key.
"""

import hmac
from datetime import datetime
from hashlib import sha256

STEP_SECONDS = 60
_PREFIX = "CC1"
_TAG_LENGTH = 20
_LONGEST = 60


def make_passcode(public_id: str, at: datetime, key: bytes) -> str:
    """Return the code that a member's phone shows at an instant."""
    body = f"{_PREFIX}.{public_id}.{_step(at)}"
    return f"{body}.{_tag(body, key)}"


def is_passcode(text: str) -> bool:
    """Tell whether a scanned text claims to be a rotating code."""
    return text.startswith(_PREFIX + ".")


def passcode_owner(text: str) -> str:
    """Return the part of a code that stays the same from minute to minute, proved or not."""
    return ".".join(text.split(".")[:2])[:_LONGEST]


def read_passcode(text: str, at: datetime, keys: list[bytes]) -> str | None:
    """Return whose code this is, None when the tag is wrong or the code too old.

    The present step and its two neighbours are good, so a code lives one to two minutes.
    """
    parts = text.split(".")
    if len(parts) != 4 or not parts[2].isascii() or not parts[2].isdigit():
        return None
    body = ".".join(parts[:3])
    genuine = any(hmac.compare_digest(_tag(body, key), parts[3]) for key in keys)
    if not genuine or abs(int(parts[2]) - _step(at)) > 1:
        return None
    return parts[1]


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def _tag(body: str, key: bytes) -> str:
    return hmac.new(key, body.encode(), sha256).hexdigest()[:_TAG_LENGTH]
