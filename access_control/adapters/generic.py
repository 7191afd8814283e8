"""The signed webhook for every other controller: signature, window, and the shape of an event."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from access_control.adapters.scan import Scan
from access_control.rules.codes import CredentialKind, Direction

WINDOW = timedelta(seconds=300)
LONGEST_ID = 120
LONGEST_VALUE = 120
_FIELDS = frozenset({"device", "event_id", "credential", "at", "direction", "offline"})


class SignatureError(Exception):
    """The signature is missing, wrong, or too old; the text says which."""


class BadEventError(ValueError):
    """An event that cannot be read; names the field and says what is expected."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class GenericEvent:
    """One event of a controller: which device it names, and the scan."""

    device: str
    scan: Scan


def sign(raw: bytes, timestamp: str, key: bytes) -> str:
    """Return the signature header of a body: `v1=` and HMAC-SHA256 over timestamp, dot, body."""
    return "v1=" + hmac.new(key, timestamp.encode() + b"." + raw, sha256).hexdigest()


def check_signature(
    raw: bytes, timestamp: str, signature: str, key: bytes, present: datetime
) -> None:
    """Pass silently when the body was signed with the key within 300 s; raise otherwise."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise SignatureError("X-Club-Timestamp must be seconds since 1970")
    genuine = any(
        hmac.compare_digest(sign(raw, timestamp, key).encode(), one.strip().encode())
        for one in signature.split(",")
    )
    if not genuine:
        raise SignatureError("the signature does not fit the body")
    signed_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(timestamp))
    if abs(present - signed_at) > WINDOW:
        raise SignatureError("the signature is older than 300 seconds")


def read_event(values: Any, *, offline: bool = False) -> GenericEvent:
    """Return the event of a JSON object; raises BadEventError naming the first wrong field.

    `offline` is what counts when the event does not say whether its door decided by itself.
    """
    if not isinstance(values, Mapping):
        raise BadEventError("body", "each event must be a JSON object")
    unknown = sorted(set(values) - _FIELDS)
    if unknown:
        raise BadEventError(str(unknown[0])[:60], "no such field")
    credential = values.get("credential")
    if not isinstance(credential, Mapping) or set(credential) != {"type", "value"}:
        raise BadEventError("credential", "expected {type, value}")
    text = _text(values, "at", 40)
    offline = values.get("offline", offline)
    if not isinstance(offline, bool):
        raise BadEventError("offline", "expected true or false")
    return GenericEvent(
        device=_text(values, "device", LONGEST_ID),
        scan=Scan(
            event_key=_text(values, "event_id", LONGEST_ID),
            credential_kind=_kind(credential["type"]),
            credential=_text(credential, "value", LONGEST_VALUE, "credential.value"),
            device_at=_instant(text),
            direction=_direction(values.get("direction", "unknown")),
            device_text=text,
            offline=offline,
        ),
    )


def _text(values: Mapping[str, Any], name: str, longest: int, label: str = "") -> str:
    value = values.get(name)
    label = label or name
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise BadEventError(label, "expected a text")
    if len(value) > longest:
        raise BadEventError(label, f"at most {longest} characters")
    if any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in value):
        raise BadEventError(label, "holds a character that cannot be stored")
    return value.strip()


def _kind(value: object) -> CredentialKind:
    try:
        return CredentialKind(str(value))
    except ValueError:
        raise BadEventError("credential.type", "card, qr, pin, face or phone") from None


def _direction(value: object) -> Direction:
    if value not in {"in", "out", "unknown"}:
        raise BadEventError("direction", "in, out or unknown")
    return Direction(str(value))


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise BadEventError("at", "expected a date and time in ISO 8601 with offset") from None
    if instant.tzinfo is None:
        raise BadEventError("at", "the offset from UTC is missing")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise BadEventError("at", "no such date or time") from None
