"""The rail marks the place to which the page belongs, also where its address begins differently."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast

MARKED = re.compile(r'<a class="place" href="([^"]+)" aria-current="page">')


@pytest.mark.parametrize(
    ("who", "page", "place"),
    [
        ("Max", "/members", "/members"),
        ("Max", "/leads", "/members"),
        ("Max", "/segments", "/journeys"),
        ("Max", "/loyalty/points", "/journeys"),
        ("Max", "/reports/leads", "/reports/"),
        ("Max", "/reports/tickets", "/tasks"),
        ("Max", "/tickets", "/tasks"),
        ("Max", "/approvals", "/money"),
        ("Max", "/settings", None),
    ],
)
def test_a_page_marks_its_place(
    client_of: Callable[[str], FlaskClient], cast: Cast, who: str, page: str, place: str | None
) -> None:
    marked = MARKED.findall(client_of(who).get(page).text)

    assert marked == ([place] if place else [])
