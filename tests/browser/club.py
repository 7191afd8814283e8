"""A lively evening in the cast's club, so that pages have something to show."""

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import time_machine
from flask import Flask

from access_control.models import CredentialKind
from access_control.queries.open_visits import visits_left_open
from access_control.rules.visits import LeftHow
from access_control.services.credentials import issue_credential
from access_control.services.visits import end_visit
from clubcrm.card import acts
from clubcrm.core.clock import now, today
from clubcrm.core.db import db, unit_of_work
from clubcrm.leads.api import (
    Arrival,
    ArrivalChannel,
    ContactOutcome,
    ContactTry,
    LeadStage,
    LostReason,
    Move,
    log_try,
    move_lead,
    receive,
    receive_by_hand,
)
from clubcrm.leads.door.making import FormDraft, make_form
from clubcrm.people.api import make_link, save_photo
from clubcrm.people.models import Person
from clubcrm.seed.portraits import draw_portrait
from clubcrm.tasks.api import TaskOrder, open_task
from memberships.api import (
    BlockOwner,
    BlockRequest,
    PlanTerms,
    SignRequest,
    create_plan,
    place_block,
    sign,
)
from tests.card.life import DAY_PASS, FRANK, SARA, TEN_VISITS, YEAR, ZONE
from tests.cast import Cast, make_member

# Given and family name, card, plan, days of membership so far, a birthday today.
PEOPLE = (
    ("রাজিয়া সুলতানা", "চৌধুরী", "9000001", TEN_VISITS, 60),
    ("Александра", "Константинопольская", "9000002", YEAR, 30),
    ("Bikash", "Gurung", "9000003", YEAR, 200),
    ("सुनिता", "श्रेष्ठ", "9000004", YEAR, 90),
    ("Tanvir", "Rahman", "9000005", TEN_VISITS, 20),
    ("Farzana", "Akter", "9000006", YEAR, 340),
    ("Lena", "Vogel", "9000007", YEAR, 12),
    ("Arjun", "Thapa", "9000008", YEAR, 150),
)
ASKERS = (
    ("মোহাম্মদ আব্দুর রহমান চৌধুরী মজুমদার", LeadStage.NEW),
    ("Anika Das", LeadStage.CONTACTED),
    ("Екатерина Владимировна Преображенская", LeadStage.BOOKED),
    ("Rafi Alam", LeadStage.LOST),
    ("सुशीला अधिकारी", LeadStage.CONTACTED),
)
RAZIAS_CARD, LENAS_CARD, UNKNOWN_CARD, LAPSED_CARD = "9000001", "9000007", "7774711", "9000099"


def evening(app: Flask, cast: Cast) -> dict[str, str]:
    """Eight members have plans and habits, one has lapsed; returns their public ids by card."""
    with app.app_context(), unit_of_work():
        plans = {
            terms.name: create_plan(cast.club, terms, by=SARA).id
            for terms in (YEAR, TEN_VISITS, DAY_PASS)
        }
        found = {entry[2]: _join(cast, plans, entry) for entry in PEOPLE}
        found[LAPSED_CARD] = _lapsed(cast, plans)
        _trouble(cast, found)
    _habits(app, cast)
    return found


def open_form(app: Flask, cast: Cast) -> str:
    """The club has a form of its own; returns its public key."""
    with app.app_context(), unit_of_work():
        return make_form(cast.club, FormDraft("Trial week", title="Try us"), by=SARA).public_id


def own_page(app: Flask, public_id: str) -> str:
    """The member has a link to his own pages; returns its token."""
    with app.app_context(), unit_of_work():
        person = db.session.query(Person).filter_by(public_id=public_id).one()
        return make_link(person.id, "portal", expires_at=None, by=SARA)


