"""The page of findings: one sentence, the picture, numbers that open lists of equal length."""

import re
from datetime import date

import pytest

from clubcrm.core.db import db, unit_of_work
from clubcrm.reports.costs import NotedCost, noted_cost
from clubcrm.reports.findings import find_out
from clubcrm.reports.rolling_up import roll_up
from clubcrm.reports.touch_page import time_words
from tests.reports.test_findings import club_of_sixty

__all__ = ["club_of_sixty"]


@pytest.fixture
def told(app, cast, club_of_sixty):
    """The night has told its findings."""
    with app.app_context():
        roll_up(unit_of_work, cast.club, date(2026, 5, 4))
        find_out(unit_of_work, cast.club, date(2026, 5, 4))


def test_before_the_first_night_the_page_says_what_will_stand_here(client_of):
    page = client_of("Olga").get("/reports/touchpoints").get_data(as_text=True)

    assert "Nothing to compare yet" in page


def opened(client, page: str) -> dict[str, tuple[str, int]]:
    """Return each number of people on the page, and how long the list is that it opens."""
    found = {}
    for href, number in re.findall(r'href="(/reports/touchpoints/people[^"]+)">([^<]+)</a>', page):
        listed = client.get(href.replace("&amp;", "&")).get_data(as_text=True)
        (length,) = re.findall(r"<p>([\d,]+) members?, ", listed)
        assert listed.count('class="person"') == min(int(length), 50)
        found[href] = number, int(length)
    return found


@pytest.mark.parametrize("address", ["?of=own", "?of=renewal", "?of=own&period=2026Q1"])
def test_each_number_opens_a_list_of_that_length(client_of, told, address):
    client = client_of("Olga")

    page = client.get("/reports/touchpoints" + address).get_data(as_text=True)
    numbers = opened(client, page)
    shares = {href: one for href, one in numbers.items() if one[0].endswith("%")}

    # Who did it and who could, in both arms; then reached, and four things that followed.
    assert len(numbers) == 4 + 1 + 2 * 4
    assert len(shares) == 1 + 2 * 3
    for href, (number, length) in numbers.items():
        if href not in shares:
            assert number == str(length)
    for href, (share, length) in shares.items():
        of_thirty = f"{100 * length / 30:.{0 if 'reached' in href else 1}f}%"
        assert share == of_thirty


def test_a_closed_quarter_shows_the_verdict_of_newcombe(client_of, told):
    page = client_of("Olga").get("/reports/touchpoints?of=own&period=2026Q1")

    assert "Silence message works." in page.get_data(as_text=True)


def test_programs_read_the_same_findings(client_of, told):
    answer = client_of("Olga").get("/api/v1/reports/touchpoints?period=2026Q1").get_json()

    assert answer["interval"] == "fixed"
    assert answer["touchpoints"]["J06a"]["primary"]["verdict_fixed"] == "works"


def test_who_may_not_see_reports_sees_no_findings(client_of):
    assert client_of("Frank").get("/reports/touchpoints").status_code == 403


@pytest.mark.parametrize("asked", ["code=J99&arm=T", "code=J06a&arm=X", "code=J06a"])
def test_a_number_that_is_not_there_is_not_found(client_of, told, asked):
    assert client_of("Olga").get(f"/reports/touchpoints/people?{asked}").status_code == 404


@pytest.mark.parametrize(
    ("rows", "weekly", "said"),
    [
        (10, 10.0, "about 1 week at this pace"),
        (1200, 30.0, "about 40 weeks at this pace"),
        (1200, 10.0, "about 2.3 years at this pace"),
        (8168, 10.0, "more than five years at this pace: this club alone cannot tell"),
        (10, 0.0, "and at the moment nobody comes to it"),
    ],
)
def test_page_says_how_long_it_will_take_at_this_pace(app, rows, weekly, said):
    with app.test_request_context():
        assert time_words(rows, weekly) == said


def test_owner_notes_what_contacts_cost_and_a_wrong_part_keeps_what_was_typed(
    app, cast, client_of, told
):
    olga = client_of("Olga")

    wrong = olga.post("/reports/touchpoints/costs", data={"wage": "350", "margin": "140"})
    right = olga.post("/reports/touchpoints/costs", data={"wage": "350.50", "margin": "72.5"})
    page = olga.get("/reports/touchpoints/costs").text

    assert (wrong.status_code, right.status_code) == (400, 303)
    assert 'value="140"' in wrong.text
    assert 'value="350.50"' in page
    with app.app_context():
        assert noted_cost(db.session(), cast.club) == NotedCost(35_050, 7_250)
    assert client_of("Frank").get("/reports/touchpoints/costs").status_code == 403


def test_who_sees_every_club_sees_their_findings_together_and_each_number_opens(
    app, cast, client_of, club_of_sixty
):
    clubs = (cast.club, cast.other_club)
    with app.app_context():
        for club in clubs:
            roll_up(unit_of_work, club, date(2026, 5, 4))
            find_out(unit_of_work, club, date(2026, 5, 4))
    olga = client_of("Olga")

    page = olga.get("/reports/touchpoints?club=all&of=own").text
    numbers = [one for one in opened(olga, page).values() if not one[0].endswith("%")]

    assert "All clubs" in page
    assert len(numbers) == 4 + 2
    assert all(number == str(length) for number, length in numbers)
    told = olga.get("/api/v1/reports/touchpoints?club=all").get_json()
    assert sum(told["touchpoints"]["J06a"]["primary"]["sizes"]) == 60
    assert client_of("Max").get("/reports/touchpoints?club=all").status_code == 404
