"""The words of a document: plain placeholders in braces, filled by values and nothing else.

A stored text is never run: there are no expressions, only names of a fixed list.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memberships.documents.rules.kinds import NEEDED, PLACEHOLDERS, DocumentKind

_PLACEHOLDER = re.compile(r"\{([a-z][a-z_0-9]*)\}")
_BRACES = re.compile(r"[{}]")
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a text: names nobody knows, names that are needed, loose braces."""

    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is wrong."""
        return bool(self.unknown or self.missing or self.loose)


def faults_of(kind: DocumentKind, title: str, body: str) -> Faults:
    """Return what has to be put right before a text may be used."""
    whole = f"{title}\n{body}"
    used = set(_PLACEHOLDER.findall(whole))
    loose = [
        line.strip()[:60]
        for line in whole.splitlines()
        if _BRACES.search(_PLACEHOLDER.sub("", line))
    ]
    return Faults(
        tuple(sorted(used - set(PLACEHOLDERS[kind]))),
        tuple(name for name in NEEDED.get(kind, ()) if name not in used),
        tuple(loose),
    )


def fill(text: str, fields: Mapping[str, str]) -> str:
    """Return the text with each placeholder replaced by its value, in one pass."""
    return _PLACEHOLDER.sub(lambda found: fields.get(found[1], "") or NOTHING, text)


def one_line(value: str) -> str:
    """Return a value as it may stand within a line."""
    return ", ".join(part for line in value.splitlines() if (part := line.strip().strip(",")))


def fingerprint(title: str, body: str, fields: Mapping[str, str]) -> str:
    """Return the SHA-256 of the words as they are read: the title, a blank line, the body."""
    return hashlib.sha256(reading(title, body, fields).encode()).hexdigest()


def reading(title: str, body: str, fields: Mapping[str, str]) -> str:
    """Return the whole text as somebody reads it who signs it."""
    return f"{fill(title, fields)}\n\n{fill(body, fields)}"


def names_in(texts: Sequence[str]) -> frozenset[str]:
    """Return the placeholders that stand in texts."""
    return frozenset(name for text in texts for name in _PLACEHOLDER.findall(text))
