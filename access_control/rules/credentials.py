"""Credentials in one canonical form, so that a card is the same card at every reader."""

import re

from access_control.rules.codes import CredentialKind

LONGEST = 120
_LITTLE_ENDIAN = re.compile(r"\[([0-9A-Fa-f]{8})\]")
_SEPARATORS = re.compile(r"[\s:-]+")


def canonical(kind: CredentialKind, text: str) -> str:
    """Return the form a credential is kept and looked up in.

    A card is its decimal number without leading zeros, or its hex text in capitals; `[15CD5B07]`
    is four bytes, the lowest first. A PIN stays text: `007` and `7` are two people.
    """
    plain = text.strip()
    if kind is not CredentialKind.CARD:
        return plain[:LONGEST]
    bytes_first = _LITTLE_ENDIAN.fullmatch(plain)
    if bytes_first:
        return str(int.from_bytes(bytes.fromhex(bytes_first.group(1)), "little"))
    joined = _SEPARATORS.sub("", plain)
    if joined.isascii() and joined.isdigit():
        return joined.lstrip("0") or "0"
    return joined.upper()[:LONGEST]


def is_nobody(kind: CredentialKind, value: str) -> bool:
    """Tell whether a terminal says by this value that it recognised nobody."""
    return not value or (value == "0" and kind in {CredentialKind.PIN, CredentialKind.CARD})
