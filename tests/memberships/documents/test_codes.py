"""The squares of a QR picture, as a reader at a door looks for them."""

import re

import pytest

from memberships.documents.codes import drawn_code

QUIET = 2
EYE = 7


def has_eye(dark: set[tuple[int, int]], left: int, top: int) -> bool:
    """Tell whether the frame of a finder pattern stands at the corner."""
    frame = {(left + n, top + m) for n in range(EYE) for m in (0, EYE - 1)}
    frame |= {(left + m, top + n) for n in range(EYE) for m in (0, EYE - 1)}
    return frame <= dark


@pytest.mark.parametrize("text", ["10004277", "7", "https://club.example/sign/" + "x" * 43])
def test_a_code_has_the_three_eyes_that_readers_look_for_however_short_it_is(text: str):
    code = drawn_code(text)

    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1", code.path)}
    far = code.width - QUIET - EYE
    assert code.width >= 21 + 2 * QUIET
    assert all(has_eye(dark, *corner) for corner in ((QUIET, QUIET), (far, QUIET), (QUIET, far)))
