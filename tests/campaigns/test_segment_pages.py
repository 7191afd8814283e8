"""Segments on the page and by the API: built step by step, counted while built, kept, shared."""

import re

from sqlalchemy import select

from clubcrm.campaigns.models import Segment, SegmentCount
from clubcrm.core.audit import AuditLine
from clubcrm.core.clubs import Club
from clubcrm.core.db import unit_of_work

FRESH = {
    "name": "Never here",
    "shared": "1",
    "join-": "all",
    "node": ["0"],
    "trait-0": "last_visit",
    "op-0": "never",
}


def number_of(page) -> str:
    found = re.search(r"<strong>(.+?)</strong><span>", page.text)
    return re.sub("<[^>]+>", "", found.group(1)) if found else ""


def test_a_rule_is_built_step_by_step_and_counted_on_the_way(client_of):
    max_ = client_of("Max")
    assert "Never here" not in max_.get("/segments/new").text

    first = max_.post("/segments/look", data=FRESH)
    assert number_of(first) == "1"
    more = max_.post("/segments/look", data={**FRESH, "do": "add:"})
    assert 'name="trait-1"' in more.text
    nested = max_.post("/segments/look", data={**FRESH, "do": "group:"})
    assert 'name="join-1"' in nested.text
    assert 'name="trait-1.0"' in nested.text
    inner = {"node": ["0", "1", "1.0"], "join-1": "any", "trait-1.0": "visits"}
    dropped = max_.post("/segments/look", data={**FRESH, **inner, "do": "drop:1"})
    assert 'name="join-1"' not in dropped.text
    part = max_.post("/segments/look", data=FRESH, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="builder"')

    blank = max_.post("/segments/look", data={**FRESH, "trait-0": "visits", "op-0": "never"})
    assert "Fill in what is missing" in blank.text


def test_a_segment_is_kept_opened_changed_and_put_aside(app, client_of):
    max_ = client_of("Max")

    kept = max_.post("/segments/save", data=FRESH)
    assert kept.status_code == 303
    page = max_.get(kept.location)
    assert "Last visit: never, or not known" in page.text
    assert number_of(page) == "1"
    people = max_.get(f"{kept.location}/people")
    assert people.text.count('class="person-name"') == 1

    with app.app_context(), unit_of_work(write=False) as session:
        segment = session.scalars(select(Segment)).one()
        assert (segment.shared, segment.version) == (True, 1)
        public_id = segment.public_id
    edited = {**FRESH, "segment": public_id, "version": "1", "name": "Nobody yet"}
    assert max_.post("/segments/save", data=edited).status_code == 303
    assert "Somebody else has changed" in max_.post("/segments/save", data=edited).text
    max_.post(f"/segments/{public_id}/aside")
    assert "is put aside" in max_.get("/segments").text
    assert "Nobody yet" not in max_.get("/segments").text
    with app.app_context(), unit_of_work(write=False) as session:
        about = select(AuditLine.action).where(AuditLine.subject_kind == "segment")
        told = session.scalars(about.order_by(AuditLine.id))
        assert list(told) == ["segment.made", "segment.changed", "segment.put_aside"]


def test_errors_keep_what_was_typed_and_name_the_place(client_of):
    max_ = client_of("Max")
    max_.post("/segments/save", data=FRESH)
    wrong = {
        **FRESH,
        "node": ["0", "1", "2"],
        "trait-0": "owes",
        "op-0": "at_least",
        "value-0": "a lot",
        "trait-1": "plan",
        "op-1": "any_of",
        "trait-2": "owes",
        "op-2": "at_most",
        "value-2": "1,500.50",
    }

    answer = max_.post("/segments/save", data=wrong)

    assert answer.status_code == 400
    assert 'value="a lot"' in answer.text
    assert "Expected a whole number." in answer.text
    assert "Choose at least one." in answer.text
    assert 'value="1,500.50"' in answer.text
    again = max_.post("/segments/save", data=FRESH)
    assert "Another segment has this name." in again.text


def test_a_segment_of_ones_own_is_seen_by_nobody_else(client_of, cast):
    sara, max_ = client_of("Sara"), client_of("Max")
    mine = sara.post("/segments/save", data={**FRESH, "shared": ""})

    assert sara.get(mine.location).status_code == 200
    assert max_.get(mine.location).status_code == 404
    assert "Never here" not in max_.get("/segments").text
    assert client_of("Zoe").get(mine.location).status_code in {403, 404}
    assert client_of("Frank").get("/segments").status_code == 403


def test_the_api_keeps_counts_and_lists_a_segment(app, client_of):
    olga = client_of("Olga")
    codes = {one["code"] for one in olga.get("/api/v1/segments/traits").json["items"]}
    assert {"visits", "stage", "usual_drink", "units_left", "owes"} <= codes
    with app.app_context(), unit_of_work(write=False) as session:
        club = session.scalars(select(Club).where(Club.name == "Dhanmondi")).one().public_id
    rule = {"join": "all", "parts": [{"trait": "last_visit", "op": "never"}]}
    body = {"club": club, "name": "Never here", "rule": rule}

    made = olga.post("/api/v1/segments", json=body)
    assert made.status_code == 201
    assert made.json["words"] == "Last visit: never, or not known"
    assert made.json["people"] is None
    address = made.headers["Location"]
    assert olga.post(f"{address}/count").json == {"people": 1}
    assert olga.get(address).json["people"] == 1
    assert len(olga.get(f"{address}/people").json["items"]) == 1
    assert olga.get("/api/v1/segments").json["items"][0]["name"] == "Never here"
    changed = olga.patch(address, json={"version": 1, "name": "Never seen"})
    assert (changed.json["name"], changed.json["version"]) == ("Never seen", 2)
    assert olga.patch(address, json={"version": 1, "name": "Late"}).status_code == 409
    bad = olga.post("/api/v1/segments", json={**body, "name": "x", "rule": {"parts": [1]}})
    assert bad.status_code == 400
    with app.app_context(), unit_of_work(write=False) as session:
        assert session.scalars(select(SegmentCount.people)).all() == [1]
