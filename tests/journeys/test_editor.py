"""Managers change the journey by form; every change is a version, and old ones can stand again."""

import re
from collections.abc import Callable
from html import unescape

from flask import Flask
from flask.testing import FlaskClient

from clubcrm.core.db import unit_of_work
from clubcrm.journeys.definitions import current_settings, current_version
from clubcrm.journeys.rules.codes import Performer
from clubcrm.journeys.rules.general import typed_of
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.journeys.setting_words import field_words
from tests.cast import Cast

ClientOf = Callable[[str], FlaskClient]
FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
TRIGGER = {
    "name": "Ten quiet days",
    "event": "last_visit",
    "distance": "১০",
    "side": "after",
    "follows": "",
    "goal": "visit",
    "condition_1": "term:is:12",
    "condition_2": "frozen:is_not:1",
    "condition_3": "owes:at_most",
    "number_3": "20",
    "on": "y",
    "performer": "front_desk",
    "channel_1": "email",
    "priority": "30",
    "valid_days": "5",
    "most": "2",
    "apart_days": "28",
    "terms": ["12", "6"],
    "minutes": "5",
    "hold_out": "20",
    "seen_version": "0",
}


def _token(client: FlaskClient) -> str:
    page = client.get("/journeys/limits").get_data(as_text=True)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def _post(client: FlaskClient, path: str, form: dict[str, object]) -> tuple[int, str]:
    answer = client.post(path, data={**form, "csrf_token": _token(client)})
    return answer.status_code, answer.get_data(as_text=True)


def _confirm(client: FlaskClient, path: str, form: dict[str, object]) -> tuple[int, str]:
    """Send a form, then the page that asks for a yes, as it was filled in."""
    status, page = _post(client, path, form)
    assert status == 200
    typed: dict[str, list[str]] = {}
    for name, value in FIELD.findall(page):
        if name not in {"csrf_token", "_key"}:
            typed.setdefault(name, []).append(unescape(value))
    return _post(client, path, typed)


def _fields(page: str) -> dict[str, object]:
    """Return a form as a browser would send it back unchanged."""
    found: dict[str, object] = {}
    for tag in re.findall(r"<input[^>]+>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag):
            found.setdefault(name[1], [])
            found[name[1]].append(unescape(value[1]) if value else "")  # type: ignore[attr-defined]
    for name, body in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r"<option[^>]*\bselected\b[^>]*>", body)
        value = re.search(r'value="([^"]*)"', chosen[0]) if chosen else None
        found[name] = value[1] if value else ""
    return {k: v for k, v in found.items() if k not in {"csrf_token", "_key", "q", "club"}}


