"""Who asks for his own page is written to at once, at night too, and once in five minutes."""

import time_machine

from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.journeys.own_pages import on_own_page_asked
from clubcrm.messaging.models import Message
from clubcrm.people.models import ContactKind, ContactPoint
from memberships.events import OwnPageAsked

NIGHT = "2026-11-22T20:30Z"  # half past two in Dhaka


def reached(cast) -> int:
    """Mia has an e-mail address; returns who she is."""
    mia, address = cast.members["Mia"], "mia@mail.example"
    db.session.add(
        ContactPoint(person_id=mia, kind=ContactKind.EMAIL, value=address, as_typed=address)
    )
    return mia


def test_the_link_waits_for_nothing_and_opens_the_page(open_app, cast):
    app = open_app(CLUBCRM_PUBLIC_URL="https://club.example")
    with time_machine.travel(NIGHT, tick=False), app.app_context():
        with unit_of_work():
            mia = reached(cast)
        for _time in range(2):
            with unit_of_work():
                on_own_page_asked(OwnPageAsked(cast.club, now(), mia))
        with unit_of_work(write=False) as session:
            (message,) = session.query(Message).all()
            assert (message.code, message.next_at) == ("X9", now())
            link = message.body.split("https://club.example")[1].split()[0]
        page = app.test_client().get(link, base_url="https://club.example")

    assert link.startswith("/me/")
    assert page.status_code == 200


def test_without_a_public_address_nothing_is_promised_in_a_letter(open_app, cast):
    app = open_app(CLUBCRM_PUBLIC_URL="")
    with time_machine.travel(NIGHT, tick=False), app.app_context():
        with unit_of_work():
            mia = reached(cast)
        with unit_of_work():
            on_own_page_asked(OwnPageAsked(cast.club, now(), mia))
        with unit_of_work(write=False) as session:
            assert [one.body for one in session.query(Message)] == []
