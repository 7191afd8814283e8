"""The pages of questions and articles: for the desk, for those who lead, for the member himself."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from clubcrm.core import clock
from clubcrm.core.clubs import Scope
from clubcrm.core.db import unit_of_work
from clubcrm.people.api import make_link
from clubcrm.tickets import queries
from clubcrm.tickets.article_queries import Reader, search
from clubcrm.tickets.articles import ArticleDraft, rewrite, write_article
from clubcrm.tickets.rules.cases import LineKind, TicketOrigin, TicketState
from clubcrm.tickets.services import Opening, open_ticket
from tests.cast import Cast
from tests.tickets.conftest import said, tickets

pytestmark = pytest.mark.usefixtures("noon")
SignIn = Callable[[str], FlaskClient]


def ask(app: Flask, cast: Cast, words: str = "Where is my towel?", **more: object) -> str:
    """Mia asks on her own page; the ticket's public id."""
    with app.app_context(), unit_of_work():
        values: dict[str, object] = {
            "source": f"test:{words}",
            "club_id": cast.club,
            "origin": TicketOrigin.OWN_PAGE,
            "words": words,
            "person_id": cast.members["Mia"],
        }
        opening = Opening(**{**values, **more})  # type: ignore[arg-type]
        return open_ticket(opening, by=f"person:{cast.members['Mia']}").public_id


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def test_desk_answers_notes_and_settles_a_question(
    app: Flask, cast: Cast, client_of: SignIn
) -> None:
    public_id = ask(app, cast)
    frank = client_of("Frank")

    assert "Where is my towel?" in text(frank, "/tickets")
    assert "Where is my towel?" in text(frank, f"/tickets/{public_id}")
    empty = frank.post(f"/tickets/{public_id}/say", data={"words": " ", "how": "answer"})
    noted = frank.post(f"/tickets/{public_id}/say", data={"words": "Blue one", "how": "note"})
    sent = frank.post(f"/tickets/{public_id}/say", data={"words": "At the desk", "how": "solve"})

    assert (empty.status_code, noted.status_code, sent.status_code) == (400, 303, 303)
    assert "Write something." in empty.get_data(as_text=True)
    (ticket,) = tickets(app)
    assert ticket.state is TicketState.SOLVED
    kinds = [kind for kind, _words in said(app, ticket.id)]
    assert kinds == [LineKind.ASKED, LineKind.NOTE, LineKind.ANSWERED, LineKind.CHANGE]


def test_complaint_is_hidden_from_the_desk_and_steered_by_the_manager(
    app: Flask, cast: Cast, client_of: SignIn
) -> None:
    public_id = ask(app, cast, "Frank was rude", origin=TicketOrigin.COMPLAINT)
    frank, max_ = client_of("Frank"), client_of("Max")
    steered = {"assignee": str(cast.users["Sara"]), "priority": "urgent", "private": "1"}

    assert frank.get(f"/tickets/{public_id}").status_code == 404
    assert frank.post(f"/tickets/{public_id}/steer", data=steered).status_code == 403
    assert max_.post(f"/tickets/{public_id}/steer", data=steered).status_code == 303

    (ticket,) = tickets(app)
    assert (ticket.assigned_to, ticket.priority.value) == (cast.users["Sara"], "urgent")
    assert client_of("Sara").get(f"/tickets/{public_id}").status_code == 200
    assert client_of("Zoe").get(f"/tickets/{public_id}").status_code == 404


def test_question_at_the_counter_is_looked_up_and_noted(
    app: Flask, cast: Cast, client_of: SignIn
) -> None:
    with app.app_context(), unit_of_work():
        write_article(ArticleDraft("en", "A lost key", "Open with the master key."), None, by="u")
    frank, mia = client_of("Frank"), cast.public["Mia"]

    assert "A lost key" in text(frank, f"/members/{mia}/tickets?q=lost")
    nothing = frank.post(f"/members/{mia}/tickets", data={"words": "", "subject": "Key"})
    noted = frank.post(f"/members/{mia}/tickets", data={"words": "Lost her key", "origin": "call"})

    assert nothing.status_code == 400
    assert 'value="Key"' in nothing.get_data(as_text=True)
    (ticket,) = tickets(app)
    assert noted.location == f"/tickets/{ticket.public_id}"
    assert (ticket.origin, ticket.subject) == (TicketOrigin.CALL, "Lost her key")


