"""Rules: from which sites a form may be sent, and how many in a minute."""

from urllib.parse import urlsplit

PER_MINUTE = 60
PER_MINUTE_OF_FORM = 300
MOST_ORIGINS = 20


def origin_of(typed: str) -> str:
    """Return the origin of a typed address, such as https://club.example; ValueError if none."""
    text = typed.strip().lower()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise ValueError(typed)
    default = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in (None, default) else f":{parts.port}"
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}"


def may_send(origin: str | None, own: str, listed: tuple[str, ...]) -> bool:
    """Tell whether a form may come from there.

    A caller without an origin is a program or another server, which no browser could be tricked
    into; the club's own pages always may.
    """
    return origin is None or origin == own or origin in listed


def is_too_many(by_address: int, by_form: int) -> bool:
    """Tell whether one more within this minute is too many."""
    return by_address >= PER_MINUTE or by_form >= PER_MINUTE_OF_FORM
