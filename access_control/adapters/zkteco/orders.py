"""Commands as a terminal reads them, and the results it sends back.

Only texts made here from checked values are ever sent; there is no free text and no shell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from access_control.rules.commands import CommandKind

LONGEST_NAME_BYTES = 24
_PIN = re.compile(r"[A-Za-z0-9]{1,24}")
_CARD = re.compile(r"[0-9]{0,20}")
_WALL = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_RESULT = re.compile(r"(?i)(?:^|[&\n])\s*ID=")


@dataclass(frozen=True, slots=True)
class OrderResult:
    """What a terminal says became of a command: the return code and what followed it."""

    command_id: int
    code: int
    command: str
    content: str


def order_line(command_id: int, kind: CommandKind, values: Mapping[str, str]) -> str:
    """Return the line that tells a terminal to do something; ValueError for an unusable value."""
    return f"C:{command_id}:{_text(kind, values)}"


def _text(kind: CommandKind, values: Mapping[str, str]) -> str:
    if kind is CommandKind.OPEN_DOOR:
        return "AC_UNLOCK"
    if kind is CommandKind.REREAD:
        start, end = (_checked(_WALL, values[name]) for name in ("start", "end"))
        return f"DATA QUERY ATTLOG StartTime={start}\tEndTime={end}"
    pin = _checked(_PIN, values["pin"])
    if kind is CommandKind.DELETE_USER:
        return f"DATA DELETE USERINFO PIN={pin}"
    card = _checked(_CARD, values.get("card", ""))
    name = terminal_name(values.get("name", ""))
    return f"DATA UPDATE USERINFO PIN={pin}\tName={name}\tPri=0\tCard={card}\tGrp=1"


def terminal_name(name: str) -> str:
    """Return a name that fits a terminal: one line, at most 24 bytes, no letter cut in two."""
    plain = " ".join(name.replace("=", " ").split())
    return plain.encode()[:LONGEST_NAME_BYTES].decode(errors="ignore").rstrip()


def read_results(body: bytes) -> list[OrderResult]:
    """Return the results of a post: one a line, or one over many lines with its content."""
    text = body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").strip("\0\n ")
    starts = [found.start() for found in _RESULT.finditer(text)]
    pieces = [text[start:end].strip("&\n ") for start, end in pairwise([*starts, len(text)])]
    return [result for piece in pieces if (result := _result(piece)) is not None]


def _result(piece: str) -> OrderResult | None:
    found: dict[str, str] = {}
    rest: list[str] = []
    for cell in re.split(r"[&\n]", piece):
        name, sign, value = cell.partition("=")
        key = name.strip().lower()
        if sign and key in {"id", "return", "cmd"} and key not in found:
            found[key] = value.strip()
        else:
            rest.append(cell)
    try:
        number, code = int(found["id"]), int(found["return"])
    except (KeyError, ValueError):
        return None
    return OrderResult(number, code, found.get("cmd", "")[:60], "\n".join(rest)[:2000])


def _checked(pattern: re.Pattern[str], value: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError(f"not usable in a command: {value!r}")
    return value
