"""The check-in screen as the front desk sees it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clubcrm.card import acts
from tests.card import life
from tests.cast import Cast
from tests.conftest import SelectCounter

ClientOf = Callable[[str], FlaskClient]


def test_empty_desk_waits_for_first_scan(client_of: ClientOf) -> None:
    page = client_of("Frank").get("/desk").get_data(as_text=True)

    assert "Waiting for the first scan" in page
    assert 'data-after="0"' in page


def test_member_with_contract_gets_green_card(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)

    life.scan(app, cast)
    page = client_of("Frank").get("/desk").get_data(as_text=True)

    assert "<h2><a href=" in page
    assert "Mia Rahman" in page
    assert "Full year" in page


def test_unknown_card_is_refused_with_reason(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.scan(app, cast, "7774711")
    page = client_of("Frank").get("/desk").get_data(as_text=True)

    assert "STOP" in page
    assert "Nobody owns this card." in page


def test_news_is_silent_until_somebody_scans(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    frank = client_of("Frank")
    assert frank.get("/desk/news?after=0").status_code == 204

    life.scan(app, cast, "7774711")
    first = frank.get("/desk/news?after=0")

    assert first.status_code == 200
    assert "no-store" in first.headers["Cache-Control"]
    assert "Nobody owns this card." in first.get_data(as_text=True)
    assert frank.get("/desk/news?after=1").status_code == 204
    assert frank.get("/desk/news?after=rubbish").status_code == 200


def test_poll_without_news_needs_few_selects(
    app: Flask, cast: Cast, client_of: ClientOf, count_selects: SelectCounter
) -> None:
    frank = client_of("Frank")
    life.scan(app, cast, "7774711")
    before = len(count_selects)

    frank.get("/desk/news?after=1")

    assert len(count_selects) - before <= 4


def test_other_clubs_scans_do_not_appear(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    scan_id = life.scan(app, cast, "7774711")
    zoe = client_of("Zoe")

    assert "Waiting for the first scan" in zoe.get("/desk").get_data(as_text=True)
    assert zoe.get("/desk/news?after=0").status_code == 204
    assert zoe.get(f"/desk/scans/{scan_id}").status_code == 404
    assert zoe.post(f"/desk/scans/{scan_id}/let-in", data={"reason": "x"}).status_code == 404


def test_guest_desk_sees_name_but_neither_debt_nor_note(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    life.sell(app, cast, replace(life.YEAR, all_clubs=True))
    life.give_card(app, cast)
    life.owe(app, cast, 50_000)
    life.leave_desk_note(app, cast, "Ask about her shoulder.")
    with app.app_context():
        acts.scan(cast.other_club, life.MIAS_CARD, by=life.FRANK)

    page = client_of("Zoe").get("/desk").get_data(as_text=True)

    assert "Mia Rahman" in page
    assert "Full year" in page
    assert "shoulder" not in page
    assert "since" not in page.split('class="tiles"')[1].split("</dl>")[0]


def test_scan_form_works_without_scripts(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)
    frank = client_of("Frank")

    answer = frank.post("/desk/scan", data={"value": life.MIAS_CARD})

    assert answer.status_code == 302
    assert "Mia Rahman" in frank.get(answer.headers["Location"]).get_data(as_text=True)


def test_letting_in_needs_a_reason(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.give_card(app, cast)
    scan_id = life.scan(app, cast)
    frank = client_of("Frank")

    refused = frank.post(f"/desk/scans/{scan_id}/let-in", data={"reason": "", "words": "  "})
    inside = frank.get("/desk/inside").get_data(as_text=True)

    assert refused.status_code == 400
    assert "Say why you let them in." in refused.get_data(as_text=True)
    assert "Nobody is inside" in inside


def test_member_let_in_by_hand_is_inside(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.give_card(app, cast)
    scan_id = life.scan(app, cast)
    frank = client_of("Frank")

    frank.post(f"/desk/scans/{scan_id}/let-in", data={"reason": "Has just paid"})
    inside = frank.get("/desk/inside").get_data(as_text=True)
    first = frank.get(f"/desk/scans/{scan_id}").get_data(as_text=True)

    assert "1 person is inside" in inside
    assert "Mia Rahman" in inside
    assert "data-unanswered" not in first


def test_trainer_neither_watches_nor_lets_in(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.give_card(app, cast)
    scan_id = life.scan(app, cast)
    tara = client_of("Tara")

    assert tara.get("/desk").status_code == 403
    assert tara.post(f"/desk/scans/{scan_id}/let-in", data={"reason": "x"}).status_code == 403
    assert "Nobody is inside" in client_of("Frank").get("/desk/inside").get_data(as_text=True)


def test_member_without_card_is_checked_in_by_name(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    life.sell(app, cast)
    frank = client_of("Frank")

    answer = frank.post(f"/desk/people/{cast.public['Mia']}/check-in")
    page = frank.get(answer.headers["Location"]).get_data(as_text=True)

    assert "Mia Rahman" in page
    assert "STOP" not in page.split("</header>")[2]


def test_open_task_is_settled_from_the_card(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.sell(app, cast)
    life.give_card(app, cast)
    task_id = life.ask_at_arrival(app, cast, "Book the start session")
    life.scan(app, cast)
    frank = client_of("Frank")
    assert "Book the start session" in frank.get("/desk").get_data(as_text=True)

    frank.post(f"/desk/tasks/{task_id}", data={"outcome": "done"})

    assert 'class="next-step"' not in frank.get("/desk").get_data(as_text=True)
    assert frank.post(f"/desk/tasks/{task_id}", data={"outcome": "perhaps"}).status_code == 400


def test_club_switch_shows_other_clubs_desk(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.scan(app, cast, "7774711")
    olga = client_of("Olga")
    there = olga.get("/desk").get_data(as_text=True)
    mitte = there.split('name="club" value="')[2].split('"')[0]

    answer = olga.post("/club", data={"club": mitte, "back": "//elsewhere.example/"})

    assert answer.headers["Location"] == "/"
    assert "Waiting for the first scan" in olga.get("/desk").get_data(as_text=True)


@pytest.mark.parametrize("typed", ["\x00\x01", "‮4711", "x" * 400, "' OR 1=1 --", "CLUB.", "কার্ড"])
def test_odd_card_is_refused_and_not_an_error(cast: Cast, client_of: ClientOf, typed: str) -> None:
    answer = client_of("Frank").post("/desk/scan", data={"value": typed})

    assert answer.status_code in {302, 400}, answer.get_data(as_text=True)


def test_unknown_card_leads_to_its_owner(app: Flask, cast: Cast, client_of: ClientOf) -> None:
    life.sell(app, cast)
    life.scan(app, cast, "7774711")
    frank = client_of("Frank")
    page = frank.get("/desk").get_data(as_text=True)
    address = page.split("Whose card is it?")[0].split('href="')[-2].split('"')[0]

    frank.post(address, data={"person": cast.public["Mia"]})

    assert "Mia Rahman" in frank.get("/desk").get_data(as_text=True)
