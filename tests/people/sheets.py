"""Tables as clubs send them, written for the tests of importing."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

HEAD = ("No", "First name", "Last name", "Mobile", "E-mail", "Date of birth", "Shoe size")

# The numbers, names and faults of a small table: 6 good people in 12 rows.
ROWS: tuple[tuple[str, ...], ...] = (
    ("101", "Nadia", "Sultana", "01711-222333", "nadia@example.com", "31.05.1994", "38"),
    ("102", "Rafi", "Sultana", "01711-222333", "", "12.01.2012", ""),  # her son, on her phone
    ("103", "আনিকা", "রহমান", "০১৯১১৪৪৫৫৬৬", "", "", ""),
    ("104", "Иван", "Ёлкин", "+7 701 123 45 67", "ivan@example.com", "1980-02-29", ""),
    ("105", "Sultana", "Nadia", "+8801711222333", "", "", ""),  # row 2 once more
    ("106", "", "-", "01911-000000", "", "", ""),
    ("107", "Omar", "Faruk", "12", "", "", ""),
    ("108", "Lina", "Das", "", "lina@", "", ""),
    ("109", "Mona", "Sen", "", "", "31.02.1994", ""),
    ("110", "Tim", "Hu", "", "", "01.01.2099", ""),
    ("111", "=cmd|' /C calc'!A0", "Excel", "", "", "", ""),
    ("", "Zara", "", "", "", "", ""),
)
CATEGORIES = {
    "new": 6,
    "repeated": 1,
    "no_name": 1,
    "bad_phone": 1,
    "bad_email": 1,
    "bad_birth_date": 2,
}


def as_csv(rows: Sequence[Sequence[str]] = ROWS, head: Sequence[str] = HEAD) -> str:
    """Return the table as CSV text."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerows([head, *rows])
    return text.getvalue()


def written(folder: Path, content: str | bytes, name: str = "members.csv") -> Path:
    """The table lies in a file."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
