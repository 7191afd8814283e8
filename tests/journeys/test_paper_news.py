"""A member hears a fortnight ahead that a waiver or a certificate ends, once and in time."""

from datetime import date

import pytest
import time_machine

from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import Event
from clubcrm.core.jobs import JobContext
from clubcrm.journeys.paper_news import on_paper_lapsing
from clubcrm.messaging.models import Message
from clubcrm.people.models import ContactKind, ContactPoint, Person
from memberships.documents.services import Signer
from memberships.events import PaperLapsing
from memberships.jobs import ask_for_papers
from memberships.waivers.rules import Mode, WaiverRules
from memberships.waivers.services import save_waiver_rules, sign_waiver, waiver_reading
from tests.memberships.conftest import YEAR, make_contract

OLGA = "user:1"
NOON = "2026-11-22T06:00Z"


@pytest.fixture
def signed(app, cast) -> int:
    """Mia has a contract and a waiver that holds until 21 December; returns who she is."""
    mia = cast.members["Mia"]
    with time_machine.travel(NOON, tick=False), app.app_context(), unit_of_work():
        save_waiver_rules(cast.club, WaiverRules(Mode.WARN, 1), by=OLGA)
        make_contract(cast, YEAR, starts_on=date(2026, 11, 22))
        reading = waiver_reading(mia)
        sign_waiver(mia, (reading.language, reading.sha256), Signer("Mia Rahman"), by=OLGA)
        address = "mia@mail.example"
        db.session.add(
            ContactPoint(person_id=mia, kind=ContactKind.EMAIL, value=address, as_typed=address)
        )
    return mia


def told(app, cast, day: date) -> int:
    """Return how many members the job of a day tells of an ending paper."""
    with app.app_context():
        return ask_for_papers(JobContext("ask-for-papers", "slot", now(), cast.club, day)).done


def test_the_job_tells_a_fortnight_before_the_last_day_and_on_no_other(app, cast, signed):
    days = (date(2026, 12, 6), date(2026, 12, 7), date(2026, 12, 8))

    assert [told(app, cast, day) for day in days] == [0, 1, 0]

    with app.app_context(), unit_of_work(write=False) as session:
        assert session.query(Event).filter_by(kind="PaperLapsing").count() == 1


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Mia, your declaration ends on 21 Dec 2026"),
        ("bn", "Mia, আপনার ঘোষণার মেয়াদ 21 ডিসে, 2026 তারিখে শেষ হবে"),
        ("ru", "Mia, ваше заявление действует до 21 дек. 2026"),
    ],
)
def test_the_letter_about_a_waiver_holds_a_link_and_is_written_once(
    open_app, cast, signed, language, subject
):
    app = open_app(CLUBCRM_PUBLIC_URL="https://club.example")
    fact = PaperLapsing(cast.club, now(), signed, "waiver", date(2026, 12, 21))
    with time_machine.travel("2026-12-07T06:00Z", tick=False), app.app_context():
        with unit_of_work():
            db.session.get_one(Person, signed).language = language
        for _time in range(2):
            with unit_of_work():
                on_paper_lapsing(fact)
        with unit_of_work(write=False) as session:
            (message,) = session.query(Message).all()
            assert message.subject.replace("\u00a0", "\u202f") == subject.replace(
                "\u00a0", "\u202f"
            )
            link = message.body.split("https://club.example")[1].split()[0]
        page = app.test_client().get(link, base_url="https://club.example")

    assert page.status_code == 200
    assert "sign-form" in page.text


def test_the_letter_about_a_certificate_says_who_may_open_it(app, cast, signed):
    fact = PaperLapsing(cast.club, now(), signed, "medical", date(2026, 12, 21))
    with time_machine.travel("2026-12-07T06:00Z", tick=False), app.app_context():
        with unit_of_work():
            on_paper_lapsing(fact)
        with unit_of_work(write=False) as session:
            (message,) = session.query(Message).all()
            assert message.subject == "Mia, your medical certificate ends on 21 Dec 2026"
            assert "Only the owner and the managers of the club can open it." in message.body
