"""Rules room: recipes as people type them: one ingredient a line, substitutes after a slash.

`30 Whey` takes 30 units; `300 Milk / 300 Oat milk` has a substitute; `180 Milk -10%` loses a tenth.
A wish is `Oat milk: Milk -> Oat milk +0.50`, `Extra whey: + 15 Whey +1`, or `No milk: - Milk`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bar_inventory.catalogue.rules import Part

LINE = re.compile(
    r"^(?P<units>\d{1,9})\s*(?:g|ml|x|pcs?)?\s+(?P<name>.+?)(?:\s+-(?P<waste>\d{1,2})%)?$"
)
WISH = re.compile(
    r"^(?P<label>[^:]+):\s*(?:(?P<swap>.+?)\s*->\s*(?P<by>.+?)|\+\s*(?P<units>\d{1,9})\s+(?P<add>.+?)"
    r"|-\s*(?P<drop>.+?))(?:\s+(?P<price>[+-]\d+(?:\.\d+)?))?$"
)


class TypedError(ValueError):
    """A line that cannot be read; `line` is what was typed."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True, slots=True)
class TypedWish:
    """A wish as typed: what it replaces, by what, how much, and the price as text."""

    name: str
    replaces_id: int | None
    ingredient_id: int | None
    units: int
    price: str


def read_parts(text: str, ids: Mapping[str, int]) -> tuple[Part, ...]:
    """Return the ingredients of typed lines; `ids` knows products by folded name."""
    return tuple(_part(line, ids) for line in _lines(text))


def read_wishes(text: str, ids: Mapping[str, int]) -> tuple[TypedWish, ...]:
    """Return the wishes of typed lines."""
    return tuple(_wish(line, ids) for line in _lines(text))


def _part(line: str, ids: Mapping[str, int]) -> Part:
    first, *others = line.split("/")
    found = LINE.match(first.strip())
    if found is None:
        raise TypedError(line)
    stand_ins = []
    for other in others:
        one = LINE.match(other.strip())
        if one is None:
            raise TypedError(line)
        stand_ins.append((_id(one["name"], ids, line), int(one["units"])))
    waste = int(found["waste"] or 0) * 100
    units = int(found["units"])
    return Part(_id(found["name"], ids, line), units, waste, tuple(stand_ins))


def _wish(line: str, ids: Mapping[str, int]) -> TypedWish:
    found = WISH.match(line)
    if found is None:
        raise TypedError(line)
    old = found["swap"] or found["drop"]
    new = found["by"] or found["add"]
    return TypedWish(
        found["label"].strip(),
        _id(old, ids, line) if old else None,
        _id(new, ids, line) if new else None,
        int(found["units"] or 0),
        found["price"] or "",
    )


def _id(name: str, ids: Mapping[str, int], line: str) -> int:
    product = ids.get(" ".join(name.casefold().split()))
    if product is None:
        raise TypedError(line)
    return product


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
