"""The card of one member: status first, and a fixed number of selects whatever its history."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from clubcrm.core.clock import now, today
from tests.card import life
from tests.cast import Cast
from tests.conftest import SelectCounter

ClientOf = Callable[[str], FlaskClient]
MOST_SELECTS = 24


def page_of(client: FlaskClient, address: str) -> str:
    """Return a page that must be there."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def test_stranger_has_teaching_empty_card(cast: Cast, client_of: ClientOf) -> None:
    page = page_of(client_of("Frank"), f"/members/{cast.public['Mia']}")

    assert "Never a member" in page
    assert "Has never come" in page
    assert "No contract yet" in page


def test_member_of_another_club_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of("Frank").get(f"/members/{cast.public['Zia']}")

    assert answer.status_code == 404


def test_card_states_debt_with_its_sum(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.sell(app, cast)
    life.owe(app, cast, 50_000)

    page = page_of(client_of("Frank"), f"/members/{cast.public['Mia']}")

    assert "Active, owes money" in page
    assert "৳500.00 is open." in page


def test_units_ledger_shows_every_line(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.sell(app, cast, life.TEN_VISITS)
    life.give_card(app, cast)
    life.scan(app, cast)

    page = page_of(client_of("Frank"), f"/members/{cast.public['Mia']}/units")

    assert page.count("<tr>") == 3  # the head, the purchase, the visit
    assert "+10" in page
    assert "-1" in page


def test_card_needs_same_selects_for_long_history(
    app: Flask, cast: Cast, client_of: ClientOf, count_selects: SelectCounter
) -> None:
    frank, address = client_of("Frank"), f"/members/{cast.public['Mia']}"
    page_of(frank, address)
    before = len(count_selects)
    page_of(frank, address)
    empty = len(count_selects) - before
    with time_machine.travel(now() - timedelta(days=40), tick=False):
        life.sell(app, cast, on=today(life.ZONE))
    life.give_card(app, cast)
    for back in range(30, 0, -2):
        with time_machine.travel(now() - timedelta(days=back), tick=False):
            life.scan(app, cast)

    before = len(count_selects)
    page = page_of(frank, address)
    full = len(count_selects) - before

    assert page.count("All visits") == 1
    # Whoever has no contract may be a lead, which is asked of nobody else.
    assert full == empty - 1
    assert full <= MOST_SELECTS


def test_visits_in_a_row_are_one_line_until_asked(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with time_machine.travel(now() - timedelta(days=40), tick=False):
        life.sell(app, cast, on=today(life.ZONE))
        life.give_card(app, cast)
    for back in (9, 7, 5, 3):
        with time_machine.travel(now() - timedelta(days=back), tick=False):
            life.scan(app, cast)
    frank, address = client_of("Frank"), f"/members/{cast.public['Mia']}"

    everything = page_of(frank, address).split('class="timeline"')[1].split("</ol>")[0]
    visits = page_of(frank, f"{address}?show=visits").split('class="timeline"')[1].split("</ol>")[0]

    assert everything.count("<li>") == 3  # the run of visits, the contract signed, its invoice
    assert "4 visits" in everything
    assert visits.count("<li>") == 4


def test_timeline_tells_money_units_questions_and_tags(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with time_machine.travel(now() - timedelta(days=3), tick=False):
        life.sell(app, cast, on=today(life.ZONE))
    frank, mia = client_of("Frank"), cast.public["Mia"]
    frank.post(f"/members/{mia}/tags", data={"tag": "Marathon"})

    whole = page_of(frank, f"/members/{mia}")
    money = page_of(frank, f"/members/{mia}?show=money")

    assert "Tag put on" in whole
    assert "Invoice" in money
    assert "Tag put on" not in money
