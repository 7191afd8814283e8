"""A club's calendar: taken over, changed, and greeted on by campaigns within all limits."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from clubcrm.campaigns.campaign_services import unplan_campaign
from clubcrm.campaigns.campaign_tables import (
    Campaign,
    CampaignKind,
    CampaignRefusal,
    CampaignState,
)
from clubcrm.campaigns.dealing import run_campaign
from clubcrm.campaigns.greetings import (
    HolidayDraft,
    add_holiday,
    change_holiday,
    greet_on,
    missing_days,
    plan_greetings,
    put_away,
    take_over,
    type_day,
)
from clubcrm.campaigns.holiday_queries import coming_holidays, holidays_of
from clubcrm.campaigns.holiday_tables import Holiday
from clubcrm.campaigns.jobs import greet_on_holidays
from clubcrm.campaigns.rules.holidays import HolidayKind, HolidayRule
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.messaging.models import Message
from clubcrm.people.models import Channel, Consent, Person, Purpose
from memberships.api import SignRequest, sign
from tests.cast import Cast, make_member
from tests.loyalty.conftest import ClientApart
from tests.memberships.conftest import make_plan

ClientOf = Callable[[str], FlaskClient]
BY = "user:1"
# The ninth of April in Dhaka; Pohela Boishakh is on the fourteenth.
NOW = datetime(2026, 4, 9, 4, 0, tzinfo=UTC)
TODAY = date(2026, 4, 9)


@pytest.fixture
def town(app: Flask, cast: Cast) -> Iterator[Cast]:
    """Three members who read Bengali, Russian and English said yes to news, one did not."""
    app.test_client_class = ClientApart
    with time_machine.travel(NOW, tick=False), app.app_context():
        with unit_of_work():
            plan = make_plan(cast)
            for name, language, agrees in (
                ("Rina", "bn", True), ("Oleg", "ru", True), ("Paul", "en", True),
                ("Nora", "en", False),
            ):  # fmt: skip
                member(cast, plan.plan_id, name, language, agrees=agrees)
            take_over(db.session.get_one(Club, cast.club), by=BY)
        yield cast


def member(cast: Cast, plan_id: int, name: str, language: str, *, agrees: bool) -> Person:
    found = make_member(name, club=cast.club, email=f"{name.lower()}@club.example")
    found.language = language
    sign(SignRequest(found.id, plan_id, TODAY), by=BY)
    if agrees:
        consent = Consent(
            person_id=found.id, channel=Channel.EMAIL, purpose=Purpose.MARKETING, given=True,
            text_version="1", source="desk", by=BY, at=NOW,
        )  # fmt: skip
        db.session.add(consent)
    db.session.flush()
    return found


def holiday(code: str) -> Holiday:
    return db.session.scalars(select(Holiday).where(Holiday.code == code)).one()


def planned(cast: Cast, today: date = TODAY) -> list[str]:
    with unit_of_work():
        found = plan_greetings(db.session.get_one(Club, cast.club), today)
        return [one.name for one in found]


def test_the_calendar_of_the_country_is_taken_over_once_and_greets_nobody_by_itself(
    town: Cast,
) -> None:
    with unit_of_work():
        club = db.session.get_one(Club, town.club)
        assert len(holidays_of(town.club)) == 11
        put_away(holiday("victory"), by=BY)
        assert take_over(club, by=BY) == 0
        assert len(holidays_of(town.club)) == 10
        club.country = "FR"
        assert take_over(club, by=BY) == 0
    assert planned(town) == []


def test_a_greeting_is_planned_a_week_ahead_and_once_a_year(town: Cast) -> None:
    with unit_of_work():
        greet_on(holiday("pohela_boishakh"), greets=True, by=BY)
        greet_on(holiday("may_day"), greets=True, by=BY)

    assert planned(town) == ["Pohela Boishakh 2026"]
    assert planned(town) == []
    with unit_of_work(write=False) as session:
        made = session.scalars(select(Campaign)).one()
        assert (made.kind, made.state) == (CampaignKind.GREETING, CampaignState.PLANNED)
        # Ten o'clock in Dhaka.
        assert made.starts_at == datetime(2026, 4, 14, 4, 0, tzinfo=UTC)
        shown = next(
            one for one in coming_holidays(town.club, TODAY)
            if one.holiday.code == "pohela_boishakh"
        )  # fmt: skip
        assert shown.greeting is not None
        assert shown.greeting.id == made.id


def test_everybody_is_greeted_in_his_own_language_if_he_said_yes(town: Cast) -> None:
    with unit_of_work():
        greet_on(holiday("pohela_boishakh"), greets=True, by=BY)
    planned(town)
    with time_machine.travel(datetime(2026, 4, 14, 4, 1, tzinfo=UTC), tick=False):
        with unit_of_work(write=False) as session:
            greeting = session.scalars(select(Campaign.id)).one()
        assert run_campaign(greeting, unit_of_work) == 4

    with unit_of_work(write=False) as session:
        messages = {
            person.given_name: message.body
            for message, person in session.execute(
                select(Message, Person).join(Person, Person.id == Message.person_id)
            )
        }
        assert set(messages) == {"Rina", "Oleg", "Paul"}
        assert "পহেলা বৈশাখ" in messages["Rina"]
        assert "Пойла-Бойшакх" in messages["Oleg"]
        assert "Pohela Boishakh" in messages["Paul"]
        why = session.scalars(select(CampaignRefusal.why)).all()
        assert why == ["no_consent"]


def test_one_that_was_taken_back_or_stopped_is_not_made_again(town: Cast) -> None:
    with unit_of_work():
        greet_on(holiday("pohela_boishakh"), greets=True, by=BY)
    planned(town)
    with unit_of_work():
        unplan_campaign(db.session.scalars(select(Campaign)).one(), by=BY)

    assert planned(town) == []
    with unit_of_work(write=False) as session:
        assert session.scalars(select(Campaign.state)).one() is CampaignState.DRAFT


def test_a_feast_of_the_moon_waits_for_its_day(town: Cast) -> None:
    with unit_of_work():
        eid = holiday("eid_ul_adha")
        greet_on(eid, greets=True, by=BY)
        assert [one.code for one in missing_days(town.club, TODAY)] == ["eid_ul_adha"]
    assert planned(town) == []

    with unit_of_work():
        type_day(holiday("eid_ul_adha"), 2026, date(2026, 4, 12), by=BY)

    assert planned(town) == ["Eid ul-Adha 2026"]
    with unit_of_work():
        assert missing_days(town.club, TODAY) == []


def test_an_own_day_is_greeted_in_the_clubs_own_words(town: Cast) -> None:
    words = {"en": ("Ten years of us", "Dear {given_name}, we turn ten.", "We turn ten!")}
    with unit_of_work():
        rule = HolidayRule(HolidayKind.FIXED, 4, 10)
        draft = HolidayDraft({"en": "Birthday of the club"}, rule, greets=True, at=time(9, 30),
                             words=words)  # fmt: skip
        made = add_holiday(town.club, draft, by=BY)
        change_holiday(made, draft, by=BY)
    assert planned(town) == ["Birthday of the club 2026"]
    with time_machine.travel(datetime(2026, 4, 10, 4, 0, tzinfo=UTC), tick=False):
        with unit_of_work(write=False) as session:
            greeting = session.scalars(select(Campaign.id)).one()
        run_campaign(greeting, unit_of_work)

    with unit_of_work(write=False) as session:
        texts = session.scalars(
            select(Message.body).join(Person).where(Person.given_name == "Paul")
        ).one()
        assert "Dear Paul, we turn ten." in texts


def test_the_night_plans_what_comes(town: Cast) -> None:
    with unit_of_work():
        greet_on(holiday("pohela_boishakh"), greets=True, by=BY)

    done = greet_on_holidays(JobContext("greet", "1", NOW, town.club, TODAY))

    assert (done.done, done.failed) == (1, 0)


def test_the_manager_keeps_the_calendar_by_its_pages(town: Cast, client_of: ClientOf) -> None:
    max_ = client_of("Max")
    page = max_.get("/holidays").get_data(as_text=True)
    assert "Pohela Boishakh" in page
    assert "day not known yet" in page
    with unit_of_work(write=False):
        eid, boishakh = holiday("eid_ul_fitr").public_id, holiday("pohela_boishakh").public_id

    typed = {"name_en": "Boishakh", "kind": "fixed", "month": "4", "day": "15", "greets": "y",
             "at": "08:00", "segment": ""}  # fmt: skip
    answers = [
        max_.post(f"/holidays/{eid}/day", data={"falls_on": "2027-03-10"}),
        max_.post(f"/holidays/{eid}/greets"),
        max_.post(f"/holidays/{boishakh}", data=typed),
        max_.post(f"/holidays/{boishakh}", data={**typed, "day": "31"}),
        max_.post(f"/holidays/{boishakh}", data={**typed, "name_en": ""}),
        max_.post(f"/holidays/{boishakh}", data={**typed, "subject_en": "Only this"}),
    ]

    assert [one.status_code for one in answers] == [303, 303, 303, 400, 400, 400]
    assert "There is no such day." in answers[3].get_data(as_text=True)
    assert "Only this" in answers[5].get_data(as_text=True)
    with unit_of_work(write=False):
        kept = holiday("pohela_boishakh")
        assert (kept.names, kept.day, kept.greets, kept.at) == (
            {"en": "Boishakh"}, 15, True, time(8),
        )  # fmt: skip
        assert holiday("eid_ul_fitr").greets
    assert client_of("Sara").post(f"/holidays/{eid}/greets").status_code == 403


def test_programs_read_and_type_days(town: Cast, client_of: ClientOf) -> None:
    olga = client_of("Olga")
    items = olga.get("/api/v1/holidays").get_json()["items"]
    eid = next(one for one in items if one["names"]["en"] == "Eid ul-Fitr")
    assert (eid["next_on"], eid["greets"]) == (None, False)

    told = olga.patch(f"/api/v1/holidays/{eid['id']}",
                      json={"greets": True, "falls_on": "2027-03-10"})  # fmt: skip

    assert (told.status_code, told.get_json()["next_on"]) == (200, "2027-03-10")
    made = olga.post("/api/v1/holidays", json={"names": {"en": "Our day"}, "kind": "easter",
                                               "offset": 1})  # fmt: skip
    assert (made.status_code, made.get_json()["next_on"]) == (201, "2027-03-29")
