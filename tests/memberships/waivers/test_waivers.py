"""Waivers from the settings to the gate: asked, signed at the desk or on a phone, gone stale."""

import re
from datetime import date, timedelta

import pytest
import time_machine

from clubcrm.core.audit import AuditLine
from clubcrm.core.clock import now
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.jobs import JobContext
from clubcrm.people.models import Person
from memberships.blocks.queries import blocks_of
from memberships.blocks.rules import BlockOwner
from memberships.blocks.services import BlockRequest, place_block
from memberships.contracts.paperwork import waivers_due
from memberships.contracts.queries import rights_at
from memberships.documents.queries import signatures_of
from memberships.jobs import settle_papers
from memberships.waivers.models import Waiver
from memberships.waivers.rules import Mode, WaiverRules
from memberships.waivers.services import save_waiver_rules
from tests.memberships.conftest import YEAR, make_contract

TODAY = date(2026, 11, 22)
OLGA = "user:1"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel("2026-11-22T06:00Z", tick=False):
        yield


def ask(app, cast, mode: Mode = Mode.BLOCK, months: int = 12) -> None:
    with app.app_context(), unit_of_work():
        save_waiver_rules(cast.club, WaiverRules(mode, months), by=OLGA)


def sold(app, cast) -> None:
    with app.app_context(), unit_of_work():
        make_contract(cast, YEAR, starts_on=TODAY)


def night(app, cast, day: date = TODAY) -> int:
    with app.app_context():
        context = JobContext("settle-papers", "slot", now(), cast.club, day)
        outcome = settle_papers(context)
    assert outcome.errors == []
    return outcome.done


def standing(app, cast) -> list[str]:
    """Return the reasons of the waiver blocks that stand on Mia."""
    with app.app_context(), unit_of_work(write=False):
        return [
            one.reason
            for one in blocks_of(cast.members["Mia"])
            if one.owner is BlockOwner.WAIVER and one.lifted_at is None
        ]


def gate_says(app, cast) -> list[str]:
    """Return the owners of the blocks that the turnstile sees for Mia."""
    with app.app_context(), unit_of_work(write=False):
        return [one.owner.value for one in rights_at(cast.members["Mia"], TODAY).blocks]


def signed(page: str, **more: str) -> dict[str, str]:
    seen = {
        name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("language", "seen")
    }
    return {**seen, "signed_name": "Mia Rahman", "agreed": "1", **more}


def test_a_new_contract_without_waiver_is_stopped_at_once_where_the_club_asks(app, cast):
    ask(app, cast)
    sold(app, cast)

    assert standing(app, cast) == ["The waiver was never signed"]
    assert gate_says(app, cast) == ["waiver"]


def test_a_club_that_does_not_ask_stops_nobody(app, cast):
    sold(app, cast)

    assert night(app, cast) == 0
    assert standing(app, cast) == []


def test_the_night_marks_members_once_and_lets_go_when_the_club_stops_asking(app, cast):
    sold(app, cast)
    ask(app, cast)
    assert (night(app, cast), night(app, cast)) == (1, 0)
    assert len(standing(app, cast)) == 1

    ask(app, cast, Mode.OFF)

    assert (night(app, cast), night(app, cast)) == (1, 0)
    assert standing(app, cast) == []


def test_a_block_that_staff_placed_waits_for_the_signature(app, cast, client_of):
    sold(app, cast)
    with app.app_context(), unit_of_work():
        request = BlockRequest(cast.members["Mia"], BlockOwner.WAIVER, "Ask her")
        place_block(request, by="user:4")
    night(app, cast)
    assert len(standing(app, cast)) == 1

    frank, address = client_of("Frank"), f"/members/{cast.public['Mia']}/waiver"
    frank.post(address, data=signed(frank.get(address).text))

    assert standing(app, cast) == []


def test_a_signature_at_the_desk_opens_the_gate_and_holds_a_year(app, cast, client_of):
    ask(app, cast)
    sold(app, cast)
    frank, address = client_of("Frank"), f"/members/{cast.public['Mia']}/waiver"

    answer = frank.post(address, data=signed(frank.get(address).text))

    assert (answer.status_code, answer.location) == (303, address)
    assert gate_says(app, cast) == []
    with app.app_context(), unit_of_work(write=False) as session:
        (waiver,) = session.query(Waiver).all()
        assert (waiver.signed_on, waiver.valid_until) == (TODAY, date(2027, 11, 21))
    page = frank.get(address).text
    document = re.search(r'href="(/documents/\w+/document.pdf)"', page)[1]
    assert frank.get(document).mimetype == "application/pdf"
    assert client_of("Zoe").get(document).status_code == 404


