"""The page of findings: one sentence, the picture, numbers that open lists of equal length."""

import re
from datetime import date

import pytest

from clubcrm.core.db import unit_of_work
from clubcrm.reports.findings import find_out
from tests.reports.test_findings import club_of_sixty

__all__ = ["club_of_sixty"]


@pytest.fixture
def told(app, cast, club_of_sixty):
    """The night has told its findings."""
    with app.app_context():
        find_out(unit_of_work, cast.club, date(2026, 5, 4))


def test_before_the_first_night_the_page_says_what_will_stand_here(client_of):
    page = client_of("Olga").get("/reports/touchpoints").get_data(as_text=True)

    assert "Nothing to compare yet" in page


@pytest.mark.parametrize("address", ["?of=own", "?of=renewal", "?of=own&period=2026Q1"])
def test_each_number_opens_a_list_of_that_length(client_of, told, address):
    client = client_of("Olga")

    page = client.get("/reports/touchpoints" + address).get_data(as_text=True)

    links = re.findall(r'href="(/reports/touchpoints/people[^"]+)">([\d,]+)</a>', page)
    assert len(links) == 4
    for href, number in links:
        listed = client.get(href.replace("&amp;", "&")).get_data(as_text=True)
        assert f"{number} member" in listed
        assert listed.count('class="person"') == min(int(number), 50)


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
