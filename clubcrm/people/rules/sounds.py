"""Rules: how a name sounds, so that Ivanov is found as Иванов and রহমান as Rahman.

The letters' own Unicode names give their Latin sound; vowels go, close consonants become one.
"""

import re
import unicodedata
from functools import lru_cache

from clubcrm.core.text import fold

_VOWELS = frozenset("aeiouy")
# Letters that different alphabets and habits of spelling use for one another.
_SAME = str.maketrans({"c": "k", "q": "k", "j": "z", "f": "p", "x": "k"})
_LETTER = re.compile(r"LETTER (?:.* )?([A-Z]+)(?: WITH .*)?$")
_CUT_WITH = re.compile(r" (WITH|AND) .*")
_SILENT = frozenset({"SIGN"})
# The sign that takes the spoken "a" from an Indic consonant.
_VIRAMA = "\x01"
_REPEATED = re.compile(r"(.)\1+")


@lru_cache(maxsize=4096)
def _latin(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isalnum() else ""
    name = _CUT_WITH.sub("", unicodedata.name(letter, ""))
    if name.endswith(("SIGN ANUSVARA", "SIGN CANDRABINDU")):
        return "n"
    if "VOCALIC R" in name:
        return "r"
    if "VOWEL SIGN" in name:
        return "a"
    if name.endswith("SIGN VIRAMA"):
        return _VIRAMA
    found = _LETTER.search(name)
    if found is None or found.group(1) in _SILENT:
        return ""
    sound = found.group(1).lower()
    if sound == "schwa":
        return "a"
    if name.startswith(("ARABIC", "HEBREW")):
        return sound[0]
    if name.startswith("CYRILLIC"):
        # EL, EM, EN, ER, ES, EF are consonants called with a vowel before.
        return sound[1:] if len(sound) == 2 and sound[0] == "e" else sound
    return sound


def consonants_of(word: str) -> str:
    """Return the consonants of a word in Latin letters; a leading vowel stands as "a"."""
    latin = "".join(_latin(letter) for letter in fold(word)).replace(f"a{_VIRAMA}", "")
    if not latin or any(letter.isdigit() for letter in latin):
        return ""
    once = _REPEATED.sub(r"\1", latin.translate(_SAME))
    # An h or w only colours the sound before it, except at the start of a name.
    spoken = once[0] + once[1:].replace("h", "").replace("w", "")
    kept = "".join(letter for letter in spoken if letter not in _VOWELS)
    return ("a" if latin[0] in _VOWELS else "") + kept.replace("w", "v")


def sound_of(word: str) -> str:
    """Return the consonants of a word; empty when too few are left to tell names apart."""
    consonants = consonants_of(word)
    return consonants if len(consonants) > 1 else ""


def is_spoken(word: str) -> bool:
    """Tell whether a word consists of letters, so that its sound means something."""
    return all(unicodedata.category(sign)[0] in "LM" or sign in "-'" for sign in word)
