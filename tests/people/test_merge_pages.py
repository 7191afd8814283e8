"""Max joins two records on the page, sees it done, and takes it back."""

import re

import pytest
from flask import Flask

from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person
from clubcrm.people.remarks import add_note
from tests.cast import Cast, make_member
from tests.people.test_pages import text_of


@pytest.fixture
def second(app: Flask, cast: Cast) -> str:
    """Mia's second record, with a note; answers its public id."""
    with app.app_context(), unit_of_work():
        mia = make_member("Mia", "Rahmann", club=cast.club, phone="+8801711000001")
        add_note(mia, "Wants a morning class", author_id=None)
        return mia.public_id


def test_doubles_are_found_compared_and_joined(app: Flask, cast: Cast, client_of, second: str):
    max_, mia = client_of("Max"), cast.public["Mia"]

    max_.post("/members/doubles")
    listed = text_of(max_.get("/members/doubles"))
    assert "1 pair may be one person." in listed
    assert f"/members/{mia}/merge/{second}" in listed
    compared = text_of(max_.get(f"/members/{mia}/merge/{second}"))
    assert "Rahmann" in compared
    assert re.search(r"Notes</span><strong class=\"num\">1<", compared)

    done = max_.post(f"/members/{mia}/merge/{second}", data={"name": "gone"})
    made = text_of(max_.get(done.location))
    assert "Make it two records again" in made
    assert "Mia Rahmann" in text_of(max_.get(f"/members/{second}"))  # the old address still leads
    max_.post(f"{done.location}/undo")

    assert "This was taken back." in text_of(max_.get(done.location))
    with app.app_context(), unit_of_work(write=False):
        names = [db.session.get_one(Person, number).full_name for number in (1, 3)]
    assert names == ["Mia Rahman", "Mia Rahmann"]


def test_what_stands_in_the_way_is_said_before_the_button(
    app: Flask, cast: Cast, client_of, second
):
    mia = cast.public["Mia"]
    with app.app_context(), unit_of_work():
        db.session.get_one(Person, 3).guardian_id = 1

    page = client_of("Max").get(f"/members/{mia}/merge/{second}")
    tried = client_of("Max").post(f"/members/{mia}/merge/{second}")

    assert "act as different people" in text_of(page)
    assert "Make it one person" not in text_of(page)
    assert tried.status_code == 409


def test_two_people_leave_the_list_and_the_desk_may_not_join(cast: Cast, client_of, second: str):
    max_ = client_of("Max")
    max_.post("/members/doubles")
    pair = re.search(r"/members/doubles/(\d+)/apart", text_of(max_.get("/members/doubles")))
    assert pair is not None

    max_.post(pair[0])

    assert "Everybody stands in the books once." in text_of(max_.get("/members/doubles"))
    assert client_of("Frank").get("/members/doubles").status_code == 403


def test_the_other_record_is_found_by_search(cast: Cast, client_of, second: str):
    page = text_of(client_of("Max").get(f"/members/{cast.public['Mia']}/merge?q=rahmann"))

    assert f"/members/{cast.public['Mia']}/merge/{second}" in page


def test_program_joins_and_parts(cast: Cast, program, second: str):
    api, mia = program(), cast.public["Mia"]

    made = api.post(f"/api/v1/members/{mia}/merge", json={"other": second})
    again = api.post(f"/api/v1/members/{mia}/merge", json={"other": second})
    undone = api.post(f"/api/v1/merges/{made.json['id']}/undo")

    assert (made.status_code, made.json["member"]) == (201, mia)
    assert (again.status_code, again.json["code"]) == (409, "MERGE_STOPPED")
    assert undone.json["undone_at"] is not None
    assert api.get("/api/v1/doubles").json == {"items": []}
