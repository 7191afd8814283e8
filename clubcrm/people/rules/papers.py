"""Rules: what may hang on a card as a document, told by its bytes and never by its name."""

from dataclasses import dataclass
from enum import StrEnum

LARGEST = 8 * 1024 * 1024
MOST_ON_A_CARD = 60
LONGEST_NAME = 120
KEPT_DAYS = 30
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_TAIL = 2048


class Sort(StrEnum):
    """What a document is by its bytes."""

    PDF = "pdf"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a document leaves the house: its type and the end of its name."""

    media_type: str
    suffix: str


ENDINGS = {
    Sort.PDF: Ending("application/pdf", ".pdf"),
    Sort.PICTURE: Ending("image/jpeg", ".jpg"),
}


def sort_of(content: bytes) -> Sort | None:
    """Return what the bytes are; None for anything that is neither a PDF nor a picture."""
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-_TAIL:]:
        return Sort.PDF
    if content.startswith(_PICTURES) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return Sort.PICTURE
    return None


def name_of(typed: str, file_name: str) -> str:
    """Return what a document is called: as typed, or as its file was called without its folder."""
    if typed.strip():
        return typed.strip()
    last = file_name.replace("\\", "/").rpartition("/")[2].strip()
    plain = last.rpartition(".")[0] if "." in last.lstrip(".") else last
    return plain.strip(". ")[:LONGEST_NAME]


def download_name(name: str, media_type: str) -> str:
    """Return the name under which a document is saved: its own, with the ending of its type."""
    suffix = next((one.suffix for one in ENDINGS.values() if one.media_type == media_type), "")
    plain = "".join("-" if sign in '/\\:*?"<>|' else sign for sign in name).strip(". ")
    return f"{plain.removesuffix(suffix) or 'document'}{suffix}"
