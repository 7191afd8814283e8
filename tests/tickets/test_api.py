"""Programs open, read and answer questions, and look up articles."""

import pytest
from flask import Flask

from clubcrm.accounts.models import Role
from clubcrm.accounts.tokens import add_api_token
from clubcrm.core.db import unit_of_work
from clubcrm.tickets.articles import ArticleDraft, write_article
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("noon")


def bearer(app: Flask, role: Role, clubs: list[int]) -> dict[str, str]:
    with app.app_context(), unit_of_work():
        return {"Authorization": f"Bearer {add_api_token('script', role, clubs)[1]}"}


def test_program_opens_reads_answers_and_notes_a_question_once(app: Flask, cast: Cast) -> None:
    head = bearer(app, Role.MANAGER, [cast.club])
    client = app.test_client()
    body = {"member_id": cast.public["Mia"], "words": "Is the pool warm?", "priority": "high"}

    made = [
        client.post("/api/v1/tickets", json=body, headers={**head, "Idempotency-Key": "one"})
        for _turn in range(2)
    ]
    ticket_id = made[0].get_json()["id"]
    client.post(
        f"/api/v1/tickets/{ticket_id}/notes",
        json={"words": "Ask the technician"},
        headers={**head, "Idempotency-Key": "two"},
    )
    answered = client.post(
        f"/api/v1/tickets/{ticket_id}/answers",
        json={"words": "28 degrees", "solve": True},
        headers={**head, "Idempotency-Key": "three"},
    )
    whole = client.get(f"/api/v1/tickets/{ticket_id}", headers=head).get_json()
    listed = client.get("/api/v1/tickets?part=done", headers=head).get_json()

    assert [one.status_code for one in made] == [201, 201]
    assert made[1].get_json()["id"] == ticket_id
    assert answered.get_json()["state"] == "solved"
    said = [(line["kind"], line["words"]) for line in whole["lines"] if line["kind"] != "change"]
    assert said == [
        ("asked", "Is the pool warm?"),
        ("note", "Ask the technician"),
        ("answered", "28 degrees"),
    ]
    assert [one["number"] for one in listed["items"]] == [whole["number"]]


def test_program_of_another_club_sees_nothing(app: Flask, cast: Cast) -> None:
    here, there = (bearer(app, Role.MANAGER, [club]) for club in (cast.club, cast.other_club))
    client = app.test_client()
    body = {"member_id": cast.public["Mia"], "words": "Is the pool warm?"}
    made = client.post("/api/v1/tickets", json=body, headers={**here, "Idempotency-Key": "one"})
    ticket_id = made.get_json()["id"]

    assert client.get("/api/v1/tickets", headers=there).get_json()["items"] == []
    assert client.get(f"/api/v1/tickets/{ticket_id}", headers=there).status_code == 404
    refused = client.post("/api/v1/tickets", json=body, headers={**there, "Idempotency-Key": "x"})
    assert refused.status_code == 404


def test_article_is_looked_up_in_the_language_asked_for(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        write_article(ArticleDraft("en", "Lost key", "Come to the desk."), None, by="u")
    head = bearer(app, Role.DESK, [cast.club])
    client = app.test_client()

    found = client.get("/api/v1/articles?q=key&language=ne", headers=head).get_json()
    wrong = client.get("/api/v1/articles?language=xx", headers=head)

    assert [(one["title"], one["language"]) for one in found["items"]] == [("Lost key", "en")]
    assert wrong.status_code == 400
