"""What stands on a slip: columns, wrapping, copies, and which letters a printer has."""

import pytest

from memberships.printing.pictures import draw_slip
from memberships.printing.rules import (
    Look,
    Row,
    Slip,
    is_plain,
    kept,
    marked_as_copy,
    pause_after,
    slip_of,
    text_lines,
    wrapped,
)


def lines(row: Row, letters: int = 32) -> list[str]:
    return [line for _look, line in text_lines(Slip((row,)), letters)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row("Espresso", "2.50"), ["Espresso                    2.50"]),
        (
            Row("Protein shake with oat milk and berries", "6.90"),
            ["Protein shake with oat milk", "and berries                 6.90"],
        ),
        (Row("A" * 40), ["A" * 32, "A" * 8]),
        (Row(look=Look.RULE), ["-" * 32]),
        (Row("Total", "9.40", Look.TOTAL), ["Total       9.40"]),
        (Row("", "9.40"), ["                            9.40"]),
        (Row("Tax", "1" * 30), ["Tax", "  " + "1" * 30]),
    ],
)
def test_rows_fit_the_paper_and_amounts_stand_at_its_edge(row, expected):
    assert lines(row) == expected


def test_no_letter_is_lost_in_wrapping():
    text = "one two three four five sixseveneightnineten eleven"
    assert "".join(wrapped(text, 9)).replace(" ", "") == text.replace(" ", "")
    assert all(len(line) <= 9 for line in wrapped(text, 9))


@pytest.mark.parametrize(
    ("words", "expected"),
    [("Espresso", True), ("চা", False), ("चिया", False), ("Чай", False), ("Café", False)],
)
def test_only_ascii_is_sent_as_text(words, expected):
    assert is_plain(Slip((Row(words, "1.00"),))) is expected


def test_a_copy_says_so_first_and_opens_no_drawer():
    copy = marked_as_copy(Slip((Row("Tea", "1.00"),), opens_drawer=True), "Copy of Original (2)")
    assert copy.rows[0] == Row("Copy of Original (2)", look=Look.TITLE)
    assert not copy.opens_drawer


def test_a_slip_comes_back_from_the_store_as_it_was():
    slip = Slip((Row("চা", "৳ 20"), Row(look=Look.RULE), Row("x", look=Look.CODE)), True)
    assert slip_of(kept(slip)) == slip


def test_pauses_grow_and_stop_growing():
    seconds = [pause_after(tries).total_seconds() for tries in (0, 1, 2, 5, 50)]
    assert seconds == [5, 5, 15, 300, 300]


@pytest.mark.parametrize("dots", [384, 576])
def test_letters_of_four_scripts_are_drawn_and_each_looks_of_its_own(dots):
    drawn = {}
    for words in ("চা", "चिया", "Чай", "Tea"):
        picture = draw_slip(Slip((Row(words, "1.00"),)), dots)
        assert picture.width == dots
        assert picture.mode == "1"
        drawn[words] = picture.tobytes()
    # A letter that a font lacks is drawn as the same empty box whatever it is.
    boxes = draw_slip(Slip((Row("\u4e00\u4e01", "1.00"),)), dots).tobytes()
    assert len({*drawn.values(), boxes}) == 5


def test_a_conjunct_is_joined_and_no_row_of_single_letters():
    joined = draw_slip(Slip((Row("ক্ষ"),)), 576)
    apart = draw_slip(Slip((Row("ক ষ"),)), 576)
    assert _ink_width(joined) < _ink_width(apart)


def _ink_width(picture):
    box = picture.convert("L").point(lambda grey: 255 - grey).getbbox()
    assert box is not None
    return box[2] - box[0]
