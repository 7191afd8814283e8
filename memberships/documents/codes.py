"""Rules of a QR picture: which squares are dark, as one path that pages and papers draw."""

from dataclasses import dataclass

import segno


@dataclass(frozen=True, slots=True)
class Code:
    """A QR picture: how many squares wide, and the path that fills the dark ones."""

    width: int
    path: str


def drawn_code(text: str) -> Code:
    """Return a text as a full QR picture, never a micro one, which readers at doors cannot read."""
    code = segno.make(text, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix_iter(border=2)]
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, one in enumerate(row) if one)
    return Code(len(rows), "".join(dark))
