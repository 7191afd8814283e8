"""Tables that become cards on a phone: each cell carries the words of its column.

Install hangs the filter on the templates; the macro `sheet` uses it where cards are asked for.
"""

import re
from collections.abc import Sequence

from flask import Flask
from markupsafe import Markup, escape

_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t[dh]\b")
_NOTHING = re.compile(r"<td\b([^>]*)>\s*–?\s*</td>")


def labelled(rows: str, heads: Sequence[str | tuple[str, str]]) -> Markup:
    """Return table rows with the name of its column in every cell; empty ones are marked."""
    names = [head if isinstance(head, str) else head[0] for head in heads]

    def label_row(row: re.Match[str]) -> str:
        left = iter(names)
        return _CELL.sub(lambda cell: f'{cell[0]} data-label="{escape(next(left, ""))}"', row[0])

    # A plain string: pieces of marked up text would be escaped when they are put together.
    marked = _NOTHING.sub(r"<td\1 data-none>–</td>", str(rows))
    return Markup(_ROW.sub(label_row, marked))  # noqa: S704 # nosec B704 - rows come escaped


def install(app: Flask) -> None:
    """Templates have the filter."""
    app.jinja_env.filters["labelled"] = labelled
