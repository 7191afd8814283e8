"""The board of leads by mouse and by keys alone."""

from flask import Flask
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.leads.api import Arrival, ArrivalChannel, LeadStage, receive_by_hand
from clubcrm.leads.models import Lead
from tests.browser.conftest import OpenDesk
from tests.cast import Cast

NAMES = ("Anika Das", "Rafi Alam")


def ask(app: Flask, cast: Cast) -> list[str]:
    with app.app_context(), unit_of_work():
        return [
            receive_by_hand(
                Arrival(cast.club, ArrivalChannel.WALK_IN, name, f"+880171199010{number}"),
                by="test",
            ).public_id
            for number, name in enumerate(NAMES)
        ]


def stages(app: Flask) -> list[LeadStage]:
    with app.app_context(), unit_of_work(write=False):
        return list(db.session.scalars(select(Lead.state).order_by(Lead.id)))


def test_a_lead_is_moved_by_keys_by_dragging_and_with_what_a_stage_asks_for(
    app: Flask, cast: Cast, open_desk: OpenDesk
) -> None:
    first, second = ask(app, cast)
    desk = open_desk("Sara")
    page = desk.open("/leads")

    # By keys: to the next column, the focus stays on the card, and back by Undo.
    page.focus(f"#lead-{first} .lead-name")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_selector(f"#col-contacted #lead-{first}")
    page.wait_for_function(f"document.activeElement.closest('#lead-{first}') !== null")
    assert stages(app) == [LeadStage.CONTACTED, LeadStage.NEW]
    page.click("[data-undo]")
    page.wait_for_selector(f"#col-new #lead-{first}")

    # By dragging.
    page.drag_and_drop(f"#lead-{second}", "#col-attended")
    page.wait_for_selector(f"#col-attended #lead-{second}")
    assert stages(app) == [LeadStage.NEW, LeadStage.ATTENDED]

    # Lost asks why, in a dialog that keys reach too.
    page.focus(f"#lead-{first} .lead-name")
    page.keyboard.press("m")
    page.wait_for_selector("#move-dialog[open]")
    page.check("#move-dialog input[value=lost]")
    page.select_option("#move-dialog select[name=reason]", "price")
    page.click("#move-dialog button[type=submit]")
    page.wait_for_selector(f"#col-lost #lead-{first}")
    assert stages(app) == [LeadStage.LOST, LeadStage.ATTENDED]
    assert desk.complaints == []