def test_member_asks_reads_the_answer_and_calls_it_settled(
    app: Flask, cast: Cast, client_of: SignIn
) -> None:
    with app.app_context(), unit_of_work():
        token = make_link(cast.members["Mia"], "portal", expires_at=None, by="test")
        write_article(
            ArticleDraft("en", "Freeze", "Choose two dates.", for_members=True), None, by="u"
        )
        write_article(ArticleDraft("en", "Freeze for staff", "Secret."), None, by="u")
    client = app.test_client()

    looked = text(client, f"/me/questions/{token}?q=freeze")
    sent = client.post(f"/me/questions/{token}", data={"words": "Can I freeze twice?"})
    frank = client_of("Frank")
    public_id = tickets(app)[0].public_id
    frank.post(f"/tickets/{public_id}/say", data={"words": "Only our own", "how": "note"})
    frank.post(f"/tickets/{public_id}/say", data={"words": "Yes, twice.", "how": "answer"})
    page = text(client, f"/me/questions/{token}/{public_id}")
    client.post(f"/me/questions/{token}/{public_id}", data={"do": "solved"})

    assert "Choose two dates." in looked
    assert "Secret" not in looked
    assert sent.status_code == 303
    assert "Yes, twice." in page
    assert "Only our own" not in page
    assert [one.state for one in tickets(app)] == [TicketState.SOLVED]
    assert app.test_client().get(f"/me/questions/nobody/{public_id}").status_code == 404


