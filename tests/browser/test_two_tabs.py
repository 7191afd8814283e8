"""Two tabs of one browser: one asks who rings, both show it."""

from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from clubcrm.core import clock
from clubcrm.core.config import Settings
from clubcrm.core.db import unit_of_work
from clubcrm.tickets import calls
from tests.browser.conftest import OpenDesk
from tests.cast import Cast
from tests.conftest import settings_for

KEY = "a-key-that-nobody-guesses"
LEASE = 2600  # how long a tab that has gone silent is still the one that asks, in milliseconds
COUNT = """{
  const real = window.fetch;
  window.asks = [];
  window.fetch = (...all) => {
    if (String(all[0]).includes("/phone/ringing")) window.asks.push(Date.now());
    return real(...all);
  };
}"""


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Return the settings of a club with a telephone system."""
    return settings_for(database_url, tmp_path / "var", CLUBCRM_PHONE_SECRET=KEY)


def tell(app: Flask, event: str, **more: str) -> None:
    fields = {"call_id": "c1", "event": event, "at": clock.now().isoformat(), **more}
    assert app.test_client().post(f"/hooks/phone/{KEY}", json=fields).status_code == 200


def asks(tab: Page) -> list[int]:
    """When the tab asked who rings."""
    return tab.evaluate("window.asks")  # type: ignore[no-any-return]


def wait_for_asks(tab: Page, more: int) -> None:
    """Wait until the tab has asked that often again."""
    wanted = len(asks(tab)) + more
    tab.wait_for_function("wanted => window.asks.length >= wanted", arg=wanted)


def test_one_of_two_tabs_asks_who_rings_and_the_other_shows_it_and_takes_over(
    app: Flask, cast: Cast, open_desk: OpenDesk
) -> None:
    with app.app_context(), unit_of_work():
        calls.set_extension(cast.club, "101", cast.users["Frank"], by="user:1")
    desk = open_desk("Frank")
    desk.page.context.add_init_script(COUNT)
    first, second = desk.open("/tasks"), desk.page.context.new_page()
    wait_for_asks(first, 1)
    second.goto("/tasks")

    # The tab that was opened last asks alone: a tab takes over from a silent one only.
    wait_for_asks(second, 4)
    turns = sorted([(at, "first") for at in asks(first)] + [(at, "second") for at in asks(second)])
    since = turns.index((asks(second)[0], "second"))
    for (before, one), (after, other) in pairwise(turns[since:]):
        assert one == other or after - before >= LEASE, turns

    # Both show who rings.
    tell(app, "incoming", number="01711-000001", direction="in")
    tell(app, "ring", extension="101")
    for tab in (first, second):
        tab.wait_for_selector(f"#ringing a[href='/members/{cast.public['Mia']}']")

    # The tab that asked is closed: the other asks in its place, and the card goes with the call.
    second.close()
    tell(app, "answer", extension="101")
    first.wait_for_selector("#ringing .ringing-card", state="detached")
    assert desk.complaints == []
