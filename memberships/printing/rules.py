"""What stands on a slip, as text in columns or as lines to be drawn, and when to try again.

Printers know few letters: Bengali or Devanagari sent as text come out as question marks. Whatever
is not plain ASCII is therefore drawn and sent as a picture.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

# Printable dots and letters of a line on paper of this width in millimetres.
DOTS: Mapping[int, int] = {80: 576, 58: 384}
LETTERS: Mapping[int, int] = {80: 48, 58: 32}
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 30, 60, 300))
MOST_AGE = timedelta(hours=12)


class PrintState(StrEnum):
    """A slip waits for the printer, is on paper, or nobody wants it any more."""

    WAITING = "waiting"
    PRINTED = "printed"
    DROPPED = "dropped"


class Look(StrEnum):
    """How a row of a slip looks."""

    TITLE = "title"
    PLAIN = "plain"
    SMALL = "small"
    TOTAL = "total"
    RULE = "rule"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: words at the left, and an amount at the right edge where there is one."""

    left: str = ""
    right: str = ""
    look: Look = Look.PLAIN


@dataclass(frozen=True, slots=True)
class Slip:
    """What goes on one piece of paper, and whether the drawer opens with it."""

    rows: tuple[Row, ...]
    opens_drawer: bool = False


def marked_as_copy(slip: Slip, words: str) -> Slip:
    """Return the slip as a copy: its words stand at the top, and no drawer opens."""
    return replace(slip, rows=(Row(words, look=Look.TITLE), *slip.rows), opens_drawer=False)


def is_plain(slip: Slip) -> bool:
    """Tell whether every printer has all letters of the slip."""
    return all(row.left.isascii() and row.right.isascii() for row in slip.rows)


def text_lines(slip: Slip, letters: int) -> Iterator[tuple[Look, str]]:
    """Yield the slip line by line in columns, wrapped at the width; codes come as they are."""
    for row in slip.rows:
        if row.look is Look.RULE:
            yield row.look, "-" * letters
        elif row.look is Look.CODE:
            yield row.look, row.left
        else:
            # A total is printed twice as wide.
            width = letters // 2 if row.look in {Look.TOTAL, Look.TITLE} else letters
            for line in _columns(row, width):
                yield row.look, line


def _columns(row: Row, width: int) -> Iterator[str]:
    room = width - len(row.right) - 1 if row.right else width
    if room < width // 3:
        yield from wrapped(row.left, width)
        yield row.right.rjust(width)
        return
    lines = list(wrapped(row.left, room)) or [""]
    yield from lines[:-1]
    yield f"{lines[-1]:<{room}} {row.right}" if row.right else lines[-1]


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield a text in lines of at most so many letters, broken at spaces where there are any."""
    line = ""
    for word in text.split():
        rest = word
        while len(rest) > width:
            if line:
                yield line
                line = ""
            yield rest[:width]
            rest = rest[width:]
        longer = f"{line} {rest}".strip()
        if len(longer) > width:
            yield line
            line = rest
        else:
            line = longer
    if line:
        yield line


def pause_after(attempts: int) -> timedelta:
    """Return how long a slip waits after so many tries; a printer that wakes up is found soon."""
    return PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]


def kept(slip: Slip) -> dict[str, Any]:
    """Return a slip as it is stored."""
    rows = [[row.left, row.right, row.look.value] for row in slip.rows]
    return {"rows": rows, "drawer": slip.opens_drawer}


def slip_of(stored: Mapping[str, Any]) -> Slip:
    """Return a slip from what was stored."""
    rows: Sequence[Sequence[str]] = stored["rows"]
    return Slip(
        tuple(Row(left, right, Look(look)) for left, right, look in rows), bool(stored["drawer"])
    )
