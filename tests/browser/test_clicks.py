"""How many clicks an act takes: from the member's card at most three, a trainer's session three."""

from datetime import timedelta

from flask import Flask
from playwright.sync_api import Page

from clubcrm.accounts.api import Role
from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from memberships.billing.models import Payment
from memberships.billing.orders import PaymentOrder, Tender
from memberships.billing.payments import take_payment
from memberships.contracts.services import SignRequest, sign
from memberships.trainers.clients import assign_client
from memberships.trainers.models import TrainerSession
from memberships.trainers.rules import SessionState
from tests.browser.conftest import LAPTOP, PHONE, OpenDesk
from tests.cast import Cast, make_user
from tests.memberships.conftest import make_plan
from tests.memberships.packages.shop import sell

MOST = 3
MENU, PLAN = "More", "Year"
# The clicks from the card, and the button (or field) that then stands there to act.
ACTS: dict[str, tuple[tuple[str, ...], str]] = {
    "take a payment": (("Take payment",), "Take it"),
    "sign a contract": (("New contract",), "Show what this gives"),
    "write a note": (("Write a note",), "Keep the note"),
    "status of any day": ((MENU, "Status and contracts"), "Show that day"),
    "freeze": ((MENU, "Freeze or block"), "Show the new last day"),
    "stop at the gate": ((MENU, "Freeze or block"), "Stop at the gate"),
    "give days": ((MENU, "Give days"), "Show the new last day"),
    "family": ((MENU, "Family"), "Search"),
    "cancel": ((MENU, "Cancel a contract"), "Show what this brings"),
    "sell something": ((MENU, "Account", "Sell something"), "Write the invoice"),
    "voucher or bonus": ((MENU, "Account", "Voucher or bonus"), "Make it"),
    "credit note": ((MENU, "Account", PLAN), "Write a credit note"),
    "write off": ((MENU, "Account", PLAN), "Give it up"),
    "link to pay": ((MENU, "Account", PLAN), "Pay by link"),
    "refund": ((MENU, "Account", "Paid: Cash"), "Give it back"),
    "sign the waiver": ((MENU, "Waiver"), "Sign"),
    "waiver on the phone": ((MENU, "Waiver"), "Sign on the phone"),
    "hand in a certificate": ((MENU, "Medical certificates"), "Keep"),
    "log a session": ((MENU, "Packages and training"), "Session held"),
    "give to a trainer": ((MENU, "Packages and training"), "Give to this trainer"),
    "sell a package": ((MENU, "Packages and training", "Sell a package"), "Show what this gives"),
    "address of classes": ((MENU, "Book classes"), "Make an address"),
    "bring a guest": ((MENU, "Bring a guest"), "Give the pass"),
    "change the name": ((MENU, "Change name, birthday, photo"), "Save"),
    "way to reach": ((MENU, "Ways to reach"), "Add"),
    "consent": ((MENU, "Consents"), "Says yes"),
    "give a card": ((MENU, "Cards"), "Give it"),
    "complaint": ((MENU, "Note a complaint"), "Note the complaint"),
    "leave in peace": ((MENU, "Leave in peace"), "No contact"),
    "renew": ((PLAN, "Renew"), "Show what this gives"),
    "offer by link": ((PLAN, "Renew"), "Offer it by link instead"),
    "hand on": ((PLAN, "Hand on"), "Search"),
    "own page": ((PLAN,), "Link to the own page"),
}


def a_life(app: Flask, cast: Cast) -> None:
    """Mia has a year and ten sessions, paid a part in cash, and is Tara's client; Timur is free."""
    with app.app_context(), unit_of_work():
        mia, today = cast.members["Mia"], clock.today("Asia/Dhaka")
        begun = today - timedelta(days=30)
        sign(SignRequest(mia, make_plan(cast).plan_id, begun), by="user:1")
        sell(cast)
        take_payment(PaymentOrder(cast.club, mia, 100_000, Tender.CASH, "test", "1"), by="user:1")
        assign_client(cast.users["Tara"], mia, by="user:1")
        make_user("Timur", Role.TRAINER, [cast.club])
        assert db.session.query(Payment).count() == 1


def click(page: Page, name: str) -> None:
    """Click the visible thing of this name, as somebody would who reads the page."""
    if name == MENU:
        page.locator("summary[aria-label='More']").click()
        return
    link = page.get_by_role("link", name=name, exact=True)
    with page.expect_navigation():
        link.or_(page.get_by_role("button", name=name, exact=True)).filter(
            visible=True
        ).first.click()


def test_every_act_stands_within_three_clicks_of_the_card(
    app: Flask, cast: Cast, open_desk: OpenDesk
) -> None:
    a_life(app, cast)
    olga = open_desk("Olga", LAPTOP)
    missing = []

    for clicks in dict.fromkeys(clicks for clicks, _button in ACTS.values()):
        page = olga.open(f"/members/{cast.public['Mia']}")
        for name in clicks:
            click(page, name)
        missing += [
            f"{act}: no {button!r} after {clicks}"
            for act, (by, button) in ACTS.items()
            if by == clicks
            and not page.get_by_role("button", name=button, exact=True).first.is_visible()
        ]

    assert missing == []
    assert max(len(clicks) for clicks, _button in ACTS.values()) <= MOST
    assert olga.complaints == []


def test_a_trainer_logs_a_session_in_three_taps_on_a_phone(
    app: Flask, cast: Cast, open_desk: OpenDesk
) -> None:
    """A6.2: his place in the rail, the client, the button; undo and proof stand on the answer."""
    a_life(app, cast)
    tara = open_desk("Tara", PHONE)
    page = tara.open("/pay/mine")
    taps = 0

    for tap in (
        page.get_by_role("link", name="Training", exact=True).filter(visible=True).first,
        page.get_by_role("link", name="Mia Rahman"),
        page.get_by_role("button", name="Session held", exact=True),
    ):
        box = tap.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        with page.expect_navigation():
            tap.click()
        taps += 1

    assert taps == MOST
    assert page.get_by_text("9 are left.").is_visible()
    assert page.get_by_text("Confirm with the client").is_visible()
    with app.app_context(), unit_of_work(write=False):
        rows = [row.state for row in db.session.query(TrainerSession)]
    assert rows == [SessionState.COMPLETE]
    assert tara.complaints == []
