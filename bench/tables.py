"""Tables of figures, printed as Markdown so that they can be copied into a note."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Table:
    """One question with its figures and what limits them."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    limits: str = ""

    def add(self, *cells: object) -> None:
        """The row stands at the end of the table; numbers are shortened."""
        self.rows.append(tuple(shown(cell) for cell in cells))

    def __str__(self) -> str:
        lines = [f"## {self.title}", "", _line(self.heads), _line(("---",) * len(self.heads))]
        lines += [_line(row) for row in self.rows]
        return "\n".join([*lines, "", *([f"Limit: {self.limits}", ""] if self.limits else [])])


def shown(cell: object) -> str:
    """Return a figure with as many digits as it deserves."""
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:.3g}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def share(part: float, whole: float) -> str:
    """Return a ratio as a percentage."""
    return f"{100 * part / whole:.1f}%" if whole else "-"


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"
