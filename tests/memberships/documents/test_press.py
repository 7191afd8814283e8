"""The print room: it sees nothing but the page, and dies at its limits without taking us along."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from clubcrm.core.errors import DomainError
from memberships.documents.press import LIMITS, Limits, print_pdf
from tests.memberships.documents.pdfs import attachments_of, fonts_of, words_of

DOT = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9Q"
    "DwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def listener():
    """A web server on this machine that notes who asks it for anything."""
    asked: list[str] = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Note)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


REACHING_OUT = (
    '<link rel="attachment" href="{address}">',
    '<a rel="attachment" href="{address}">x</a>',
    '<img src="{address}">',
    '<object data="{address}"></object>',
    '<link rel="stylesheet" href="{address}">',
    "<style>@import url({address});</style>",
    '<style>@font-face {{ font-family: F; src: url("{address}"); }} p {{ font-family: F }}</style>',
    '<p style="background: url({address})">x</p>',
    '<p style="content: url({address})">x</p>',
    '<svg><image href="{address}"/><use href="{address}#x"/></svg>',
    '<iframe src="{address}"></iframe>',
    '<embed src="{address}">',
)


def test_a_page_fetches_neither_files_nor_the_network(app, tmp_path, listener):
    secret = tmp_path / "secret.txt"
    secret.write_text("the-safe-is-behind-the-picture")
    address, asked = listener
    page = "".join(REACHING_OUT) + "<p>done</p>"

    with app.app_context():
        by_file = print_pdf(page.format(address=secret.as_uri()))
        by_web = print_pdf(page.format(address=f"{address}/x.png"))

    for pdf in (by_file, by_web):
        assert b"the-safe-is-behind" not in pdf
        assert "0 embedded files" in attachments_of(pdf, tmp_path)
        assert "done" in words_of(pdf)
    assert asked == []


def test_a_file_would_be_attached_without_our_fetcher(tmp_path):
    """The positive control: the library itself takes the file along."""
    from weasyprint import HTML  # noqa: PLC0415 - only here outside the print room

    secret = tmp_path / "secret.txt"
    secret.write_text("the-safe-is-behind-the-picture")

    pdf = HTML(string=f'<link rel="attachment" href="{secret.as_uri()}">').write_pdf()

    assert "1 embedded files" in attachments_of(pdf, tmp_path)


def test_pictures_within_the_page_are_printed(app):
    with app.app_context():
        assert b"/Image" in print_pdf(f'<img src="{DOT}">')


@pytest.mark.fault("F32")
@pytest.mark.parametrize(
    ("limits", "page"),
    [
        (Limits(seconds=2), "<p>{}</p>".format("<b>x</b> " * 200_000)),
        (LIMITS, "<table><td colspan=100000000>x</table>"),
    ],
    ids=["time", "memory"],
)
def test_a_print_that_hits_a_limit_is_refused_and_others_go_on(app, limits, page):
    refused: list[DomainError] = []

    def print_too_much():
        with app.app_context(), pytest.raises(DomainError) as caught:
            print_pdf(page, limits)
        refused.append(caught.value)

    worker = threading.Thread(target=print_too_much)
    worker.start()
    with app.app_context():
        meanwhile = print_pdf("<p>an ordinary receipt</p>")
    answered = app.test_client().get("/healthz")
    worker.join()

    assert [(one.code, one.status) for one in refused] == [("PRINT_TOO_HARD", 503)]
    assert "an ordinary receipt" in words_of(meanwhile)
    assert answered.status_code == 200


def test_the_limits_of_the_house_are_512_megabytes_and_a_minute():
    assert Limits(memory_bytes=512 * 1024 * 1024, seconds=60) == LIMITS


def test_the_child_knows_no_secret_of_ours(app, monkeypatch):
    monkeypatch.setenv("CLUBCRM_SECRET_KEY", "x" * 40)
    from memberships.documents.press import _bare_surroundings  # noqa: PLC0415

    assert not [name for name in _bare_surroundings() if name.startswith("CLUBCRM")]


def test_each_script_is_printed_in_its_font(app, tmp_path: Path):
    style = 'font-family: "Noto Sans", "Noto Sans Bengali", "Noto Sans Devanagari"'
    text = "আব্দুর রহমান / सरिता श्रेष्ठ / Екатерина Соколова"

    with app.app_context():
        pdf = print_pdf(f"<p style='{style}'>{text}</p>")

    fonts = fonts_of(pdf, tmp_path)
    for font in ("Noto-Sans-Bengali", "Noto-Sans-Devanagari", "Noto-Sans "):
        assert font in fonts
    for word in ("রহমান", "श्रेष्ठ", "Екатерина Соколова"):
        assert word in words_of(pdf)
