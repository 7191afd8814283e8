"""Rules: the words of a mail that has no plain part: HTML without what runs, hides or is quoted."""

import re
from html.parser import HTMLParser

_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "svg"})
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "hr"}
)
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "wbr", "col", "area", "base"})
_QUOTES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
_BREAKS = re.compile(r"\n{3,}")


class _Reader(HTMLParser):
    """Collects what a person sees and has written himself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line at blocks, and note what is hidden or quoted."""
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag not in _VOID:
            self._open.append((tag, tag in _UNSEEN or _is_quote(tag, dict(attrs))))

    def handle_endtag(self, tag: str) -> None:
        """End the nearest part of that name; ends without a beginning change nothing."""
        if any(name == tag for name, _hidden in self._open):
            while self._open.pop()[0] != tag:
                pass
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep the words, unless a part around them is hidden or quoted."""
        if not any(hidden for _name, hidden in self._open):
            self.parts.append(data.replace("\n", " "))


def _is_quote(tag: str, attributes: dict[str, str | None]) -> bool:
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return tag == "blockquote" or any(one in named for one in _QUOTES)


def text_of_html(html: str) -> str:
    """Return the words of a letter in HTML, line by line; broken HTML gives what can be read."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(reader.parts).split("\n"))
    return _BREAKS.sub("\n\n", "\n".join(lines)).strip()
