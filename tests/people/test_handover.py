"""The handover note: one living note on top of the card and beside the scan, with its history."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from clubcrm.card.screen import first_line
from clubcrm.core.db import unit_of_work
from clubcrm.people.queries.papers import handover_history
from tests.cast import Cast

ClientOf = Callable[[str], FlaskClient]


def write(client, person: str, words: str, seen: int = 0):
    """Save the note as the page does."""
    return client.post(f"/members/{person}/handover", data={"text": words, "seen": str(seen)})


def newest(app: Flask, person_id: int) -> int:
    """Return the number of the newest line."""
    with app.app_context(), unit_of_work(write=False):
        return handover_history(person_id)[0].id


def test_note_stands_on_the_card_with_its_author_and_keeps_what_it_said(
    app: Flask, cast: Cast, client_of: ClientOf
):
    frank, sara, mia = client_of("Frank"), client_of("Sara"), cast.public["Mia"]
    write(frank, mia, "Knee hurts.\nAsk before squats.")

    write(sara, mia, "Knee is well.", newest(app, cast.members["Mia"]))

    card = frank.get(f"/members/{mia}").text
    assert "Knee is well." in card
    assert card.index("Knee is well.") < card.index('class="member-grid"')
    history = frank.get(f"/members/{mia}/handover").text
    assert history.index("Knee is well.") < history.rindex("Ask before squats.")
    assert "Sara" in history
    assert "Frank" in history


def test_who_writes_over_a_colleague_is_shown_both(app: Flask, cast: Cast, client_of: ClientOf):
    frank, sara, mia = client_of("Frank"), client_of("Sara"), cast.public["Mia"]
    write(frank, mia, "From Frank")

    answer = write(sara, mia, "From Sara", seen=0)

    assert answer.status_code == 409
    assert "From Frank" in answer.text
    assert "From Sara" in answer.text
    with app.app_context(), unit_of_work(write=False):
        assert [one.text for one in handover_history(cast.members["Mia"])] == ["From Frank"]


def test_saved_empty_there_is_no_note_and_saved_twice_one_line(app: Flask, cast: Cast, client_of):
    frank, mia = client_of("Frank"), cast.public["Mia"]
    write(frank, mia, "Once")
    line = newest(app, cast.members["Mia"])

    write(frank, mia, "Once", line)
    assert newest(app, cast.members["Mia"]) == line
    write(frank, mia, "", line)

    assert 'class="handover"' not in frank.get(f"/members/{mia}").text


def test_accountant_reads_and_does_not_write(cast: Cast, client_of: ClientOf):
    anna, mia = client_of("Anna"), cast.public["Mia"]
    write(client_of("Frank"), mia, "Pays in cash")

    assert "Pays in cash" in anna.get(f"/members/{mia}").text
    assert write(anna, mia, "Mine").status_code == 403


def test_line_of_the_note_cannot_be_changed(app: Flask, cast: Cast, client_of: ClientOf):
    write(client_of("Frank"), cast.public["Mia"], "Once")

    with app.app_context(), pytest.raises(DatabaseError), unit_of_work() as session:
        session.execute(text("UPDATE handover_note SET text = 'other'"))


def test_program_reads_and_writes_the_note_it_has_read(cast: Cast, program):
    script, address = program(), f"/api/v1/members/{cast.public['Mia']}/handover"

    assert script.get(address).json == {"line": 0, "text": "", "history": []}
    first = script.put(address, json={"text": "By program", "seen": 0}).json
    late = script.put(address, json={"text": "Late", "seen": 0})

    assert (first["text"], len(first["history"])) == ("By program", 1)
    assert (late.status_code, late.json["code"]) == (409, "CHANGED")


@pytest.mark.parametrize(
    ("note", "line"),
    [
        ("", ""),
        ("\n  Short \nmore", "Short"),
        ("x" * 120, "x" * 120),
        ("y" * 121, "y" * 119 + "…"),
    ],
)
def test_desk_reads_the_first_line(note: str, line: str):
    assert first_line(note) == line
