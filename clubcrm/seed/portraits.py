"""Drawn faces for a part of the members, so that the desk looks lived in; no real person."""

import hashlib
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

SIDE = 240
DRAWN_AT = 480
LIGHT_SKIN = ("#f2d3bd", "#f0c8a0", "#e3b58f")
DARK_SKIN = ("#c98f66", "#b57f55", "#a66a43", "#8a5534")
DARK_HAIR = ("#1f1a17", "#2a211d", "#3b2a20", "#8c8c8c")
ANY_HAIR = (*DARK_HAIR, "#6b4a2f", "#a9803f", "#5a2d1b")
SHIRT = ("#2f6f8f", "#8f3b4a", "#3d7a4e", "#6a4c93", "#c2703d", "#39424e", "#1f8a8a")
BACK = (
    ("#dfe9f3", "#f7fafc"),
    ("#f6e7d8", "#fdf8f2"),
    ("#e2f0e6", "#f6fbf7"),
    ("#ece4f4", "#faf7fc"),
)


def draw_portrait(chance: Random, *, woman: bool, dark: bool) -> bytes:
    """One face as a JPEG picture, square."""
    picture = _background(chance)
    pen = ImageDraw.Draw(picture)
    skin = chance.choice(DARK_SKIN if dark else LIGHT_SKIN)
    hair, shirt = chance.choice(DARK_HAIR if dark else ANY_HAIR), chance.choice(SHIRT)
    long_hair, glasses, beard = (chance.random() < share for share in (0.8, 0.25, 0.3))
    long_hair, beard = long_hair and woman, beard and not woman
    middle, top = DRAWN_AT // 2 + chance.randrange(-12, 13), chance.randrange(105, 130)
    wide, tall = chance.randrange(72, 84), chance.randrange(92, 106)
    if long_hair:
        pen.rounded_rectangle(
            (middle - wide - 22, top - 10, middle + wide + 22, top + 2 * tall + 40), 80, fill=hair
        )
    pen.ellipse((middle - 190, 345, middle + 190, 640), fill=shirt)
    pen.rounded_rectangle((middle - 34, top + 150, middle + 34, 385), 30, fill=skin)
    pen.ellipse((middle - wide, top, middle + wide, top + 2 * tall), fill=skin)
    pen.chord((middle - wide - 8, top - 16, middle + wide + 8, top + 130), 180, 360, fill=hair)
    if beard:
        pen.chord((middle - wide, top + 60, middle + wide, top + 2 * tall), 20, 160, fill=hair)
    _face(pen, middle, top + tall, glasses=glasses)
    small = picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = BytesIO()
    small.save(out, "JPEG", quality=82)
    return out.getvalue()


def _background(chance: Random) -> Image.Image:
    low, high = chance.choice(BACK)
    shade = Image.linear_gradient("L").resize((DRAWN_AT, DRAWN_AT))
    size = (DRAWN_AT, DRAWN_AT)
    return Image.composite(Image.new("RGB", size, low), Image.new("RGB", size, high), shade)


def _face(pen: ImageDraw.ImageDraw, middle: int, eyes: int, *, glasses: bool) -> None:
    for side in (-1, 1):
        spot = middle + side * 32
        pen.ellipse((spot - 7, eyes - 10, spot + 7, eyes + 6), fill="#2a2320")
        pen.arc((spot - 20, eyes - 36, spot + 20, eyes - 6), 200, 340, fill="#2a2320", width=5)
        if glasses:
            pen.ellipse((spot - 26, eyes - 26, spot + 26, eyes + 24), outline="#39424e", width=5)
    pen.arc((middle - 14, eyes + 8, middle + 14, eyes + 36), 40, 140, fill="#8a5a44", width=5)
    pen.arc((middle - 32, eyes + 28, middle + 32, eyes + 72), 25, 155, fill="#8f3b4a", width=7)


class Picture:
    """A drawn face that several members may have, each as a file of his own."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.fingerprint = hashlib.sha256(content).hexdigest()
        self._first: Path | None = None

    def keep(self, folder: Path, name: str) -> str:
        """The picture lies in the data folder under the name; returns its path there."""
        place = f"photos/{name[:2]}/{name}.jpg"
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        if self._first is None:
            target.write_bytes(self.content)
            self._first = target
        else:
            # One copy on the disk is enough; taking one member's name away leaves the others'.
            target.hardlink_to(self._first)
        return place
