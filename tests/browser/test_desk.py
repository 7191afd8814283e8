"""The check-in screen in a real browser: scans arrive by themselves, everything by keyboard."""

from flask import Flask

from tests.browser.conftest import OpenDesk
from tests.card import life
from tests.cast import Cast

NO_PATIENCE_MS = 8000


def test_scan_appears_on_two_open_desks(app: Flask, cast: Cast, open_desk: OpenDesk) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)
    first, second = open_desk("Frank"), open_desk("Max")
    first.open("/desk")
    second.open("/desk")

    life.scan(app, cast)

    for desk in (first, second):
        desk.page.wait_for_selector(".scan-card h2 >> text=Mia Rahman", timeout=NO_PATIENCE_MS)
        assert desk.page.locator("#desk").get_attribute("data-played") in {"go", "note"}
        assert desk.complaints == []
