"""People are registered, found again instead of doubled, changed without overwriting each other."""

import datetime

import pytest
import time_machine
from sqlalchemy import func, select

from clubcrm.core.audit import AuditLine
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from clubcrm.people import api, services
from clubcrm.people.models import ContactKind, ContactPoint, Person, ReachState
from clubcrm.people.queries.persons import contact_points, notes_of, person_in
from clubcrm.people.queries.search import search_ids
from tests.cast import Cast


def draft(**changed: object) -> api.PersonDraft:
    """Return Nadia's draft, with changes."""
    filled: dict[str, object] = {
        "given_name": "Nadia",
        "family_name": "Sultana",
        "phone": "০১৭১১-২২২৩৩৩",
        "email": "Nadia@Example.com",
        "birth_date": datetime.date(1994, 5, 1),
        "language": "bn",
    }
    return api.PersonDraft(**{**filled, **changed})  # type: ignore[arg-type]


def register(cast: Cast, **changed: object) -> Person:
    """Nadia is a person of Dhanmondi."""
    return api.register(draft(**changed), cast.club, by="user:4")


def test_registered_person_is_stored_in_normal_form(unit, cast):
    person = register(cast)

    ways = {point.kind: point for point in contact_points(person.id)}
    assert person.full_name == "Nadia Sultana"
    assert ways[ContactKind.PHONE].value == "+8801711222333"
    assert ways[ContactKind.PHONE].as_typed == "০১৭১১-২২২৩৩৩"
    assert ways[ContactKind.EMAIL].value == "nadia@example.com"
    assert (person.language, person.version) == ("bn", 1)