def test_a_waiver_that_is_over_stops_the_member_again(app, cast, client_of):
    ask(app, cast, months=1)
    sold(app, cast)
    frank, address = client_of("Frank"), f"/members/{cast.public['Mia']}/waiver"
    frank.post(address, data=signed(frank.get(address).text))

    with time_machine.travel("2026-12-21T06:00Z", tick=False):
        assert night(app, cast, date(2026, 12, 21)) == 0
    with time_machine.travel("2026-12-22T06:00Z", tick=False):
        assert night(app, cast, date(2026, 12, 22)) == 1

    assert standing(app, cast) == ["The waiver ended on 21 Dec 2026"]


def test_a_member_signs_on_the_own_phone_at_the_door(app, cast, client_of):
    ask(app, cast)
    sold(app, cast)
    made = client_of("Frank").post(f"/members/{cast.public['Mia']}/waiver/link").text
    path = re.search(r'value="http://localhost(/sign/waiver/[^"]+)"', made)[1]
    phone = app.test_client()
    page = phone.get(path, headers={"User-Agent": "Mozilla (Linux; Android 14)"}).text

    first = phone.post(path, data=signed(page), headers={"User-Agent": "X (Linux; Android 14)"})
    second = phone.post(path, data=signed(page))

    assert (first.status_code, second.status_code) == (303, 303)
    assert "the gate knows it already" in phone.get(path).text
    assert phone.get(f"{path}/waiver.pdf").mimetype == "application/pdf"
    assert gate_says(app, cast) == []
    with app.app_context(), unit_of_work(write=False) as session:
        (waiver,) = session.query(Waiver).all()
        (signature,) = signatures_of(waiver.document_id)
        assert signature.origin == "Android, 127.0.0.0/24"
        assert signature.by == f"member:{cast.members['Mia']}"


def test_a_guardian_signs_for_a_minor_and_not_the_child(app, cast, client_of):
    with app.app_context(), unit_of_work():
        rahima = Person(club_id=cast.club, given_name="Rahima", family_name="Khatun")
        db.session.add(rahima)
        db.session.flush()
        mia = db.session.get_one(Person, cast.members["Mia"])
        mia.birth_date, mia.guardian_id = date(2012, 5, 1), rahima.id
        guardian_id = rahima.id
    frank, address = client_of("Frank"), f"/members/{cast.public['Mia']}/waiver"
    page = frank.get(address).text
    assert "Mia Rahman is 14 years old. Rahima Khatun signs, or another parent" in page

    alone = frank.post(address, data=signed(page))
    with_mother = frank.post(address, data=signed(page, signed_name="Rahima Khatun"))

    assert alone.status_code == 400
    assert "A parent or guardian signs with the own name." in alone.text
    assert with_mother.status_code == 303
    with app.app_context(), unit_of_work(write=False) as session:
        (waiver,) = session.query(Waiver).all()
        assert waiver.guardian_id == guardian_id
        assert signatures_of(waiver.document_id)[0].as_guardian is True


def test_the_settings_choose_what_the_gate_does(app, cast, client_of):
    max_ = client_of("Max")
    typed = {"months": "6", "adult_age": "16", "medical_mode": "block", "everyone": "1"}

    for mode, severity in (("warn", "warn"), ("block", "deny")):
        answer = max_.post("/settings/waivers", data={**typed, "mode": mode})
        assert answer.status_code == 303
        with app.app_context(), unit_of_work(write=False):
            ask_gate, _tell = app.extensions["club_gate_strictness"]
            assert ask_gate(cast.club, "WAIVER_MISSING") == severity
            assert ask_gate(cast.club, "MEDICAL_EXPIRED") == "deny"

    wrong = max_.post("/settings/waivers", data={**typed, "months": "soon", "mode": "block"})
    assert wrong.status_code == 400
    assert "A whole number from 0 to 120." in wrong.text
    assert 'value="soon"' in wrong.text


