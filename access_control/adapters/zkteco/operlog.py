"""Operator log uploads: users, templates and log lines mixed; the first word decides."""

from dataclasses import dataclass

from access_control.adapters.zkteco.lines import body_lines

USER_WORDS = frozenset({"user", "userinfo"})
TEMPLATE_WORDS = frozenset({"fp", "face", "fvein", "biodata", "biophoto", "userpic", "palm"})


@dataclass(frozen=True, slots=True)
class TerminalUser:
    """A user as the terminal knows him; `card` is empty when he has none."""

    pin: str
    name: str
    card: str
    privilege: str


@dataclass(frozen=True, slots=True)
class OperatorLine:
    """One thing an operator did at the terminal, by its number."""

    code: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperatorUpload:
    """What an upload held; templates are counted and dropped."""

    users: tuple[TerminalUser, ...]
    operations: tuple[OperatorLine, ...]
    templates: int
    unread: tuple[str, ...]
    lines: int


def read_operlog(body: bytes) -> OperatorUpload:
    """Return users and operator lines of an upload; biometric templates are only counted."""
    users: list[TerminalUser] = []
    operations: list[OperatorLine] = []
    unread: list[str] = []
    templates = 0
    lines = body_lines(body)
    for line in lines:
        word, _, rest = line.partition(" ")
        kind = word.strip().lower()
        if kind in USER_WORDS:
            users.append(_user(rest))
        elif kind in TEMPLATE_WORDS:
            templates += 1
        elif kind == "oplog":
            code, *columns = (cell.strip() for cell in rest.split("\t"))
            operations.append(OperatorLine(code, tuple(columns)))
        else:
            unread.append(line)
    return OperatorUpload(tuple(users), tuple(operations), templates, tuple(unread), len(lines))


def read_fields(text: str) -> dict[str, str]:
    """Return tab-separated `key=value` cells with keys in lower case.

    Only the first equals sign separates: encoded values may end with more of them.
    """
    found = {}
    for cell in text.split("\t"):
        name, sign, value = cell.partition("=")
        if sign:
            found[name.strip().lower()] = value.strip()
    return found


def _user(text: str) -> TerminalUser:
    cells = read_fields(text)
    return TerminalUser(
        pin=cells.get("pin", ""),
        name=cells.get("name", ""),
        card=cells.get("card", cells.get("cardno", "")),
        privilege=cells.get("pri", cells.get("privilege", "0")),
    )