def ask(app: Flask, cast: Cast) -> str:
    """A few people have asked for the club; returns the public id of a lead with a long story."""
    with app.app_context(), unit_of_work():
        for number, (name, stage) in enumerate(ASKERS):
            told = Arrival(cast.club, ArrivalChannel.WALK_IN, name, f"+88017119900{number:02d}")
            lead = receive_by_hand(told, by=SARA)
            if stage is not LeadStage.NEW:
                log_try(lead, ContactTry(ContactOutcome.REACHED, note="wants yoga"), by=SARA)
                at = now() + timedelta(days=1) if stage is LeadStage.BOOKED else None
                if stage is not lead.state:
                    reason = LostReason.PRICE if stage is LeadStage.LOST else None
                    move_lead(lead, Move(stage, reason=reason, trial_at=at), by=SARA)
        waits = Arrival(cast.club, ArrivalChannel.EMAIL, "Someone", message="Is there a sauna?")
        receive(waits, by="mail")
        return lead.public_id


def arrive(app: Flask, cast: Cast, *cards: str) -> None:
    """People hold their cards to the reader, one after the other."""
    with app.app_context():
        for card in cards:
            acts.scan(cast.club, card, by=FRANK)


def _join(cast: Cast, plans: dict[str, int], entry: tuple[str, str, str, PlanTerms, int]) -> str:
    given, family, card, terms, days = entry
    number = f"+88017{card}11"[:14]
    person = make_member(given, family, club=cast.club, phone=number, email=f"m{card}@example.org")
    person.birth_date = date(1991, 4, 12)
    with time_machine.travel(now() - timedelta(days=days), tick=False):
        sign(SignRequest(person.id, plans[terms.name], today(ZONE)), by=SARA)
        issue_credential(person.id, CredentialKind.CARD, card, by=FRANK)
    return person.public_id


def _lapsed(cast: Cast, plans: dict[str, int]) -> str:
    person = make_member("Dmitri", "Kim", club=cast.club, phone="+8801755000199")
    with time_machine.travel(now() - timedelta(days=369), tick=False):
        sign(SignRequest(person.id, plans[YEAR.name], today(ZONE)), by=SARA)
    issue_credential(person.id, CredentialKind.CARD, LAPSED_CARD, by=FRANK)
    return person.public_id


def _trouble(cast: Cast, found: dict[str, str]) -> None:
    razia = db.session.query(Person).filter_by(public_id=found[RAZIAS_CARD]).one()
    razia.desk_note = "Ask about her shoulder. Prefers the women-only room."
    lena = db.session.query(Person).filter_by(public_id=found[LENAS_CARD]).one()
    lena.birth_date = today(ZONE).replace(year=1995)
    open_task(
        TaskOrder(
            club_id=cast.club,
            person_id=razia.id,
            kind="talk",
            title="Talk at arrival: back after a gap",
            sentence="Good to see you again! Which two days suit you best this week?",
            source="test:razia",
            due_at=now(),
            at_arrival=True,
        )
    )
    dmitri = db.session.query(Person).filter_by(public_id=found[LAPSED_CARD]).one()
    place_block(
        BlockRequest(
            dmitri.id,
            BlockOwner.DEBT,
            from_on=today(ZONE) - timedelta(days=19),
            amount_minor=50_000,
            reason="October instalment",
        ),
        by=SARA,
    )


def _habits(app: Flask, cast: Cast) -> None:
    zone = ZoneInfo(ZONE)
    for back in range(58, 21, -3):
        day = today(ZONE) - timedelta(days=back)
        moment = datetime(day.year, day.month, day.day, 18, 5, tzinfo=zone)
        with time_machine.travel(moment, tick=False):
            arrive(app, cast, *(RAZIAS_CARD,) if back % 2 else ("9000003", "9000006"))
    with app.app_context(), unit_of_work():
        for visit in visits_left_open(cast.club, now() - timedelta(hours=4), 100):
            end_visit(visit.id, visit.last_at + timedelta(minutes=70), LeftHow.SCAN, None)


def hang_faces(app: Flask, members: dict[str, str]) -> None:
    """Most members have a drawn face."""
    chance = Random(5)
    for number, (card, public_id) in enumerate(members.items()):
        if card == LAPSED_CARD:
            continue
        picture = draw_portrait(chance, woman=number in {0, 1, 3, 5, 6}, dark=number not in {1, 6})
        with app.app_context():
            person = db.session.query(Person.id).filter_by(public_id=public_id).scalar()
            db.session.rollback()
            save_photo(person, picture, by=FRANK)
