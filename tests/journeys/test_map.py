"""The map of the journey: each number opens as many people as it says."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from clubcrm.core.db import db, unit_of_work
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.models import StageChange, Touchpoint, TouchState
from clubcrm.journeys.planning import plan_club
from clubcrm.journeys.rules.stages import Stage
from clubcrm.journeys.rules.touchpoints import Performer
from memberships.contracts.models import Contract
from tests.cast import Cast, make_member
from tests.journeys.life import freeze, member, sign
from tests.messaging.conftest import allow_marketing

TODAY = date(2026, 3, 20)
NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
ClientOf = Callable[[str], FlaskClient]
NUMBER = re.compile(r'<a[^>]*href="(/journeys/people\?[^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
LISTED = re.compile(r'<a class="person"')


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def club(app: Flask, cast: Cast) -> Iterator[None]:
    """Members at every place: new, coming, silent, frozen, about to end, renewed, gone."""
    with time_machine.travel(NOON, tick=False), app.app_context():
        with unit_of_work():
            here = cast.club
            allow_marketing(member(here, "Rana", ago(90), _every(2, 12, 60), email="r@x.example"))
            allow_marketing(member(here, "Nila", ago(12), email="nila@x.example"))
            member(here, "Tuli", ago(90), _every(2, 12, 60), email="tuli@x.example")
            member(here, "Asif", ago(100), _every(3, 0, 90))
            member(here, "Mitu", ago(340), _every(3, 0, 120), term=365)
            still = member(here, "Joya", ago(200), _every(3, 40, 150))
            freeze(still, here, ago(30), TODAY + timedelta(days=10))
            member(here, "Babu", ago(400), _every(3, 60, 300), term=365)
            member(here, "Dina", ago(600), _every(3, 300, 590), term=365)
            _renew(member(here, "Faria", ago(380), _every(3, 0, 120), term=365), here)
            make_member("Guest", club=here)
        refresh_all(unit_of_work, cast.club, TODAY)
        plan_club(unit_of_work, cast.club, TODAY)
    with time_machine.travel(NOON, tick=False):
        yield


def _every(step: int, first: int, last: int) -> list[date]:
    return [ago(days) for days in range(first, last, step)]


def _renew(person: int, club: int) -> None:
    first = db.session.query(Contract).filter_by(person_id=person).one()
    second = sign(person, club, ago(15), ago(15) + timedelta(days=364))
    db.session.get_one(Contract, second).previous_id = first.id
    db.session.flush()


def _numbers(html: str) -> dict[str, int]:
    """Return every number of the page with the address it opens."""
    found = {}
    for address, words in NUMBER.findall(html):
        digits = re.findall(r"\d+", re.sub(r"<title>.*?</title>|<[^>]+>", " ", words))
        if digits:
            found[unescape(address)] = int(digits[0])
    return found


def test_every_number_of_the_map_opens_a_list_of_that_length(
    club: None, client_of: ClientOf
) -> None:
    olga = client_of("Olga")
    numbers = _numbers(olga.get("/journeys").get_data(as_text=True))

    assert len(numbers) > 12
    for address, number in numbers.items():
        page = olga.get(address).get_data(as_text=True)
        assert (address, len(LISTED.findall(page))) == (address, number)
        assert f"<p>{number} p" in page


def test_the_stages_hold_whom_they_name(club: None, client_of: ClientOf) -> None:
    olga = client_of("Olga")

    def names(query: str) -> list[str]:
        page = olga.get(f"/journeys/people?{query}").get_data(as_text=True)
        return re.findall(r'<span class="person-name">([^<]+)</span>', page)

    assert names("stage=potential") == ["Guest", "Mia Rahman"]
    assert names("stage=frozen") == ["Joya"]
    assert names("stage=renewal") == ["Mitu"]
    assert names("stage=lapsed") == ["Babu"]
    assert names("stage=lost") == ["Dina"]
    assert names("source=renewal&target=renewed") == ["Faria"]
    assert names("code=J06a&what=waiting") == ["Rana"]
    assert names("code=J06a&what=dropped") == ["Tuli"]


def test_a_move_between_stages_is_counted_once_per_person_and_only_in_its_days(
    app: Flask, cast: Cast, club: None, client_of: ClientOf
) -> None:
    with app.app_context(), unit_of_work():
        person = make_member("Kazi", club=cast.club).id
        sign(person, cast.club, ago(300), None)
        db.session.add_all(
            StageChange(person_id=person, day=ago(days), stage=stage)
            for days, stage in (
                (60, Stage.ACTIVE),
                (20, Stage.AT_RISK),
                (12, Stage.ACTIVE),
                (5, Stage.AT_RISK),
            )
        )
    with app.app_context():
        refresh_all(unit_of_work, cast.club, TODAY)

    olga = client_of("Olga")
    wide = _numbers(olga.get("/journeys?days=28").get_data(as_text=True))
    slim = _numbers(olga.get("/journeys?days=7").get_data(as_text=True))
    assert wide["/journeys/people?days=28&source=active&target=at_risk"] == 1
    assert wide["/journeys/people?days=28&source=at_risk&target=active"] == 1
    assert slim["/journeys/people?days=7&source=active&target=at_risk"] == 1
    assert "/journeys/people?days=7&source=at_risk&target=active" not in slim


def test_who_was_held_out_is_shown_apart(
    app: Flask, cast: Cast, club: None, client_of: ClientOf
) -> None:
    with app.app_context(), unit_of_work():
        person = member(cast.club, "Rubel", ago(50))
        db.session.add(
            Touchpoint(
                club_id=cast.club,
                person_id=person,
                cycle_no=1,
                code="J07",
                occurrence=1,
                performer=Performer.FRONT_DESK,
                priority=55,
                arm="H",
                planned_on=ago(3),
                valid_until=ago(-5),
                state=TouchState.HELD_OUT,
                why="held_out",
            )
        )

    page = client_of("Olga").get("/journeys/people?code=J07&what=held").get_data(as_text=True)
    assert "Rubel" in page
    assert "Slump talk: held out" in page


def test_a_place_that_is_not_on_the_map_is_not_found(club: None, client_of: ClientOf) -> None:
    olga = client_of("Olga")

    for query in ("", "stage=nowhere", "code=J06a&what=eaten", "source=active", "code=" + "J" * 99):
        assert olga.get(f"/journeys/people?{query}").status_code == 404


def test_a_trainer_does_not_see_the_map(club: None, client_of: ClientOf) -> None:
    assert client_of("Tara").get("/journeys").status_code == 403
