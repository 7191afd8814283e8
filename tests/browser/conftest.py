"""A real Chromium against the real app on this test's own database."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tests.cast import PASSWORD, Cast

CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Open the browser on one store only: pages are the same on both, and browsers are slow."""
    if config.getoption("--db") != "both":
        return
    here = Path(__file__).parent
    twice = [item for item in items if here in item.path.parents and "[postgres" in item.name]
    if twice:
        config.hook.pytest_deselected(items=twice)
        items[:] = [item for item in items if item not in twice]


@dataclass(slots=True)
class Desk:
    """A signed-in browser window, with everything its console complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page of the app."""
        self.page.goto(path)
        return self.page


OpenDesk = Callable[..., Desk]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return one browser for the whole run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """Serve the app on a free port, with its forms protected as in a club."""
    app.config["WTF_CSRF_ENABLED"] = True
    running = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def open_desk(chromium: Browser, server: str, cast: Cast) -> Iterator[OpenDesk]:
    """Return a function that signs one of the cast in, in a window of its own."""
    contexts: list[BrowserContext] = []

    def sign_in(name: str = "Frank", size: dict[str, int] = LAPTOP, theme: str = "light") -> Desk:
        context = chromium.new_context(
            base_url=server,
            viewport=size,
            color_scheme=theme,
            locale="en-GB",  # type: ignore[arg-type]
        )
        contexts.append(context)
        desk = Desk(context.new_page())
        desk.page.on("console", lambda said: _note(desk, said.type, said.text))
        desk.page.on("pageerror", lambda error: desk.complaints.append(str(error)))
        desk.page.goto("/sign-in")
        desk.page.fill("input[name=email]", cast.email_of(name))
        desk.page.fill("input[name=password]", PASSWORD)
        desk.page.press("input[name=password]", "Enter")
        desk.page.wait_for_url(lambda url: "/sign-in" not in url)
        return desk

    yield sign_in
    for context in contexts:
        context.close()


def _note(desk: Desk, kind: str, text: str) -> None:
    if kind == "error" or "Content Security Policy" in text:
        desk.complaints.append(text)
