"""A small markup for owners: headings, lists, bold, a rule. It gives plain blocks, never HTML.

    # Heading      ## Smaller heading      - item      1. item      ---      **bold**
A blank line ends a paragraph. The markup is read before values are filled in, so that a name
with stars or a hash stays a name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from memberships.documents.rules.wording import fill

_ITEM = re.compile(r"^[-•]\s+(.*)$")
_NUMBERED = re.compile(r"^\d{1,3}[.)]\s+(.*)$")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line, bold or not."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, a list or a rule; a list has several lines."""

    kind: str  # h1, h2, p, ul, ol, hr
    lines: tuple[tuple[Span, ...], ...] = ()


def blocks_of(body: str, fields: Mapping[str, str]) -> list[Block]:
    """Return the text as blocks with its values filled in."""
    return [
        Block(kind, tuple(_spans(line, fields) for line in lines)) for kind, lines in _raw(body)
    ]


def _raw(body: str) -> Iterator[tuple[str, list[str]]]:
    kind, lines = "", list[str]()
    for line in [*body.splitlines(), ""]:
        found, text = _line(line)
        if (found != kind or found in {"h1", "h2"}) and lines:
            yield kind, lines
            lines = []
        kind = found
        if found == "hr":
            yield "hr", []
        elif found:
            lines.append(text)


def _line(line: str) -> tuple[str, str]:
    text = line.strip()
    if not text:
        return "", ""
    if set(text) == {"-"} and len(text) >= 3:
        return "hr", ""
    for mark, kind in (("## ", "h2"), ("# ", "h1")):
        if text.startswith(mark):
            return kind, text.removeprefix(mark).strip()
    if item := _ITEM.match(text):
        return "ul", item[1]
    if item := _NUMBERED.match(text):
        return "ol", item[1]
    return "p", text


def _spans(line: str, fields: Mapping[str, str]) -> tuple[Span, ...]:
    spans = []
    for place, piece in enumerate(_BOLD.split(line)):
        if piece:
            spans.append(Span(fill(piece, fields), bold=place % 2 == 1))
    return tuple(spans)
