"""The search box finds people, numbers, pages and actions: of one's own clubs and rights only."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clubcrm.core.db import unit_of_work
from clubcrm.doors import DOORS
from clubcrm.tickets.articles import ArticleDraft, write_article
from tests.cast import Cast
from tests.memberships.gateways.money import invoice_for

ClientOf = Callable[[str], FlaskClient]


def hits(client: FlaskClient, typed: str) -> list[tuple[str, str]]:
    """Return heading or address and title of each line under the box."""
    page = client.get("/search/found", query_string={"q": typed}).get_data(as_text=True)
    lines = re.findall(r'<a class="hit" href="([^"]+)">.*?<strong>(.*?)</strong>', page, re.S)
    return [(unescape(href), unescape(title)) for href, title in lines]


@pytest.fixture
def invoice(app: Flask, cast: Cast) -> tuple[str, str]:
    """Return public id and number of an invoice of Zia's."""
    with app.app_context(), unit_of_work():
        made = invoice_for(cast, "Zia", 4_900)
        return made.public_id, made.number


def test_invoice_is_found_by_its_beginning_and_by_its_last_digits(
    invoice: tuple[str, str], client_of: ClientOf
) -> None:
    public_id, number = invoice
    owner = client_of("Olga")
    line = (f"/invoices/{public_id}", number)

    assert hits(owner, number.lower()) == [line]
    assert line in hits(owner, number[-3:])
    assert hits(owner, number + "9") == []
    assert hits(owner, "Oksana")[-1][1] == "Register “Oksana”"


def test_who_may_not_see_money_finds_no_invoice(
    invoice: tuple[str, str], client_of: ClientOf
) -> None:
    assert hits(client_of("Tara"), invoice[1]) == []


def test_page_is_found_by_a_part_of_its_name_and_by_what_it_is_for(
    cast: Cast, client_of: ClientOf
) -> None:
    owner = client_of("Olga")

    assert ("/reports/forecast", "Forecast") in hits(owner, "foreca")
    assert ("/settings/tokens", "Programs") in hits(owner, "tokens for scripts")
    assert hits(owner, "register a pers")[0] == ("/members/new", "Register a person")


def test_nothing_is_said_where_nothing_is_typed(cast: Cast, client_of: ClientOf) -> None:
    assert client_of("Olga").get("/search/found?q=a").get_data(as_text=True) == ""
    assert "Nothing found" in client_of("Olga").get("/search").get_data(as_text=True)


@pytest.mark.parametrize("name", ["Sara", "Tara"])
def test_every_page_that_is_shown_to_a_role_opens_for_it(
    app: Flask, cast: Cast, client_of: ClientOf, name: str
) -> None:
    """The names of all pages are typed; what comes back is opened."""
    client = client_of(name)
    shown = {
        href
        for place in DOORS
        for href, title in hits(client, str(place.label))
        if title == str(place.label)
    }

    assert len(shown) > 5
    statuses = {href: client.get(href).status_code for href in sorted(shown)}
    assert {href: status for href, status in statuses.items() if status not in {200, 302}} == {}


def test_article_is_found_by_a_word_of_its_text(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    with app.app_context(), unit_of_work():
        draft = ArticleDraft("en", "Lost padlocks", "The bolt cutter hangs behind the counter.")
        article = write_article(draft, None, by="user:1").public_id

    found = hits(client_of("Frank"), "bolt cut")

    assert (f"/articles/{article}", "Lost padlocks") in found


def test_page_of_what_was_found_lists_people_and_pages(cast: Cast, client_of: ClientOf) -> None:
    page = client_of("Olga").get("/search?q=mem").get_data(as_text=True)

    assert "Pages and actions" in page
    assert 'href="/members"' in page
