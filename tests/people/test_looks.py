"""Who looked at Mia's card is written down, shown to leaders, and forgotten in time."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from clubcrm.core import clock
from clubcrm.core.clubs import set_club_setting
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.leads.api import Arrival, ArrivalChannel, receive_by_hand
from clubcrm.people.api import erase_person
from clubcrm.people.jobs import keep_privacy
from clubcrm.people.looking import note_look
from clubcrm.people.models import Person
from clubcrm.people.paper_tables import CardLook
from clubcrm.people.queries.privacy import SETTING, copy_of
from clubcrm.tickets.api import Opening, open_ticket
from clubcrm.tickets.rules.cases import TicketOrigin
from tests.cast import Cast

ClientOf = Callable[[str], FlaskClient]


def looks(app: Flask) -> list[tuple[int, str, str]]:
    """Return whose what was looked at by whom."""
    with app.app_context(), unit_of_work(write=False):
        rows = db.session.scalars(select(CardLook).order_by(CardLook.id)).all()
        return [(row.person_id, row.viewer, row.what) for row in rows]


def test_looks_of_half_an_hour_are_one_line(
    app: Flask, cast: Cast, client_of: ClientOf, time_machine
):
    frank, max_, mia = client_of("Frank"), client_of("Max"), cast.public["Mia"]
    began = clock.now()

    for minutes in (0, 5, 29, 31):
        time_machine.move_to(began + timedelta(minutes=minutes))
        frank.get(f"/members/{mia}")
    max_.get(f"/members/{mia}/privacy")
    max_.get(f"/members/{mia}/medical")

    one, frank_ref, max_ref = cast.members["Mia"], f"user:{cast.users['Frank']}", ""
    max_ref = f"user:{cast.users['Max']}"
    assert looks(app) == [
        (one, frank_ref, "card"),
        (one, frank_ref, "card"),
        (one, max_ref, "privacy"),
        (one, max_ref, "medical"),
    ]


def test_whom_nobody_was_shown_leaves_no_line(app: Flask, cast: Cast, client_of: ClientOf):
    frank = client_of("Frank")

    frank.get(f"/members/{cast.public['Zia']}")
    frank.get("/members/nobody")
    frank.get(f"/members/{cast.public['Mia']}/privacy")
    frank.head(f"/members/{cast.public['Mia']}")
    frank.get("/members")

    assert looks(app) == []


def test_leaders_read_who_looked_beside_the_changes(cast: Cast, client_of: ClientOf, program):
    mia = cast.public["Mia"]
    client_of("Frank").get(f"/members/{mia}")
    script = program()
    script.get(f"/api/v1/members/{mia}")

    page = client_of("Max").get(f"/members/{mia}/changes").text

    assert "Who looked" in page
    assert "Frank" in page
    assert "Read by a program" in page
    assert client_of("Frank").get(f"/members/{mia}/changes").status_code == 403
    told = script.get(f"/api/v1/members/{mia}/looks").json["items"]
    assert [one["what"] for one in told] == ["program", "card"]


def test_looks_are_kept_for_the_set_years(
    app: Flask, cast: Cast, client_of: ClientOf, time_machine
):
    client_of("Frank").get(f"/members/{cast.public['Mia']}")

    def night(days: int) -> None:
        time_machine.move_to(clock.now() + timedelta(days=days))
        with app.app_context():
            keep_privacy(
                JobContext("keep-privacy", "x", clock.now(), cast.club, clock.now().date())
            )

    night(364)
    assert len(looks(app)) == 1
    night(3)
    assert looks(app) == []
    client_of("Frank").get(f"/members/{cast.public['Mia']}")
    with app.app_context(), unit_of_work():
        set_club_setting(cast.club, SETTING, {"look_years": 0})
    night(1)
    assert looks(app) == []


def test_copy_tells_that_somebody_looked_by_number_and_not_by_name(app, cast: Cast, client_of):
    client_of("Frank").get(f"/members/{cast.public['Mia']}")

    with app.app_context(), unit_of_work(write=False) as session:
        copy = copy_of(session.get_one(Person, cast.members["Mia"]))

    (told,) = copy["records"]["card_look"]
    assert (told["viewer"], told["what"]) == (f"user:{cast.users['Frank']}", "card")
    assert "Frank" not in str(copy)


def test_erasure_leaves_looks_that_name_nobody(app: Flask, cast: Cast, client_of: ClientOf):
    client_of("Frank").get(f"/members/{cast.public['Mia']}")

    with app.app_context():
        erase_person(cast.members["Mia"], "wish", by="user:2")

    assert len(looks(app)) == 1


def test_pages_of_leads_questions_and_training_leave_looks_of_whose_they_are(
    app: Flask, cast: Cast, client_of: ClientOf
):
    mia = cast.members["Mia"]
    with app.app_context(), unit_of_work():
        ticket = open_ticket(
            Opening("call:1", cast.club, TicketOrigin.CALL, "Where are the towels?", person_id=mia),
            by="system",
        )
        arrival = Arrival(cast.club, ArrivalChannel.FORM, "Mia Rahman", "+8801711000001")
        lead = receive_by_hand(arrival, by="user:3")
        paths = [f"/tickets/{ticket.public_id}", f"/leads/{lead.public_id}"]
    max_ = client_of("Max")

    for path in (*paths, f"/members/{cast.public['Mia']}/training"):
        assert max_.get(path).status_code == 200

    assert [(one, what) for one, _viewer, what in looks(app)] == [
        (mia, "ticket"),
        (mia, "lead"),
        (mia, "training"),
    ]


def test_two_looks_in_one_instant_are_one_line(app: Flask, cast: Cast):
    ready = Barrier(2)

    def look() -> None:
        with app.app_context():
            ready.wait(20)
            note_look(select(Person.id).where(Person.id == cast.members["Mia"]), "user:4", "card")

    for _turn in range(12):
        pair = [Thread(target=look) for _one in range(2)]
        for one in pair:
            one.start()
        for one in pair:
            one.join()
        assert len(looks(app)) == 1
        with app.app_context(), unit_of_work() as session:
            session.execute(delete(CardLook))
