"""A signature drawn with a finger: strokes of whole points in a box, nothing that could run."""

import json
from collections.abc import Sequence
from itertools import pairwise

WIDTH, HEIGHT = 600, 200
MOST_STROKES, MOST_POINTS = 200, 6000
LEAST_INK = 40

Strokes = list[list[list[int]]]


class NoSignatureError(ValueError):
    """The drawing cannot be a signature; the word says why: `empty`, `too_much` or `malformed`."""


def read_strokes(text: str) -> Strokes:
    """Return the strokes a browser has sent; raises NoSignatureError."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise NoSignatureError("malformed") from cause
    if not isinstance(given, list) or not all(isinstance(one, list) for one in given):
        raise NoSignatureError("malformed")
    if len(given) > MOST_STROKES or sum(len(one) for one in given) > MOST_POINTS:
        raise NoSignatureError("too_much")
    strokes = [[_point(point) for point in stroke] for stroke in given if stroke]
    if ink_of(strokes) < LEAST_INK:
        raise NoSignatureError("empty")
    return strokes


def ink_of(strokes: Sequence[Sequence[Sequence[int]]]) -> int:
    """Return the length of all lines, roughly; a tap is no signature."""
    return sum(
        abs(after[0] - before[0]) + abs(after[1] - before[1])
        for stroke in strokes
        for before, after in pairwise(stroke)
    )


def path_of(strokes: Sequence[Sequence[Sequence[int]]]) -> str:
    """Return the drawing as the path of an SVG picture: letters and whole numbers only."""
    return " ".join(
        f"M{int(stroke[0][0])} {int(stroke[0][1])}"
        + "".join(f"L{int(x)} {int(y)}" for x, y in (stroke[1:] or stroke))
        for stroke in strokes
        if stroke
    )


def _point(point: object) -> list[int]:
    if not isinstance(point, list) or len(point) != 2:
        raise NoSignatureError("malformed")
    for number in point:
        if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) < 1e6:
            raise NoSignatureError("malformed")
    x, y = (round(float(number)) for number in point)
    return [min(max(x, 0), WIDTH), min(max(y, 0), HEIGHT)]
