"""Olga adds a field without a programmer; Frank fills it in, tags people and ties families."""

import re

import pytest
from sqlalchemy import func, select

from clubcrm.core.audit import AuditLine
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.about_tables import OwnField, OwnValue, PersonTag, Tag, Tie
from tests.cast import make_member


@pytest.fixture
def cast(app, cast):
    """The cast with three more members of Dhanmondi."""
    with app.app_context(), unit_of_work():
        for name in ("Maya", "Noor", "Omar"):
            cast.public[name] = make_member(name, club=cast.club).public_id
    return cast


def text_of(answer) -> str:
    """Return the words of a page."""
    return answer.get_data(as_text=True)


def count_of(app, model) -> int:
    """Return how many rows a table has."""
    with app.app_context(), unit_of_work(write=False):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def add_field(client, **told) -> str:
    """Olga adds a field; returns its public id."""
    answer = client.post("/settings/fields/new", data={"kind": "text", **told})
    assert answer.status_code == 303, text_of(answer)
    page = text_of(client.get("/settings/fields"))
    found = re.findall(r'/settings/fields/([a-z0-9]+)"><strong>([^<]+)', page)
    return next(field for field, label in found if label == told["label"])


@pytest.fixture
def goal(client_of) -> str:
    """A field of choices, added by Olga."""
    return add_field(client_of("Olga"), label="Goal", kind="choice", choices="Strength\nWeight")


def test_a_field_added_by_the_owner_is_asked_on_every_card(app, cast, client_of, goal):
    frank, maya = client_of("Frank"), cast.public["Maya"]

    empty = text_of(frank.get(f"/members/{maya}/about"))
    saved = frank.post(f"/members/{maya}/about", data={goal: "Strength"})
    filled = text_of(frank.get(f"/members/{maya}/about"))

    assert 'value="Strength" selected' not in empty
    assert saved.status_code == 303
    assert 'value="Strength" selected' in filled
    with app.app_context(), unit_of_work(write=False):
        line = db.session.scalars(select(AuditLine).where(AuditLine.action == "field.filled")).one()
        assert line.before == {"field": "Goal", "value": ""}
        assert line.after == {"field": "Goal", "value": "Strength"}


def test_a_wrong_value_is_named_and_what_was_typed_stays(app, cast, client_of, goal):
    olga, maya = client_of("Olga"), cast.public["Maya"]
    visits = add_field(olga, label="Visits wanted", kind="number")
    born = add_field(olga, label="Anniversary", kind="day")

    answer = client_of("Frank").post(
        f"/members/{maya}/about", data={goal: "Weight", visits: "many", born: "2026-02-30"}
    )

    page = text_of(answer)
    assert answer.status_code == 400
    assert "Write a number, such as 12 or 12.5." in page
    assert "Choose a day between 1900 and 2100." in page
    assert 'value="many"' in page
    assert count_of(app, OwnValue) == 0, "nothing of a form with a fault is kept"


def test_a_field_of_one_role_is_neither_shown_nor_filled_in_by_others(app, cast, client_of):
    olga, maya = client_of("Olga"), cast.public["Maya"]
    secret = add_field(olga, label="Medical remark", kind="text", roles="owner")

    page = text_of(client_of("Frank").get(f"/members/{maya}/about"))
    client_of("Frank").post(f"/members/{maya}/about", data={secret: "typed by hand"})

    assert "Medical remark" not in page
    assert count_of(app, OwnValue) == 0
    assert "Medical remark" in text_of(olga.get(f"/members/{maya}/about"))


def test_fields_that_nobody_uses_are_reported(cast, client_of, goal):
    olga = client_of("Olga")
    add_field(olga, label="Shirt size", kind="text")
    olga.post(f"/members/{cast.public['Maya']}/about", data={goal: "Weight"})

    page = text_of(olga.get("/settings/fields"))

    assert page.count("Nobody uses it") == 1
    assert "filled in for 1 person" in page


def test_a_choice_that_somebody_has_stays_in_the_list(cast, client_of, goal):
    olga = client_of("Olga")
    olga.post(f"/members/{cast.public['Maya']}/about", data={goal: "Weight"})

    refused = olga.post(f"/settings/fields/{goal}", data={"label": "Goal", "choices": "A\nB"})
    changed = olga.post(f"/settings/fields/{goal}", data={"label": "Aim", "choices": "Weight\nB"})

    assert refused.status_code == 400
    assert "“Weight”" in text_of(refused)
    assert changed.status_code == 303


def test_two_fields_cannot_have_one_name(client_of, goal):
    answer = client_of("Olga").post("/settings/fields/new", data={"label": "GOAL", "kind": "text"})

    assert answer.status_code == 400
    assert "There is a field of this name already." in text_of(answer)


def test_a_field_no_longer_asked_keeps_what_stands_in_it(app, cast, client_of, goal):
    olga, about = client_of("Olga"), f"/members/{cast.public['Maya']}/about"
    olga.post(about, data={goal: "Weight"})

    olga.post(f"/settings/fields/{goal}/retire")
    hidden = text_of(olga.get(about))
    olga.post(f"/settings/fields/{goal}/retire")
    back = text_of(olga.get(about))

    assert "Weight" not in hidden
    assert 'value="Weight" selected' in back
    assert count_of(app, OwnValue) == 1


