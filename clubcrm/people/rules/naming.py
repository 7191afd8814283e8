"""Rules: the words a person is found by, the name lists are sorted by, and language codes."""

import unicodedata
from collections.abc import Iterable

from babel import Locale, UnknownLocaleError

from clubcrm.core.errors import invalid
from clubcrm.core.text import ascii_digits, clean, fold
from clubcrm.people.rules.sounds import sound_of

LONGEST_WORD = 64
LONGEST_SORT_NAME = 400
_INVISIBLE = frozenset({"Cf", "Cc", "Cs"})
_WORD_MARKS = frozenset("LNM")


def person_name(value: str, field: str, *, required: bool = False) -> str:
    """Return a name as it is stored; raises INVALID_INPUT naming the field."""
    name = clean(value, field)
    if required and not any(unicodedata.category(letter) not in _INVISIBLE for letter in name):
        raise invalid({field: "Write the person's name."})
    return name


def findable(text: str) -> str:
    """Return the folded text with digits of every script as 0-9: so words are kept and sought."""
    return fold(ascii_digits(text))


def sort_name(given: str, family: str) -> str:
    """Return the folded name by which lists are ordered: family name first."""
    return fold(f"{family} {given}")[:LONGEST_SORT_NAME]


def name_words(*names: str) -> set[str]:
    """Return the folded words of names, each in whole and in its parts: anne-marie, anne, marie."""
    words: set[str] = set()
    for chunk in findable(" ".join(names)).split():
        whole = "".join(sign for sign in chunk if unicodedata.category(sign) not in _INVISIBLE)
        parts = _parts(whole)
        words.update({whole, "".join(parts), *parts})
    return {word[:LONGEST_WORD] for word in words if word}


def sound_words(*names: str) -> set[str]:
    """Return the sounds of the words of names, for finding them in another spelling or script."""
    chunks = fold(" ".join(names)).split()
    sounds = {sound_of(part) for chunk in chunks for part in _parts(chunk)}
    return {sound[:LONGEST_WORD] for sound in sounds if sound}


def email_words(address: str) -> set[str]:
    """Return what an e-mail address is found by: the whole and the parts before the @.

    Its host is left out: half the club has the same one.
    """
    local = fold(address).partition("@")[0]
    words = {fold(address), *_parts(local)}
    return {word[:LONGEST_WORD] for word in words if word}


def search_text(names: Iterable[str], others: Iterable[str]) -> str:
    """Return every folded word in one line, for finding a part in the middle of a word."""
    return " ".join([findable(" ".join(names)), *(findable(other) for other in others)]).strip()


def query_words(typed: str) -> list[str]:
    """Return the folded words of what somebody typed into the search box, at most eight."""
    visible = "".join(
        " " if sign.isspace() or unicodedata.category(sign) == "Cc" else sign
        for sign in typed
        if unicodedata.category(sign) not in {"Cf", "Cs"}
    )
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in findable(visible).split()))[:8]


def _parts(chunk: str) -> list[str]:
    spaced = "".join(
        sign if unicodedata.category(sign)[0] in _WORD_MARKS else " " for sign in chunk
    )
    return spaced.split()


def language_code(value: str, field: str = "language") -> str | None:
    """Return a code such as "bn" or "pt-BR", None for nothing; raises INVALID_INPUT."""
    text = clean(value, field, longest=16).replace("_", "-")
    if not text:
        return None
    try:
        locale = Locale.parse(text, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise invalid({field: "A language is a code such as en, bn, ne or ru."}) from error
    return str(locale).replace("_", "-")[:16]
