"""Frank registers, finds and changes people at the desk; the pages keep what he typed."""

import io
import re

import pytest
from sqlalchemy import select

from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Consent, Person
from tests.people.sheets import as_csv

NADIA = {"given_name": "Nadia", "family_name": "Sultana", "phone": "০১৭১১-২২২৩৩৩"}


def text_of(answer) -> str:
    """Return the words of a page."""
    return answer.get_data(as_text=True)


def person_named(app, given: str) -> Person:
    """Return the person of that given name."""
    with app.app_context(), unit_of_work(write=False):
        person = db.session.scalars(select(Person).where(Person.given_name == given)).one()
        db.session.expunge(person)
        return person


def test_frank_registers_a_person_with_one_form(app, client_of):
    frank = client_of("Frank")

    answer = frank.post("/members/new", data={**NADIA, "news_email": "1"})

    nadia = person_named(app, "Nadia")
    assert (answer.status_code, answer.location) == (303, f"/members/{nadia.public_id}")
    with app.app_context(), unit_of_work(write=False):
        line = db.session.scalars(select(Consent).where(Consent.person_id == nadia.id)).one()
        assert (line.channel, line.purpose, line.given) == ("email", "marketing", True)
        assert line.by.startswith("user:")


def test_likely_double_is_shown_before_it_is_made(app, client_of):
    frank = client_of("Frank")
    frank.post("/members/new", data=NADIA)
    again = {"given_name": "Sultana", "family_name": "Nadia", "phone": "+880 1711 222333"}

    doubt = frank.post("/members/new", data=again)
    sure = frank.post("/members/new", data={**again, "sure": "1"})

    page = text_of(doubt)
    assert doubt.status_code == 409
    assert person_named(app, "Nadia").public_id in page
    assert "same phone" in page
    assert "similar name" in page
    assert 'value="+880 1711 222333"' in page
    assert sure.status_code == 303


def test_doubles_appear_while_typing_and_nothing_is_written(app, client_of):
    frank = client_of("Frank")
    frank.post("/members/new", data=NADIA)
    nadia = person_named(app, "Nadia").public_id

    by_phone = frank.post("/members/new/alike", data={"given_name": "", "phone": "01711222333"})
    by_name = frank.post(
        "/members/new/alike", data={"given_name": "nadia", "family_name": "sultan"}
    )
    half = frank.post("/members/new/alike", data={"given_name": "Na", "phone": "0171"})

    assert nadia in text_of(by_phone)
    assert nadia in text_of(by_name)
    assert text_of(half).strip() == ""


def test_edit_form_shows_and_keeps(app, client_of):
    frank = client_of("Frank")
    frank.post("/members/new", data=NADIA)
    place = f"/members/{person_named(app, 'Nadia').public_id}/edit"

    shown = text_of(frank.get(place))
    wrong = frank.post(place, data={**NADIA, "version": "1", "email": "nadia@", "phone": "x"})
    right = frank.post(
        place,
        data={**NADIA, "version": "1", "birth_date": "১৯৯৪-০৫-৩১", "do_not_contact": "1"},
    )

    assert 'value="+8801711222333"' in shown
    assert wrong.status_code == 400
    assert 'value="nadia@"' in text_of(wrong)
    assert text_of(wrong).count('class="error"') == 2
    assert right.status_code == 303
    nadia = person_named(app, "Nadia")
    assert (str(nadia.birth_date), nadia.do_not_contact) == ("1994-05-31", True)


@pytest.mark.fault
def test_f10_slower_of_two_sees_both_versions_and_can_save_again(app, client_of):
    frank, max_ = client_of("Frank"), client_of("Max")
    frank.post("/members/new", data=NADIA)
    place = f"/members/{person_named(app, 'Nadia').public_id}/edit"
    max_.post(place, data={**NADIA, "version": "1", "family_name": "Khatun"})

    late = frank.post(place, data={**NADIA, "version": "1", "desk_note": "knee"})

    page = text_of(late)
    assert late.status_code == 409
    assert "<dd>Khatun</dd>" in page
    assert 'value="Sultana"' in page
    assert ">knee</textarea>" in page
    assert 'name="version" value="2"' in page
    assert person_named(app, "Nadia").family_name == "Khatun"

    again = frank.post(place, data={**NADIA, "version": "2", "desk_note": "knee"})

    assert again.status_code == 303
    nadia = person_named(app, "Nadia")
    assert (nadia.family_name, nadia.desk_note, nadia.version) == ("Sultana", "knee", 3)


