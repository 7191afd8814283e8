"""Long lists on pages of staff: paged by key, so that a page never skips or repeats a row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

Row = TypeVar("Row")
LARGEST = 2**63


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, the key that the next one goes on from, and whether it is the first."""

    rows: Sequence[Row]
    more: int | None
    is_first: bool

    @property
    def is_whole(self) -> bool:
        """Tell whether the list has no other page."""
        return self.more is None and self.is_first


def asked_key(name: str = "before") -> int | None:
    """Return the key in the address from which the list goes on; anything else begins it anew."""
    typed = request.args.get(name, "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 20):
        return None
    return int(typed) if int(typed) < LARGEST else None


def page_of(
    rows: Sequence[Row], size: int, key_of: Callable[[Row], int], name: str = "before"
) -> Page[Row]:
    """Return one page of rows, of which one more than `size` was asked for."""
    shown = rows[:size]
    more = key_of(shown[-1]) if len(rows) > size else None
    return Page(shown, more, asked_key(name) is None)
