"""Services room: a slip drawn dot by dot, so that letters of any script stand on the paper.

The shaping library behind Pillow joins the letters of Bengali and Devanagari as readers expect.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from memberships.printing.rules import Look, Row, Slip

FONTS = Path("/usr/share/fonts/truetype/noto")
SIZES = {Look.TITLE: 34, Look.PLAIN: 24, Look.SMALL: 20, Look.TOTAL: 34}
BOLD = frozenset({Look.TITLE, Look.TOTAL})
# First and last letter of a script, and the family that has it.
SCRIPTS = (
    ("\u0900", "\u097f", "NotoSansDevanagari"),
    ("\ua8e0", "\ua8ff", "NotoSansDevanagari"),
    ("\u0980", "\u09ff", "NotoSansBengali"),
)
USUAL = "NotoSans"
EDGE = 4
LEADING = 1.35
CODE_DOTS = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters that one font has, with their width in dots."""

    text: str
    font: ImageFont.FreeTypeFont
    width: float


def draw_slip(slip: Slip, dots: int) -> Image.Image:
    """Return the slip in black and white, as wide as the paper has dots."""
    bands = [_band(row, dots) for row in slip.rows]
    paper = Image.new("1", (dots, max(1, sum(band.height for band in bands))), 1)
    top = 0
    for band in bands:
        paper.paste(band, (0, top))
        top += band.height
    return paper


def _band(row: Row, dots: int) -> Image.Image:
    if row.look is Look.RULE:
        band = Image.new("1", (dots, 17), 1)
        ImageDraw.Draw(band).line((EDGE, 8, dots - EDGE, 8), fill=0, width=2)
        return band
    if row.look is Look.CODE:
        return _code(row.left, dots)
    return _words(row, dots)


def _words(row: Row, dots: int) -> Image.Image:
    size = SIZES[row.look]
    height = round(size * LEADING)
    amount = list(_pieces(row.right, row.look))
    room = dots - 2 * EDGE - (_width(amount) + size / 2 if amount else 0)
    lines = list(_lines(row.left, row.look, room)) or [[]]
    band = Image.new("L", (dots, height * len(lines)), 255)
    pen = ImageDraw.Draw(band)
    for number, line in enumerate(lines):
        start = (dots - _width(line)) / 2 if row.look is Look.TITLE else EDGE
        _write(pen, line, start, number * height + size)
    _write(pen, amount, dots - EDGE - _width(amount), (len(lines) - 1) * height + size)
    return band.point(lambda grey: 255 if grey > 140 else 0).convert("1")


def _lines(text: str, look: Look, room: float) -> Iterator[list[Piece]]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and _width(list(_pieces(longer, look))) > room:
            yield list(_pieces(line, look))
            line = word
        else:
            line = longer
    if line:
        yield list(_pieces(line, look))


def _write(pen: ImageDraw.ImageDraw, pieces: list[Piece], start: float, base: float) -> None:
    left = start
    for piece in pieces:
        # All scripts of a line stand on one base.
        pen.text((left, base), piece.text, fill=0, font=piece.font, anchor="ls")
        left += piece.width


def _pieces(text: str, look: Look) -> Iterator[Piece]:
    run, family = "", ""
    for letter in text:
        wanted = _family(letter, family)
        if run and wanted != family:
            yield _piece(run, family, look)
            run = ""
        run, family = run + letter, wanted
    if run:
        yield _piece(run, family, look)


def _piece(text: str, family: str, look: Look) -> Piece:
    font = _font(family, SIZES[look], is_bold=look in BOLD)
    return Piece(text, font, font.getlength(text))


def _family(letter: str, before: str) -> str:
    for first, last, family in SCRIPTS:
        if first <= letter <= last:
            return family
    # Joiners and spaces stay with what they stand between.
    return before if before and letter in " \u200c\u200d" else USUAL


def _width(pieces: list[Piece]) -> float:
    return sum(piece.width for piece in pieces)


def _code(text: str, dots: int) -> Image.Image:
    matrix = [list(line) for line in segno.make(text, micro=False).matrix]
    side = len(matrix)
    scale = max(1, min(CODE_DOTS, dots // (side + 8)))
    band = Image.new("1", (dots, (side + 4) * scale), 1)
    pen = ImageDraw.Draw(band)
    left = (dots - side * scale) // 2
    for down, line in enumerate(matrix):
        for across, is_dark in enumerate(line):
            if is_dark:
                corner = (left + across * scale, (down + 2) * scale)
                pen.rectangle((*corner, corner[0] + scale - 1, corner[1] + scale - 1), fill=0)
    return band


@cache
def _font(family: str, size: int, *, is_bold: bool) -> ImageFont.FreeTypeFont:
    name = f"{family}-{'Bold' if is_bold else 'Regular'}.ttf"
    return ImageFont.truetype(str(FONTS / name), size, layout_engine=ImageFont.Layout.RAQM)
