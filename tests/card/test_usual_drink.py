"""The desk sees what a member usually drinks, so that it can stand on the counter in time."""

from clubcrm.core.db import unit_of_work
from tests.bar_inventory.counter import make_bar
from tests.bar_inventory.sales.conftest import fill
from tests.card import life


def drinks(app, cast, times: int) -> None:
    with app.app_context(), unit_of_work():
        counter = fill(cast, make_bar(cast))
        for _ in range(times):
            counter.sell(counter.line("water"), cash=100_000, person=counter.mia)


def card_of_mia(app, cast, client_of) -> str:
    life.give_card(app, cast)
    scan_id = life.scan(app, cast)
    return client_of("Frank").get(f"/desk/scans/{scan_id}").text


def test_desk_names_the_usual_drink(app, cast, client_of):
    drinks(app, cast, 3)
    page = card_of_mia(app, cast, client_of)
    assert "Usual drink" in page
    assert "Water" in page


def test_two_times_are_no_habit(app, cast, client_of):
    drinks(app, cast, 2)
    assert "Usual drink" not in card_of_mia(app, cast, client_of)
