"""Rules: how many parts a text message takes: 160 or 153 letters of GSM-7, else 70 or 67."""

from dataclasses import dataclass
from enum import StrEnum

# GSM 03.38: the basic set, and the signs that cost two places.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€\f")


class Encoding(StrEnum):
    """How a network writes the text down."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


ALONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
CHAINED = {Encoding.GSM7: 153, Encoding.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Parts:
    """Length of a text in units of its encoding, its parts, and how many units are left."""

    encoding: Encoding
    units: int
    parts: int
    left: int


def sms_parts(text: str) -> Parts:
    """Return what a text costs: one letter beyond GSM-7 makes the whole text UCS-2."""
    fits = all(letter in _BASIC or letter in _DOUBLE for letter in text)
    encoding = Encoding.GSM7 if fits else Encoding.UCS2
    sizes = [_size(letter, encoding) for letter in text]
    units = sum(sizes)
    if units <= ALONE[encoding]:
        return Parts(encoding, units, 1 if units else 0, ALONE[encoding] - units)
    parts, used = _packed(sizes, CHAINED[encoding])
    return Parts(encoding, units, parts, CHAINED[encoding] - used)


def _size(letter: str, encoding: Encoding) -> int:
    if encoding is Encoding.UCS2:
        return len(letter.encode("utf-16-be")) // 2
    return 2 if letter in _DOUBLE else 1


def _packed(sizes: list[int], room: int) -> tuple[int, int]:
    # A sign of two places is never cut in two: it opens the next part.
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts, used
