"""Rules: the look of a letter, read from its plain words: paragraphs, links, and buttons.

A paragraph that is nothing but words, a colon and an address becomes a button; other addresses
become links. The plain letter and the framed one therefore say the same.
"""

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)।]")
_BUTTON = re.compile(r"^(?P<label>[^\n:]{2,80}):\s*(?P<href>https?://\S+)$")


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words; with an address it is a link."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of lines, or one button."""

    lines: tuple[tuple[Part, ...], ...]
    is_button: bool = False


def blocks_of(body: str, *, buttons: bool = True) -> tuple[Block, ...]:
    """Return the paragraphs and, where they are wanted, the buttons of a letter in order."""
    paragraphs = re.split(r"\n\s*\n", body.strip())
    return tuple(_block(one.strip(), buttons) for one in paragraphs if one.strip())


def _block(paragraph: str, buttons: bool) -> Block:
    button = _BUTTON.match(paragraph) if buttons else None
    if button:
        return Block(((Part(button["label"].strip(), button["href"]),),), is_button=True)
    return Block(tuple(_parts(line) for line in paragraph.split("\n")))


def _parts(line: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    end = 0
    for found in _ADDRESS.finditer(line):
        if found.start() > end:
            parts.append(Part(line[end : found.start()]))
        parts.append(Part(found[0], found[0]))
        end = found.end()
    if end < len(line):
        parts.append(Part(line[end:]))
    return tuple(parts)
