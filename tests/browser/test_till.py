"""The till in a real browser: two items to an account in at most four touches, a scanner alone."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from access_control.models import Credential
from access_control.rules.codes import CredentialKind
from bar_inventory.sales.models import Sale
from clubcrm.core.db import db, unit_of_work
from memberships.tills.settings import set_account_limit
from tests.bar_inventory.counter import MAX, make_bar
from tests.bar_inventory.sales.conftest import fill
from tests.browser.conftest import LAPTOP, PHONE, OpenDesk
from tests.browser.test_pages import judge
from tests.cast import Cast

TABLET = {"width": 1024, "height": 768}
CARD = "0A1B2C3D"
WATER = "8941100500019"


@pytest.fixture(autouse=True)
def counter(app: Flask, cast: Cast) -> None:
    """The bar is stocked, Boris has opened his shift, and Mia has a card and an account."""
    with app.app_context(), unit_of_work():
        made = fill(cast, make_bar(cast))
        set_account_limit(made.mia, made.bar.club, 100_000, by=MAX)
        db.session.add(Credential(person_id=made.mia, kind=CredentialKind.CARD, value=CARD))


@dataclass(slots=True)
class Touches:
    """Counts what a finger does on a page."""

    page: object
    count: int = 0

    def tap(self, name: str) -> None:
        """One touch on the button of this name."""
        self.page.get_by_role("button", name=name).first.click()  # type: ignore[attr-defined]
        self.count += 1


def sums(app: Flask) -> list[tuple[int, int]]:
    with app.app_context(), unit_of_work(write=False) as session:
        rows = session.execute(select(Sale.total_minor, Sale.on_account_minor).order_by(Sale.id))
        return [(row.total_minor, row.on_account_minor) for row in rows]


def scan(page, code: str) -> None:
    page.keyboard.type(code, delay=2)
    page.keyboard.press("Enter")


def test_a8_1_two_items_to_an_account_in_at_most_four_touches(app, open_desk: OpenDesk):
    page = open_desk("Boris", TABLET).open("/till")
    fingers = Touches(page)

    scan(page, CARD)
    page.get_by_text("Mia Rahman").wait_for()
    fingers.tap("Shake")
    page.locator(".cart-line").first.wait_for()
    fingers.tap("Water")
    page.locator(".cart-line").nth(1).wait_for()
    fingers.tap("Account")
    page.locator(".sold").wait_for()

    assert fingers.count <= 4
    assert sums(app) == [(28_000, 28_000)]


def test_a_scanner_alone_fills_the_cart_and_a_reload_keeps_it(app, open_desk: OpenDesk):
    page = open_desk("Boris", TABLET).open("/till")
    scan(page, WATER)
    page.locator(".cart-line").wait_for()
    scan(page, WATER)
    page.locator(".cart-number", has_text="2").wait_for()

    page.reload()
    assert page.locator(".cart-number").inner_text() == "2"
    page.fill("#given", "100")
    page.keyboard.press("Enter")
    page.locator(".sold-change").wait_for()

    assert "40" in page.locator(".sold-change").inner_text()
    assert sums(app) == [(6_000, 0)]


def test_a_split_sum_tells_what_is_left_and_one_touch_takes_the_rest(app, open_desk: OpenDesk):
    page = open_desk("Boris", TABLET).open("/till")
    page.get_by_role("button", name="Shake").first.click()
    page.locator(".cart-line").first.wait_for()
    page.get_by_text("Split, tip, voucher").click()

    page.fill("#amount-cash", "100")
    assert page.locator("[data-left]").inner_text() == "150"
    page.fill("#tip", "5.50")
    page.get_by_role("button", name="The rest: Card").click()
    assert page.locator("#amount-card_terminal").input_value() == "155.50"
    page.get_by_role("button", name="Take it").click()
    page.locator(".sold").wait_for()

    assert sums(app) == [(25_550, 0)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_till_is_accessible_and_fits(app, open_desk: OpenDesk, theme: str):
    desk = open_desk("Boris", TABLET, theme)
    page = desk.open("/till")
    judge(desk, f"till-empty-1024-{theme}")
    scan(page, CARD)
    page.get_by_text("Mia Rahman").wait_for()
    for name in ("Shake", "Water"):
        page.get_by_role("button", name=name).first.click()
        page.locator(".cart-name", has_text=name).wait_for()
    for size in (TABLET, LAPTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        judge(desk, f"till-{size['width']}-{theme}")
    for path in ("/till/shift", "/till/sales"):
        desk.open(path)
        judge(desk, f"{path.strip('/').replace('/', '-')}-390-{theme}")
    assert desk.complaints == []