def test_only_the_owner_and_the_manager_shape_fields(app, client_of):
    refused = client_of("Frank").post("/settings/fields/new", data={"label": "X", "kind": "text"})

    assert refused.status_code == 403
    assert count_of(app, OwnField) == 0


def test_a_tag_typed_in_another_case_is_the_same_tag(app, cast, client_of):
    frank = client_of("Frank")
    for name, typed in (("Maya", "Early Bird"), ("Noor", " early  bird "), ("Maya", "EARLY BIRD")):
        answer = frank.post(f"/members/{cast.public[name]}/tags", data={"tag": typed})
        assert answer.status_code == 303

    assert (count_of(app, Tag), count_of(app, PersonTag)) == (1, 2)


def test_everybody_with_a_tag_is_one_click_away_and_the_list_is_the_number(app, cast, client_of):
    frank, maya = client_of("Frank"), cast.public["Maya"]
    frank.post(f"/members/{maya}/tags", data={"tag": "Marathon"})
    page = text_of(frank.get(f"/members/{maya}/about"))
    (tag_id,) = re.findall(r'href="/tags/([a-z0-9]+)"', page)

    listed = text_of(frank.get(f"/tags/{tag_id}"))
    frank.post(f"/members/{maya}/tags/{tag_id}/take")

    assert "1 person carries this tag." in listed
    assert maya in listed
    assert count_of(app, PersonTag) == 0


def test_a_tag_without_a_word_is_refused(app, cast, client_of):
    answer = client_of("Frank").post(f"/members/{cast.public['Maya']}/tags", data={"tag": "  "})

    assert answer.status_code == 400
    assert "Write the tag first." in text_of(answer)
    assert count_of(app, Tag) == 0


def test_a_tag_cleared_away_is_gone_from_everybody(app, cast, client_of):
    olga = client_of("Olga")
    olga.post(f"/members/{cast.public['Maya']}/tags", data={"tag": "Old"})
    (tag_id,) = re.findall(r'href="/tags/([a-z0-9]+)"', text_of(olga.get("/settings/fields")))

    olga.post(f"/settings/tags/{tag_id}/drop")

    assert (count_of(app, Tag), count_of(app, PersonTag)) == (0, 0)


def test_a_tie_is_read_from_both_sides(app, cast, client_of):
    frank, maya, noor = client_of("Frank"), cast.public["Maya"], cast.public["Noor"]

    tied = frank.post(
        f"/members/{maya}/ties", data={"other": noor, "kind": "child", "note": "same school"}
    )
    again = frank.post(f"/members/{noor}/ties", data={"other": maya, "kind": "parent"})

    assert (tied.status_code, again.status_code) == (303, 303)
    assert count_of(app, Tie) == 1, "a child's parent is a parent's child"
    assert "Child" in text_of(frank.get(f"/members/{maya}/about")).split('id="ties-title"')[1]
    assert "Parent" in text_of(frank.get(f"/members/{noor}/about")).split('id="ties-title"')[1]


def test_nobody_is_tied_to_himself(app, cast, client_of):
    maya = cast.public["Maya"]

    answer = client_of("Frank").post(
        f"/members/{maya}/ties", data={"other": maya, "kind": "friend"}
    )

    assert answer.status_code == 400
    assert "Choose another person." in text_of(answer)
    assert count_of(app, Tie) == 0


def test_a_tie_is_taken_away_from_either_side(app, cast, client_of):
    frank, maya, noor = client_of("Frank"), cast.public["Maya"], cast.public["Noor"]
    frank.post(f"/members/{maya}/ties", data={"other": noor, "kind": "friend"})
    (tie_id,) = re.findall(r"/ties/(\d+)/untie", text_of(frank.get(f"/members/{noor}/about")))

    foreign = frank.post(f"/members/{cast.public['Omar']}/ties/{tie_id}/untie")
    own = frank.post(f"/members/{noor}/ties/{tie_id}/untie")

    assert (foreign.status_code, own.status_code) == (404, 303)
    assert count_of(app, Tie) == 0


def test_programs_read_and_fill_in_the_same_fields(cast, client_of, goal, program):
    address = f"/api/v1/members/{cast.public['Maya']}/about"
    manager = program()

    told = manager.put(address, json={"values": {goal: "Weight"}, "tags": ["VIP", "Early bird"]})
    wrong = manager.put(address, json={"values": {goal: "Fun"}})
    emptied = manager.put(address, json={"values": {goal: None}, "tags": ["vip"]})

    assert told.status_code == 200, told.json
    assert told.json["tags"] == ["Early bird", "VIP"]
    assert [(one["label"], one["value"]) for one in told.json["fields"]] == [("Goal", "Weight")]
    assert (wrong.status_code, wrong.json["code"]) == (400, "INVALID_INPUT")
    assert emptied.json["tags"] == ["VIP"]
    assert emptied.json["fields"][0]["value"] is None