@pytest.mark.fault
def test_f70_person_of_nowhere_is_answered_404(cast, client_of):
    frank = client_of("Frank")

    for place in ("edit", "consents", "notes", "contacts", "photo"):
        for who in ("nobody2345678", cast.public["Zia"]):
            assert frank.post(f"/members/{who}/{place}", data=NADIA).status_code == 404


def test_list_pages_by_name_without_gap_or_repeat(app, cast, client_of):
    with app.app_context(), unit_of_work():
        db.session.add_all(
            [
                Person(club_id=cast.club, given_name=f"P{n:03d}", sort_name=f"p{n:03d}")
                for n in range(120)
            ]
        )
    frank, place, seen = client_of("Frank"), "/members", []

    while place:
        page = text_of(frank.get(place))
        seen += re.findall(r'<span class="person-name">(P\d{3})', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        place = following.group(1).replace("&amp;", "&") if following else ""

    assert seen == [f"P{n:03d}" for n in range(120)]


def test_filters_stand_in_the_address(client_of):
    frank = client_of("Frank")
    frank.post("/members/new", data=NADIA)

    without_mail = text_of(frank.get("/members?show=no-email"))
    without_phone = text_of(frank.get("/members?show=no-phone"))

    assert "Nadia Sultana" in without_mail
    assert "Nadia Sultana" not in without_phone
    assert 'aria-current="true">Without a phone' in without_phone


def test_consent_note_and_contact_are_added_on_their_pages(app, client_of):
    frank = client_of("Frank")
    frank.post("/members/new", data=NADIA)
    nadia = f"/members/{person_named(app, 'Nadia').public_id}"

    frank.post(f"{nadia}/consents", data={"channel": "sms", "purpose": "marketing", "given": "yes"})
    frank.post(f"{nadia}/notes", data={"text": "Bad knee"})
    frank.post(f"{nadia}/contacts", data={"value": "Nadia@Example.com"})
    refused = frank.post(f"{nadia}/contacts", data={"value": "12"})

    assert "Bad knee" in text_of(frank.get(f"{nadia}/notes"))
    assert "nadia@example.com" in text_of(frank.get(f"{nadia}/contacts"))
    assert refused.status_code == 400
    assert 'value="12"' in text_of(refused)
    assert text_of(frank.get(f"{nadia}/consents")).count("is-go") >= 2


def test_accountant_sees_people_and_changes_nothing(app, cast, client_of):
    anna, mia = client_of("Anna"), cast.public["Mia"]

    assert anna.get("/members").status_code == 200
    assert anna.get(f"/members/{mia}/consents").status_code == 200
    for place in (f"/members/{mia}/edit", "/members/new", "/members/import"):
        assert anna.get(place).status_code == 403
    assert anna.post("/members/new", data=NADIA).status_code == 403


def test_table_is_looked_at_then_brought_in(app, client_of):
    max_ = client_of("Max")
    table = (io.BytesIO(as_csv().encode()), "members.csv")

    sent = max_.post("/members/import", data={"table": table})
    preview = text_of(max_.get(sent.location))
    written = max_.post(sent.location.partition("?")[0], data={"name": "members.csv"})
    report = text_of(max_.get(written.location))

    assert sent.status_code == 303
    assert "Bring in 6 people" in preview
    assert "There is no such day in the calendar." in preview
    assert written.status_code == 303
    assert "members.csv" in report
    assert person_named(app, "Иван").external_ref == "104"
    assert max_.get(sent.location).status_code == 404


def test_file_that_is_no_table_is_refused_on_the_page(client_of):
    max_ = client_of("Max")

    for content in (b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04nothing"):
        table = (io.BytesIO(content), "x.csv")
        assert max_.post("/members/import", data={"table": table}).status_code == 400
    for token in ("..", "%2e%2e%2fsecret_key", "abc"):
        assert max_.get(f"/members/import/{token}").status_code == 404


def test_ambiguous_dates_are_asked_on_the_page(client_of):
    max_ = client_of("Max")
    table = (io.BytesIO(b"name,dob\nMia Sen,03/04/2001\n"), "m.csv")

    sent = max_.post("/members/import", data={"table": table})
    asked = text_of(max_.get(sent.location))
    told = text_of(max_.get(f"{sent.location}&day_order=day-first"))

    assert "Say day-first or month-first." in asked
    assert "Bring in 1 person" in told