def test_an_owner_builds_ten_quiet_days_and_annual_and_not_frozen_by_form(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    olga = client_of("Olga")

    status, page = _post(olga, "/journeys/own", dict(TRIGGER))
    assert status == 200
    assert "10 days after: last visit and the plan is annual and not frozen" in page
    with app.app_context(), unit_of_work(write=False):
        assert current_version(cast.club) is None

    status, _page = _confirm(olga, "/journeys/own", dict(TRIGGER))
    assert status == 303
    with app.app_context(), unit_of_work(write=False):
        rule = current_settings(cast.club).codes["C1"]
    assert (rule.name, rule.performer, rule.priority) == (
        "Ten quiet days",
        Performer.FRONT_DESK,
        30,
    )
    assert (rule.valid_days, rule.most, rule.hold_out, rule.channels) == (5, 2, 0.2, ("email",))
    assert rule.own["conditions"] == [
        ["term", "is", "12"],
        ["frozen", "is_not", "1"],
        ["owes", "at_most", "2000"],
    ]
    listed = olga.get("/journeys/touchpoints").get_data(as_text=True)
    assert "Ten quiet days" in listed


def test_a_trigger_that_makes_no_sense_names_its_field_and_keeps_what_was_typed(
    cast: Cast, client_of: ClientOf
) -> None:
    form = {**TRIGGER, "side": "before", "condition_4": "visits:at_least", "number_4": "many"}

    status, page = _post(client_of("Olga"), "/journeys/own", form)

    assert status == 400
    assert "This event cannot be known before" in page
    assert "This condition needs a whole number." in page
    assert 'value="Ten quiet days"' in page
    optional = set(re.findall(r'<label for="(\w+)">[^<]* <span class="optional">', page))
    assert {"follows", "channel_1", "condition_1", "distance"} <= optional
    assert not {"event", "side", "goal", "performer"} & optional


def test_a_form_sent_back_unchanged_changes_nothing(cast: Cast, client_of: ClientOf) -> None:
    olga = client_of("Olga")

    for path in ("J01", "J02", "J06a", "J13a", "J13c", "J14b", "X2"):
        page = olga.get(f"/journeys/touchpoints/{path}").get_data(as_text=True)
        status, page = _post(olga, f"/journeys/touchpoints/{path}", _fields(page))
        assert (path, status, "Nothing changes" in page) == (path, 200, True)
    page = olga.get("/journeys/limits").get_data(as_text=True)
    status, page = _post(olga, "/journeys/limits", _fields(page))
    assert (status, "Nothing changes" in page) == (200, True)


def test_each_change_is_a_version_that_says_who_when_and_what_and_can_stand_again(
    app: Flask, cast: Cast, client_of: ClientOf
) -> None:
    olga = client_of("Olga")
    page = olga.get("/journeys/touchpoints/J06a").get_data(as_text=True)
    _confirm(olga, "/journeys/touchpoints/J06a", {**_fields(page), "valid_days": "9"})
    page = olga.get("/journeys/touchpoints/J13c").get_data(as_text=True)
    assert (_fields(page)["share"], _fields(page)["least"]) == (["10"], ["2"])
    _confirm(olga, "/journeys/touchpoints/J13c", {**_fields(page), "share": "20", "least": "4"})
    page = olga.get("/journeys/limits").get_data(as_text=True)
    assert _fields(page)["stages.lost_after"] == ["90"]
    changed = {
        **_fields(page),
        "pace.gap_days": "6",
        "trial.control": "7.5",
        "stages.lost_after": "120",
        "pace.booked_ahead_days": "5",
        "hours.greeting_from": "11:30",
    }
    _confirm(olga, "/journeys/limits", changed)

    with app.app_context(), unit_of_work(write=False):
        settings = current_settings(cast.club)
    assert settings.codes["J06a"].valid_days == 9
    assert (settings.codes["J13c"].share, settings.codes["J13c"].least) == (0.2, 4)
    assert (settings.pace.gap_days, settings.trial.control) == (6, 0.075)
    assert (settings.stages.lost_after, settings.pace.booked_ahead_days) == (120, 5)
    assert settings.hours.greeting_from == "11:30"
    assert "Ended more than 120 days ago." in olga.get("/journeys").get_data(as_text=True)
    page = olga.get("/journeys/versions").get_data(as_text=True)
    assert "Olga" in page
    assert re.search(r"Of use for days</td><td[^>]*>7</td><td[^>]*>9</td>", page)
    assert page.index("Version 3") < page.index("Version 1") < page.index("As shipped")

    shown = olga.get("/journeys/versions/0").get_data(as_text=True)
    assert "Days between two contacts" in shown
    status, _page = _post(olga, "/journeys/versions/0", {"confirm": "yes", "seen_version": "3"})
    assert status == 303
    with app.app_context(), unit_of_work(write=False):
        assert current_settings(cast.club).codes["J06a"].valid_days == 7
        version = current_version(cast.club)
        assert version is not None
        assert version.number == 4


def test_two_people_who_change_at_once_do_not_overwrite_each_other(
    cast: Cast, client_of: ClientOf
) -> None:
    olga, max_ = client_of("Olga"), client_of("Max")
    page = _fields(olga.get("/journeys/touchpoints/J07").get_data(as_text=True))
    _confirm(max_, "/journeys/touchpoints/J07", {**page, "priority": "50"})

    status, text = _confirm(olga, "/journeys/touchpoints/J07", {**page, "priority": "40"})

    assert status == 409
    assert "Somebody saved version 1 meanwhile" in text


def test_every_number_of_the_limits_has_a_name_of_its_own(app: Flask) -> None:
    typed = typed_of(default_settings())

    with app.test_request_context():
        names = {field: field_words(field.split(".")[0], field.split(".")[-1]) for field in typed}

    assert [field for field, name in names.items() if name == field.split(".")[-1]] == []


def test_wrong_limits_are_named_beside_their_field(cast: Cast, client_of: ClientOf) -> None:
    olga = client_of("Olga")
    page = _fields(olga.get("/journeys/limits").get_data(as_text=True))
    wrong = {
        **page,
        "hours.quiet_from": "25:00",
        "pace.per_week": "two",
        "budgets.12.least": "20",
        "trial.control": "200",
    }

    status, text = _post(olga, "/journeys/limits", wrong)

    assert status == 400
    assert "Expected a time such as 21:00." in text
    assert "Expected a whole number." in text
    assert "The least must not exceed the most." in text
    assert "Expected a share from 0 to 90" in text


def test_the_desk_reads_the_journey_and_does_not_change_it(cast: Cast, client_of: ClientOf) -> None:
    frank = client_of("Frank")

    assert frank.get("/journeys/touchpoints").status_code == 200
    assert frank.get("/journeys/versions").status_code == 200
    for path in ("touchpoints/J06a", "own", "limits", "versions/0"):
        assert frank.get(f"/journeys/{path}").status_code == 403


def test_what_does_not_exist_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    olga = client_of("Olga")

    assert olga.get("/journeys/touchpoints/J99").status_code == 404
    assert olga.get("/journeys/versions/77").status_code == 404
