"""Pages used as somebody uses them who reads: a button is found by its words, and pressed."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


@dataclass(slots=True)
class Form:
    """A form as a browser would send it: what stands in its fields, and its buttons by words."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.select = ""
        self.area = ""
        self.button: tuple[str, str] | None = None
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(has.get("action", ""), has.get("method", "get").lower())
            self.forms.append(self.open)
        if self.open is None:
            return
        if tag == "input":
            self._input(has)
        elif tag == "select":
            self.select = has.get("name", "")
        elif tag == "option" and self.select:
            self.open.known.add(self.select)
            if "selected" in has or self.select not in self.open.values:
                self.open.values[self.select] = has.get("value", "")
        elif tag == "textarea":
            self.area = has.get("name", "")
            self.open.values[self.area] = ""
            self.open.known.add(self.area)
        elif tag == "button" and has.get("type", "submit") == "submit":
            self.button, self.words = (has.get("name", ""), has.get("value", "")), []

    def _input(self, has: dict[str, str]) -> None:
        assert self.open is not None
        name, kind = has.get("name", ""), has.get("type", "text")
        self.open.known.add(name)
        if name and (kind not in {"checkbox", "radio"} or "checked" in has):
            self.open.values[name] = has.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.button is not None:
            self.words.append(data)
        elif self.area and self.open is not None:
            self.open.values[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""
        elif tag == "button" and self.button is not None and self.open is not None:
            self.open.buttons[" ".join("".join(self.words).split())] = self.button
            self.button = None


def forms_of(page: str) -> list[Form]:
    """Return the forms of a page, in order."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def press(client: FlaskClient, page: TestResponse | str, words: str, **typed: str) -> TestResponse:
    """The button with these words is pressed after this was typed; returns the page that follows.

    `page` is an address or the page one is on. Fails when there is no such button, or no such
    field in its form, or when the answer is no page.
    """
    shown = client.get(page) if isinstance(page, str) else page
    assert shown.status_code == 200, (shown.status_code, shown.request.path)
    fitting = [
        (form, button)
        for form in forms_of(shown.text)
        for name, button in form.buttons.items()
        if words in name and set(typed) <= form.known
    ]
    assert fitting, f"no button {words!r} with {sorted(typed)} on {shown.request.path}"
    form, (name, value) = fitting[0]
    sent = form.values | typed | ({name: value} if name else {})
    target = form.action or shown.request.full_path
    if form.method == "get":
        answer = client.get(urlsplit(target).path, query_string=sent, follow_redirects=True)
    else:
        answer = client.post(target, data=sent, follow_redirects=True)
    assert answer.status_code == 200, (answer.status_code, words, answer.text[-1500:])
    return answer
