"""Text at the border: exact NFC storage, refused controls, and the folded form that search uses."""

import re
import unicodedata

from clubcrm.core.errors import invalid

_DIGITS = re.compile(r"\d")
# Direction overrides can make a name read as another one; they carry no meaning of their own.
_OVERRIDES = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0xFEFF], None
)
_SPACES = re.compile(r"\s+")


def clean(value: str, field: str, *, longest: int = 200, lines: bool = False) -> str:
    """Return the text in NFC, trimmed, without direction overrides, else exactly as it came.

    Raises INVALID_INPUT naming the field for control characters, line breaks of any script in a
    text of one line, lone surrogates, or too much text.
    """
    for letter in value:
        category = unicodedata.category(letter)
        is_break = category in {"Cc", "Zl", "Zp"}
        if category == "Cs" or (is_break and not (lines and letter in "\n\r\t\u2028\u2029")):
            raise invalid({field: "This text holds a character that cannot be stored."})
    text = unicodedata.normalize("NFC", value.translate(_OVERRIDES)).strip()
    if len(text) > longest:
        raise invalid({field: f"At most {longest} characters fit here."})
    return text


def fold(value: str) -> str:
    """Return the form used for searching: case-folded, marks of Latin and Cyrillic dropped."""
    decomposed = unicodedata.normalize("NFKD", value.casefold())
    kept = [
        letter
        for letter in decomposed
        # Vowel signs of Indic scripts are marks too, and they carry the word.
        if not (unicodedata.combining(letter) and ord(letter) < 0x0900)
    ]
    return _SPACES.sub(" ", unicodedata.normalize("NFC", "".join(kept))).strip()


def ascii_digits(value: str) -> str:
    """Return the text with the decimal digits of any script written as 0-9."""
    return _DIGITS.sub(lambda found: str(unicodedata.decimal(found.group())), value)


def like_literal(value: str) -> str:
    """Return the text with the wildcards of LIKE escaped by a backslash."""
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
