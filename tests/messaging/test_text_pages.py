"""The texts and their editor: versions, what is refused before it is kept, and how it reads."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.core.clubs import Club, club_setting
from clubcrm.core.db import unit_of_work
from clubcrm.messaging.models import MessageText
from clubcrm.messaging.previews import preview
from clubcrm.messaging.rules.kinds import TextKind
from tests.cast import Cast
from tests.messaging.conftest import Write
from tests.messaging.test_pages import look

pytestmark = pytest.mark.usefixtures("noon")
ClientOf = Callable[[str], FlaskClient]
PAGE = "/messages/texts/J06a/email/en"
GOOD = {"subject": "Hello {given_name}", "body": "Come by {by_day}.\n\nYour page: {own_link}"}


def kept(app: Flask) -> list[tuple[int, str, str, bool]]:
    with app.app_context(), unit_of_work(write=False) as session:
        rows = session.scalars(select(MessageText).order_by(MessageText.version))
        return [(row.version, row.subject, row.by.partition(":")[0], row.shipped) for row in rows]


def test_every_message_is_on_the_list_with_its_languages(client_of: ClientOf) -> None:
    page = client_of("Max").get("/messages/texts").get_data(as_text=True)

    for words in ("Silence message", "One-tap payment", "Payment declined", "Class called off"):
        assert words in page
    assert "/messages/texts/J13a/email/bn" in page
    assert "/messages/texts/J13a/sms/ne" in client_of("Max").get(
        "/messages/texts?kind=sms"
    ).get_data(as_text=True)


def test_own_words_are_kept_in_versions_and_used_by_the_next_message(
    app: Flask, client_of: ClientOf, write: Write
) -> None:
    manager = client_of("Max")

    assert manager.post(PAGE, data={**GOOD, "seen_version": "0"}).status_code == 303
    again = {**GOOD, "subject": "Dear {given_name}", "seen_version": "1"}
    assert manager.post(PAGE, data=again).status_code == 303

    assert kept(app) == [
        (1, "Hello {given_name}", "user", False),
        (2, "Dear {given_name}", "user", False),
    ]
    message = look(app, write("Mina"))
    assert message.subject == "Dear Mina"
    assert message.body.startswith("Come by 26 March.\n\nYour page: https://club.example/my/")


def test_words_that_came_with_the_product_can_be_given_back(
    app: Flask, client_of: ClientOf, write: Write
) -> None:
    manager = client_of("Max")
    manager.post(PAGE, data={**GOOD, "seen_version": "0"})

    manager.post(PAGE, data={"act": "give_back", "seen_version": "1"})

    assert [row[3] for row in kept(app)] == [False, True]
    assert look(app, write("Mina")).subject == "Mina, we have missed you"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"body": "Dear {nickname}"}, "Nothing can stand for {nickname}."),
        ({"body": "Dear {{ given_name }}"}, "A brace stands alone or doubled"),
        ({"subject": "  "}, "This is needed."),
        ({"body": ""}, "This is needed."),
    ],
)
def test_faulty_words_are_refused_beside_their_field_and_kept_in_the_form(
    app: Flask, client_of: ClientOf, words: dict[str, str], told: str
) -> None:
    answer = client_of("Max").post(PAGE, data={**GOOD, **words, "seen_version": "0"})

    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert told in page
    assert words.get("body", GOOD["body"]).replace("\n", "\r\n")[:20] in page.replace("\n", "\r\n")
    assert kept(app) == []


def test_second_of_two_editors_is_told_to_load_again(app: Flask, client_of: ClientOf) -> None:
    client_of("Max").post(PAGE, data={**GOOD, "seen_version": "0"})

    late = client_of("Olga").post(PAGE, data={**GOOD, "seen_version": "0"})

    assert late.status_code == 409
    assert "Somebody else has changed this text." in late.get_data(as_text=True)
    assert len(kept(app)) == 1


def test_look_fills_the_words_for_a_real_member_and_changes_nothing(
    app: Flask, client_of: ClientOf
) -> None:
    words = {**GOOD, "subject": "{given_name}, {streak}", "member": "Mia"}

    page = client_of("Frank").post(f"{PAGE}/look", data=words).get_data(as_text=True)

    assert "As Mia Rahman would read it" in page
    assert "Blank for this member: streak." in page
    assert kept(app) == []


def test_look_without_a_member_shows_a_sample(client_of: ClientOf) -> None:
    page = client_of("Frank").get(PAGE).get_data(as_text=True)

    assert "As a member would read it" in page
    assert "Mina, we have missed you" in page


def test_length_of_a_short_message_is_told_in_parts(client_of: ClientOf) -> None:
    english = client_of("Max").get("/messages/texts/J06a/sms/en").get_data(as_text=True)
    bengali = client_of("Max").get("/messages/texts/J06a/sms/bn").get_data(as_text=True)

    assert "1 part" in english
    assert "parts of 70 letters instead of 160" in bengali


def test_letter_is_shown_in_its_frame_on_a_page_of_its_own(client_of: ClientOf) -> None:
    answer = client_of("Max").post(f"{PAGE}/look", data={**GOOD, "as": "letter"})

    page = answer.get_data(as_text=True)
    assert "Hello Mina</h1>" in page
    assert "prefers-color-scheme: dark" in page
    assert "style-src 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_markup_in_words_is_never_run(client_of: ClientOf) -> None:
    words = {"subject": "<b>x</b>", "body": "<script>alert(1)</script> {given_name}"}

    for more in ({}, {"as": "letter"}):
        page = client_of("Max").post(f"{PAGE}/look", data={**words, **more}).get_data(as_text=True)
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_desk_may_read_but_not_change(app: Flask, client_of: ClientOf) -> None:
    desk = client_of("Frank")

    assert "Save as a new version" not in desk.get(PAGE).get_data(as_text=True)
    assert desk.post(PAGE, data=GOOD).status_code == 403
    assert kept(app) == []


@pytest.mark.parametrize(
    "address", ["J99/email/en", "J06a/fax/en", "J06a/email/xx", "footer/email/en"]
)
def test_unknown_texts_are_not_found(client_of: ClientOf, address: str) -> None:
    assert client_of("Max").get(f"/messages/texts/{address}").status_code == 404


def test_words_of_one_club_do_not_speak_for_another(app: Flask, client_of: ClientOf) -> None:
    client_of("Zoe")
    client_of("Max").post(PAGE, data={**GOOD, "seen_version": "0"})

    assert "Hello {given_name}" not in client_of("Zoe").get(PAGE).get_data(as_text=True)


def test_stand_in_language_speaks_where_a_language_has_no_words(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    client_of("Max").post("/messages/texts", data={"language": "bn"})

    with app.app_context(), unit_of_work(write=False) as session:
        assert club_setting(cast.club, "messages.language", "") == "bn"
        shown = preview(session.get_one(Club, cast.club), "J09", TextKind.CHAT, "de")
        assert shown is not None
        assert shown.body.startswith("শুভ জন্মদিন, মিনা!")
    assert client_of("Max").post("/messages/texts", data={"language": "xx"}).status_code == 400
