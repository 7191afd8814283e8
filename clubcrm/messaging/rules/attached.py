"""Rules: what came along with a mail: which files are kept, and why others are not."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MOST_FILES = 5
LARGEST_FILE = 3 * 1024 * 1024
LONGEST_NAME = 120
# A file is what its first bytes say, not what its sender calls it.
_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
)


class LeftOut(StrEnum):
    """Why a file was not kept."""

    TOO_BIG = "too_big"
    TOO_MANY = "too_many"
    OTHER_KIND = "other_kind"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as it came."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Judged:
    """A file with its kind and ending, or with why it is left out."""

    file: Attached
    media_type: str = ""
    ending: str = ""
    left_out: LeftOut | None = None


def judge(files: Iterable[Attached]) -> list[Judged]:
    """Return for each file what becomes of it: pictures and PDFs of decent size are kept."""
    found: list[Judged] = []
    for one in files:
        kept = sum(each.left_out is None for each in found)
        found.append(_judged(one, kept))
    return found


def _judged(one: Attached, kept: int) -> Judged:
    if len(one.content) > LARGEST_FILE:
        return Judged(one, left_out=LeftOut.TOO_BIG)
    kind = next((each for each in _BEGINNINGS if one.content.startswith(each[0])), None)
    if kind is None:
        return Judged(one, left_out=LeftOut.OTHER_KIND)
    if kept >= MOST_FILES:
        return Judged(one, left_out=LeftOut.TOO_MANY)
    return Judged(one, kind[1], kind[2])


def shown_name(name: str) -> str:
    """Return a name that may be shown and offered for saving: one line, no folders."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in bare if letter.isprintable() and letter not in '"<>|:*?')
    return kept.strip(" .")[:LONGEST_NAME] or "file"