def test_the_list_names_who_lacks_a_waiver_or_will_soon(app, cast, client_of):
    ask(app, cast)
    sold(app, cast)
    frank = client_of("Frank")
    assert "Mia Rahman" in frank.get("/members/papers-due").text
    with app.app_context(), unit_of_work(write=False):
        assert [one.name for one in waivers_due(cast.club, TODAY, TODAY)] == ["Mia Rahman"]

    address = f"/members/{cast.public['Mia']}/waiver"
    frank.post(address, data=signed(frank.get(address).text))

    assert "Mia Rahman" not in frank.get("/members/papers-due").text
    with app.app_context(), unit_of_work(write=False):
        assert waivers_due(cast.club, TODAY, TODAY + timedelta(days=400)) != []


def test_programs_read_and_sign_waivers(app, cast, client_of):
    sold(app, cast)
    frank, address = client_of("Frank"), f"/api/v1/members/{cast.public['Mia']}/waivers"
    text = frank.get(address).get_json()["text"]

    stale = frank.post(address, json={"language": "en", "seen": "0" * 64, "name": "Mia Rahman"})
    good = frank.post(address, json={"language": "en", "seen": text["seen"], "name": "Mia Rahman"})

    assert (stale.status_code, stale.get_json()["code"]) == (409, "TEXT_CHANGED")
    assert good.status_code == 201
    assert good.get_json()["items"][0]["valid_until"] == "2027-11-21"


def papers_page(client, cast) -> str:
    return client.get(f"/members/{cast.public['Mia']}/papers").text


def test_a_waiver_signed_by_the_wrong_person_is_void_and_signed_again(client_of, app, cast):
    ask(app, cast)
    sold(app, cast)
    sara = client_of("Sara")
    address = f"/members/{cast.public['Mia']}/waiver"
    sara.post(address, data=signed(sara.get(address).text))
    assert standing(app, cast) == []
    document = re.search(r"/documents/(\w+)/document.pdf", papers_page(sara, cast))[1]
    void = f"/members/{cast.public['Mia']}/waivers/{document}/void"

    nameless = sara.post(void, data={"reason": " "})
    done = sara.post(void, data={"reason": "Her sister signed"})
    again = sara.post(void, data={"reason": "Her sister signed"})

    assert (nameless.status_code, done.status_code, again.status_code) == (400, 303, 409)
    assert standing(app, cast) == ["The waiver was never signed"]
    assert gate_says(app, cast) == ["waiver"]
    assert "void: Her sister signed" in papers_page(sara, cast)
    assert sara.get(f"/documents/{document}/document.pdf").status_code == 200

    sara.post(address, data=signed(sara.get(address).text))

    assert standing(app, cast) == []
    assert gate_says(app, cast) == []
    with app.app_context(), unit_of_work(write=False):
        line = db.session.query(AuditLine).filter_by(action="waiver.voided").one()
        assert (line.actor, line.after) == ("user:3", {"reason": "Her sister signed"})


def test_a_link_signs_anew_after_the_waiver_was_declared_void(client_of, app, cast):
    ask(app, cast)
    sold(app, cast)
    sara = client_of("Sara")
    link = re.search(
        r"/sign/waiver/[\w.-]+",
        sara.post(f"/members/{cast.public['Mia']}/waiver/link").text,
    )[0]
    phone = app.test_client()
    phone.post(link, data=signed(phone.get(link).text))
    phone.post(link, data=signed(sara.get(f"/members/{cast.public['Mia']}/waiver").text))
    document = re.search(r"/documents/(\w+)/document.pdf", papers_page(sara, cast))[1]

    sara.post(
        f"/members/{cast.public['Mia']}/waivers/{document}/void", data={"reason": "Wrong name"}
    )

    assert "Please read and sign" in phone.get(link).text
    with app.app_context(), unit_of_work(write=False):
        assert db.session.query(Waiver).count() == 1


def test_a_document_of_somebody_else_is_not_voided(client_of, app, cast):
    ask(app, cast)
    sold(app, cast)
    sara = client_of("Sara")

    unknown = sara.post(f"/members/{cast.public['Mia']}/waivers/zzz/void", data={"reason": "x"})

    assert unknown.status_code == 404
