import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from clubcrm.core.sheets import SheetError, column_names, read_rows


def written(folder: Path, content: bytes, name: str = "people.csv") -> Path:
    """The bytes as a file."""
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("name,city\nМарина,Алматы\n".encode(), id="utf-8"),
        pytest.param("name,city\r\nМарина,Алматы\r\n".encode("utf-8-sig"), id="excel utf-8"),
        pytest.param("name;city\nМарина;Алматы\n".encode(), id="semicolons"),
        pytest.param("name\tcity\nМарина\tАлматы\n".encode("utf-16"), id="excel unicode text"),
        pytest.param("name,city\nМарина,Алматы\n".encode("utf-16-le"), id="utf-16 le, unsaid"),
        pytest.param("name,city\nМарина,Алматы\n".encode("utf-16-be"), id="utf-16 be, unsaid"),
        pytest.param('name|city\n"Марина"|Алматы'.encode(), id="bars, no last line end"),
    ],
)
def test_table_reads_the_same_in_every_dress(tmp_path: Path, content: bytes) -> None:
    (row,) = read_rows(written(tmp_path, content))

    assert row.number == 2
    assert row.cells == {"name": "Марина", "city": "Алматы"}


def test_legacy_code_page_is_recognised(tmp_path: Path) -> None:
    lines = ["имя;город"] + ["Марина Соколова;Алматы", "Тимур Ахметов;Караганда"] * 20
    path = written(tmp_path, "\n".join(lines).encode("cp1251"))

    first = next(read_rows(path))

    assert first.cells == {"имя": "Марина Соколова", "город": "Алматы"}


def test_empty_rows_keep_the_numbers_of_the_others(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n1,2\n,\n\n3,4\n")

    assert [row.number for row in read_rows(path)] == [2, 5]


def test_short_and_long_rows_are_kept(tmp_path: Path) -> None:
    short, long = read_rows(written(tmp_path, b"a,b\n1\n1,2,3\n"))

    assert short.cells == {"a": "1", "b": ""}
    assert long.cells == {"a": "1", "b": "2", "column 3": "3"}


def test_line_breaks_inside_quotes_stay_in_the_cell(tmp_path: Path) -> None:
    (row,) = read_rows(written(tmp_path, b'name,note\nMia,"first\nsecond"\n'))

    assert row.cells["note"] == "first\nsecond"


def test_apostrophe_of_our_exports_is_taken_off(tmp_path: Path) -> None:
    (row,) = read_rows(written(tmp_path, b"name,phone\n'=1+1,'+8801712345678\n"))

    assert row.cells == {"name": "=1+1", "phone": "+8801712345678"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty"),
        (b"a,a\n1,2\n", "Two columns have the same name: a"),
        (b"a,b\n1,\0\n", "not a table"),
        (b"a,b\n1," + b"x" * 20_001 + b"\n", "Line 2 cannot be read"),
        (b"PK\x03\x04 broken", "damaged or too large"),
    ],
)
def test_unreadable_file_says_why(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(SheetError, match=why):
        list(read_rows(written(tmp_path, content)))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match=r"none\.csv cannot be read"):
        column_names(tmp_path / "none.csv")


def test_workbook_gives_plain_text(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["name", "visits", "paid", "rate"])
    sheet.append(["মিতা", 12.0, True, 1.5])
    book.save(tmp_path / "people.xlsx")

    (row,) = read_rows(tmp_path / "people.xlsx")

    assert row.cells == {"name": "মিতা", "visits": "12", "paid": "true", "rate": "1.5"}


def test_archive_that_swells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)

    with pytest.raises(SheetError, match="too large once unpacked"):
        list(read_rows(path))


def test_workbook_with_document_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "entities.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>')

    with pytest.raises(SheetError, match="holds a document type"):
        list(read_rows(path))


def test_far_right_cells_are_refused(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.cell(row=1, column=300, value="far")
    book.save(tmp_path / "wide.xlsx")

    with pytest.raises(SheetError, match="200 columns"):
        list(read_rows(tmp_path / "wide.xlsx"))