def test_what_the_desk_wrote_about_a_member_is_not_shown_to_him(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        token = make_link(cast.members["Mia"], "portal", expires_at=None, by="test")
        open_ticket(
            Opening(
                "desk:1", cast.club, TicketOrigin.DESK, "Shouts again", "", cast.members["Mia"]
            ),
            by=f"user:{cast.users['Frank']}",
        )

    assert "Shouts again" not in text(app.test_client(), f"/me/questions/{token}")


def test_eleventh_question_of_a_day_is_put_off(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        token = make_link(cast.members["Mia"], "portal", expires_at=None, by="test")
    client = app.test_client()

    codes = [
        client.post(f"/me/questions/{token}", data={"words": f"Question {number}"}).status_code
        for number in range(11)
    ]

    assert codes == [303] * 10 + [429]


def test_article_is_found_by_beginnings_middles_and_slips_in_any_of_its_languages(
    app: Flask, cast: Cast
) -> None:
    with app.app_context(), unit_of_work():
        key = write_article(ArticleDraft("en", "Lost key of a locker", "Master key."), None, by="u")
        rewrite(key, ArticleDraft("bn", "লকারের চাবি হারালে", "ডেস্কে বলুন।"), by="u")
        write_article(ArticleDraft("en", "Towels", "A locker holds one."), cast.club, by="u")
        elsewhere = (cast.other_club,)
        write_article(ArticleDraft("en", "Locker in Mitte", "None."), elsewhere[0], by="u")
        reader = Reader(Scope((cast.club,)), ("bn", "en"))

        def found(typed: str) -> list[str]:
            return [hit.title for hit in search(reader, typed)]

        assert found("LOCK") == ["লকারের চাবি হারালে", "Towels"]
        assert found("চাবি") == ["লকারের চাবি হারালে"]
        assert found("ocker") == ["লকারের চাবি হারালে", "Towels"]
        assert found("loker") == ["লকারের চাবি হারালে", "Towels"]
        assert found("locker unicorn") == []
        assert found("%") == found("")


def test_change_of_an_article_is_a_new_version_and_nobody_overwrites_another(
    app: Flask, cast: Cast, client_of: SignIn
) -> None:
    max_, frank = client_of("Max"), client_of("Frank")
    made = max_.post(
        "/articles/new", data={"language": "en", "title": "Guests", "words": "One a month."}
    )
    address = made.location.partition("?")[0]
    new = {"language": "en", "title": "Guests", "words": "Two a month.", "version": "1"}

    first = max_.post(f"{address}/edit", data=new)
    second = max_.post(f"{address}/edit", data={**new, "words": "Three a month."})

    assert (made.status_code, first.status_code, second.status_code) == (303, 303, 409)
    assert "Three a month." in second.get_data(as_text=True)
    versions = text(frank, f"{address}/versions/en")
    assert "One a month." in versions
    assert "Two a month." in versions
    assert frank.post(f"{address}/edit", data=new).status_code == 403


def test_retired_article_is_found_no_more_until_it_is_brought_back(
    app: Flask, cast: Cast, client_of: SignIn
) -> None:
    with app.app_context(), unit_of_work():
        public_id = write_article(ArticleDraft("en", "Guests", "One."), None, by="u").public_id
    max_, frank = client_of("Max"), client_of("Frank")

    max_.post(f"/articles/{public_id}/retire")
    hidden = ("Guests" in text(frank, "/articles?q=guests"), frank.get(f"/articles/{public_id}"))
    max_.post(f"/articles/{public_id}/retire")

    assert (hidden[0], hidden[1].status_code) == (False, 404)
    assert "Guests" in text(frank, "/articles/found?q=gue")


def test_ready_answer_stands_filled_in_beside_the_answer(
    app: Flask, cast: Cast, client_of: SignIn
) -> None:
    public_id, max_ = ask(app, cast), client_of("Max")
    ready = {"title": "Thanks", "language": "en", "words": "Thank you {given_name}, {number}."}

    saved = max_.post("/settings/ready-answers", data=ready)
    twice = max_.post("/settings/ready-answers", data=ready)

    assert (saved.status_code, twice.status_code) == (303, 400)
    number = tickets(app)[0].id
    assert f'data-words="Thank you Mia, T-{number}."' in text(max_, f"/tickets/{public_id}")


def test_every_number_of_the_report_is_the_length_of_its_list(
    app: Flask, cast: Cast, client_of: SignIn, noon: time_machine.Traveller
) -> None:
    first = ask(app, cast)
    ask(app, cast, "My bag?")
    noon.shift(timedelta(minutes=30))
    max_ = client_of("Max")
    max_.post(f"/tickets/{first}/say", data={"words": "Here.", "how": "answer"})
    noon.shift(timedelta(hours=9))
    max_ = client_of("Max")  # signed out over so long a while

    page = text(max_, "/reports/tickets?days=28&by=origin")
    numbers = re.findall(r'<a href="(/tickets\?[^"]+)">(\d+)</a>', page)

    assert len(numbers) == 6
    for href, number in numbers:
        rows = text(max_, href.replace("&amp;", "&")).count("ticket-link")
        assert rows == int(number), href
    assert "30 min" in page
    assert "50 %" in page


def test_times_that_cannot_be_are_named_and_good_ones_count_from_now_on(
    app: Flask, cast: Cast, client_of: SignIn
) -> None:
    max_ = client_of("Max")
    hours = {"urgent": "1", "high": "2", "normal": "3", "low": "9", "close_after": "7"}

    wrong = max_.post("/settings/tickets", data={**hours, "normal": "0"})
    max_.post("/settings/tickets", data=hours)
    ask(app, cast)

    assert wrong.status_code == 400
    assert "from 1 to 240 hours" in wrong.get_data(as_text=True)
    (ticket,) = tickets(app)
    assert ticket.due_at - clock.now() == timedelta(hours=3)
    with app.app_context(), unit_of_work(write=False):
        assert queries.rules_of(cast.club).acknowledge is False
