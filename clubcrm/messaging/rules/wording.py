"""Rules: message texts hold plain placeholders like {given_name}; nothing in them is ever run."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class Wording:
    """The text a member would read, or the fields that are missing or misspelt in it."""

    subject: str
    body: str
    missing: tuple[str, ...] = ()


def fields_of(text: str) -> tuple[str, ...]:
    """Return the names of the placeholders of a text in order, each once."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def misspelt(text: str) -> bool:
    """Say whether braces are left over, as in {{ given_name }}: such a text must not be saved."""
    return bool(_BRACE.search(_PLACEHOLDER.sub("", text)))


def render(subject: str, body: str, fields: Mapping[str, str]) -> Wording:
    """Return subject and body with every placeholder filled, or naming those that cannot be.

    Values are put in once and never looked at again, so a name like "{club}" stays as it is.
    """
    wanted = dict.fromkeys((*fields_of(subject), *fields_of(body)))
    missing = tuple(name for name in wanted if not fields.get(name, "").strip())
    if misspelt(subject) or misspelt(body):
        missing = (*missing, "{")
    return Wording(
        subject=_one_line(_fill(subject, fields)), body=_fill(body, fields), missing=missing
    )


def _fill(text: str, fields: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: fields.get(found.group(1), ""), text)


def _one_line(text: str) -> str:
    controls = {"Cc", "Zl", "Zp"}
    plain = (" " if unicodedata.category(letter) in controls else letter for letter in text)
    return " ".join("".join(plain).split())
