"""Sixteen people at once: one lead for one taker, one decision for one question, one open lead."""

from collections import Counter

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.leads.api import accept, receive
from clubcrm.leads.models import Inquiry, Lead, LeadSeller
from clubcrm.leads.moving import Move, move_lead, take
from clubcrm.leads.rules.stages import LeadStage
from clubcrm.people.models import Person
from tests.cast import Cast
from tests.leads.conftest import NOON, arrival, new_lead
from tests.memberships.races import PEOPLE, all_at_once

pytestmark = pytest.mark.fault
ROUNDS = 16


@pytest.fixture(autouse=True)
def noon():
    """Time runs: locks are waited for."""
    with time_machine.travel(NOON, tick=True):
        yield


def unowned(app: Flask, cast: Cast) -> list[int]:
    with app.app_context(), unit_of_work():
        leads = [new_lead(cast, number) for number in range(ROUNDS)]
        for lead in leads:
            lead.owner_id = None
        return [lead.id for lead in leads]


def counted(app: Flask, *tables: type) -> list[int]:
    with app.app_context(), unit_of_work(write=False) as session:
        return [session.scalar(select(func.count()).select_from(one)) or 0 for one in tables]


def test_two_sellers_never_take_one_lead(app: Flask, cast: Cast) -> None:
    leads = unowned(app, cast)
    sellers = [cast.users["Sara"], cast.users["Max"]]

    def grab(number: int, person: int) -> str:
        try:
            with unit_of_work():
                seller = sellers[person % 2]
                take(db.session.get_one(Lead, leads[number]), seller, by=f"user:{seller}")
        except DomainError as error:
            return error.code
        return "MINE"

    for answers in all_at_once(app, ROUNDS, grab):
        assert Counter(answers) == {"MINE": 1, "TAKEN": PEOPLE - 1}


def test_without_the_guard_two_sellers_would_take_one_lead(app: Flask, cast: Cast) -> None:
    # The control: the race is one, because reading first and writing then lets several through.
    leads = unowned(app, cast)

    def look(number: int, _person: int) -> str:
        with unit_of_work(write=False) as session:
            owner = session.scalar(select(Lead.owner_id).where(Lead.id == leads[number]))
        if owner is not None:
            return "TAKEN"
        with unit_of_work():
            db.session.get_one(Lead, leads[number]).owner_id = cast.users["Sara"]
        return "MINE"

    takers = [answers.count("MINE") for answers in all_at_once(app, ROUNDS, look)]

    assert max(takers) > 1


def test_one_question_is_taken_in_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        asked = [
            receive(
                arrival(cast, suspicion="robot", phone=f"+8801711777{number:03d}", email=""),
                by="form",
            ).id
            for number in range(ROUNDS)
        ]

    def decide(number: int, _person: int) -> str:
        try:
            with unit_of_work():
                accept(db.session.get_one(Inquiry, asked[number]), by="user:3")
        except DomainError as error:
            return error.code
        return "LEAD"

    for answers in all_at_once(app, ROUNDS, decide):
        assert Counter(answers) == {"LEAD": 1, "STATE": PEOPLE - 1}
    assert counted(app, Lead) == [ROUNDS]


def test_many_questions_of_one_person_are_one_open_lead(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        mia = db.session.get_one(Person, cast.members["Mia"]).id

    def ask(number: int, person: int) -> str:
        with unit_of_work():
            said = {"name": "Mia Rahman", "phone": "+8801711000001", "email": ""}
            told = arrival(cast, external_ref=f"{number}-{person}", **said)
            inquiry = receive(told, by="form")
            return f"{inquiry.person_id}:{inquiry.lead_id}"

    rounds = all_at_once(app, 3, ask)

    assert {answer for answers in rounds for answer in answers} == {f"{mia}:1"}
    assert counted(app, Lead, Inquiry) == [1, 3 * PEOPLE]


def test_turns_of_sellers_are_fair_when_leads_come_at_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        db.session.add(LeadSeller(club_id=cast.club, user_id=cast.users["Max"]))

    def ask(number: int, person: int) -> int:
        with unit_of_work():
            phone = f"+88017118{number:02d}{person:02d}0"
            told = arrival(cast, name=f"Lead {number} {person}", phone=phone, email="")
            inquiry = receive(told, by="form")
            return db.session.get_one(Lead, inquiry.lead_id).owner_id or 0

    owners = Counter(one for answers in all_at_once(app, 2, ask) for one in answers)

    assert owners == {cast.users["Sara"]: PEOPLE, cast.users["Max"]: PEOPLE}


def test_a_lead_makes_each_step_once(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        leads = [new_lead(cast, number).id for number in range(ROUNDS)]

    def push(number: int, _person: int) -> str:
        try:
            with unit_of_work():
                lead = db.session.get_one(Lead, leads[number])
                move_lead(lead, Move(LeadStage.CONTACTED), by="user:3")
        except DomainError as error:
            return error.code
        return "MOVED"

    for answers in all_at_once(app, ROUNDS, push):
        assert Counter(answers) == {"MOVED": 1, "STATE": PEOPLE - 1}