def test_registering_tells_a_fact_and_writes_an_audit_line(unit, cast):
    person = register(cast)

    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    line = db.session.scalars(select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert event is not None
    assert (event.kind, event.payload["person_id"]) == ("PersonRegistered", person.id)
    assert line is not None
    assert (line.action, line.subject_id, line.actor) == (
        "person.registered",
        str(person.id),
        "user:4",
    )


def test_audit_line_of_a_person_holds_no_personal_words(unit, cast):
    person = register(cast)
    services.change(person, draft(given_name="Nadine", desk_note="knee"), 1, by="user:4")

    for line in db.session.scalars(select(AuditLine).where(AuditLine.subject_kind == "person")):
        told = f"{line.before} {line.after}".lower()
        assert not any(word in told for word in ("nadi", "sultana", "example.com", "1711", "knee"))


def test_every_fault_of_a_draft_is_named_at_once(unit, cast):
    with pytest.raises(DomainError) as refusal:
        register(
            cast,
            given_name=" ",
            family_name="a\x00",
            phone="12",
            email="nadia",
            birth_date=datetime.date(2999, 1, 1),
            language="klingon",
            desk_note="x" * 501,
        )

    assert {one.field for one in refusal.value.fields} == {
        "given_name",
        "family_name",
        "phone",
        "email",
        "birth_date",
        "language",
        "desk_note",
    }
    assert db.session.scalar(select(func.count()).select_from(Person)) == 2


@pytest.mark.parametrize("zone_day", [(1, 400), (2, 201)])
def test_birth_date_is_held_against_the_clubs_own_day(unit, cast, zone_day):
    # 20:00 in London on the 1st is already the 2nd in Dhaka, but still the 1st in Berlin.
    club_number, _status = zone_day
    born = datetime.date(2026, 6, 2)
    with time_machine.travel("2026-06-01T20:00:00+00:00", tick=False):
        if club_number == 1:
            person = api.register(draft(birth_date=born), cast.club, by="test")
            assert person.birth_date == born
        else:
            with pytest.raises(DomainError):
                api.register(draft(birth_date=born, phone=""), cast.other_club, by="test")


@pytest.mark.parametrize(
    "again",
    [
        {"given_name": "NADIA", "email": ""},
        {"given_name": "Sultana", "family_name": "Nadia", "phone": ""},
        {"given_name": "নাদিয়া", "family_name": "সুলতানা", "email": "", "birth_date": None},
        {"phone": "", "email": ""},
    ],
)
def test_same_person_is_found_instead_of_doubled(unit, cast, again):
    first = register(cast)

    found, is_new = api.find_or_register(draft(**again), cast.club, by="test")

    assert (found.id, is_new) == (first.id, False)


@pytest.mark.parametrize(
    "other",
    [
        {"given_name": "Rafi", "email": "", "birth_date": None},
        {"phone": "", "email": "", "birth_date": None},
        {"birth_date": datetime.date(1960, 1, 1), "email": ""},
    ],
)
def test_relative_or_namesake_is_another_person(unit, cast, other):
    first = register(cast)

    found, is_new = api.find_or_register(draft(**other), cast.club, by="test")

    assert is_new
    assert found.id != first.id


def test_change_moves_the_version_and_the_search_words(unit, cast):
    person = register(cast)

    services.change(
        person,
        draft(given_name="Nadine", phone="01811-999888", email=""),
        version=1,
        by="user:4",
    )

    here = Scope((cast.club,))
    assert person.version == 2
    assert search_ids(here, "nadine") == search_ids(here, "9888") == [person.id]
    assert search_ids(here, "nadia") == search_ids(here, "2333") == []
    assert search_ids(here, "nadia@example.com") == []


@pytest.mark.fault
def test_f10_second_of_two_changes_gets_both_versions(unit, cast):
    person = register(cast)
    services.change(person, draft(given_name="Nadine"), version=1, by="user:2")

    with pytest.raises(DomainError) as refusal:
        services.change(person, draft(family_name="Khatun"), version=1, by="user:4")

    assert (refusal.value.status, refusal.value.code) == (409, "STALE")
    assert refusal.value.extra["stored"]["given_name"] == "Nadine"
    assert refusal.value.extra["stored"]["version"] == 2
    assert refusal.value.extra["sent"]["family_name"] == "Khatun"
    assert (person.given_name, person.family_name) == ("Nadine", "Sultana")


def test_number_added_later_is_tried_first_and_its_heir_follows(unit, cast):
    person = register(cast)
    services.add_contact(person, ContactKind.PHONE, "01911-000111", by="user:4")

    phones = [p for p in contact_points(person.id) if p.kind is ContactKind.PHONE]
    assert [(p.value, p.is_primary) for p in phones] == [
        ("+8801911000111", True),
        ("+8801711222333", False),
    ]

    services.remove_contact(person, phones[0].id, by="user:4")

    phones = [p for p in contact_points(person.id) if p.kind is ContactKind.PHONE]
    assert [(p.value, p.is_primary) for p in phones] == [("+8801711222333", True)]


def test_way_of_another_person_cannot_be_removed(unit, cast):
    person = register(cast)
    mias = contact_points(cast.members["Mia"])[0]

    with pytest.raises(DomainError) as refusal:
        services.remove_contact(person, mias.id, by="user:4")

    assert refusal.value.status == 404
    assert db.session.get(ContactPoint, mias.id) is not None


def test_bounced_address_is_flagged_wherever_it_is_used(unit, cast):
    one, other = register(cast), register(cast, given_name="Rafi", phone="")

    assert api.flag_address(ContactKind.EMAIL, "nadia@example.com", "550 no such user") == 2

    for person in (one, other):
        mail = next(p for p in contact_points(person.id) if p.kind is ContactKind.EMAIL)
        db.session.refresh(mail)
        assert (mail.state, mail.state_why) == (ReachState.BOUNCED, "550 no such user")


def test_note_keeps_author_and_lines(unit, cast):
    person = register(cast)

    api.add_note(person, "Bad knee.\nNo leg press.", author_id=cast.users["Frank"], by="user:4")

    (note,) = notes_of(person.id)
    assert (note.text, note.author) == ("Bad knee.\nNo leg press.", "Frank")


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001, "a\x07b"])
def test_note_without_words_is_refused(unit, cast, text):
    with pytest.raises(DomainError) as refusal:
        api.add_note(register(cast), text, author_id=None, by="user:4")

    assert [one.field for one in refusal.value.fields] == ["text"]


def test_person_of_another_club_is_not_there(unit, cast):
    with pytest.raises(DomainError) as refusal:
        person_in(Scope((cast.club,)), cast.public["Zia"])

    assert refusal.value.status == 404


def test_wish_not_to_be_contacted_is_kept_and_audited_once(unit, cast):
    person = register(cast)

    api.set_do_not_contact(person, True, by="user:4")
    api.set_do_not_contact(person, True, by="user:4")

    lines = db.session.scalars(
        select(AuditLine).where(AuditLine.action == "person.do_not_contact")
    ).all()
    assert person.do_not_contact
    assert [line.after for line in lines] == [{"do_not_contact": True}]
