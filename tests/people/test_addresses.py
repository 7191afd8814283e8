"""Mia tells where letters to her go; papers, imports, doubles and an erasure know of it."""

import pytest
from sqlalchemy import func, select

from clubcrm.core.clubs import Scope
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.about_tables import OwnField, OwnValue, PersonTag, Tag
from clubcrm.people.address_tables import PostalAddress
from clubcrm.people.addresses import keep_address
from clubcrm.people.api import make_link
from clubcrm.people.doubles import find_doubles
from clubcrm.people.erasing import erase_person
from clubcrm.people.importer import ImportOrder, run_import, try_import
from clubcrm.people.merge_tables import DoublePair
from clubcrm.people.merging import merge
from clubcrm.people.models import Person
from clubcrm.people.own_fields import FieldOrder, add_field
from clubcrm.people.privacy_tables import PersonChange
from clubcrm.people.queries.addresses import address_of, letter_lines
from clubcrm.people.queries.privacy import copy_of
from clubcrm.people.queries.search import search_ids
from clubcrm.people.rules.own_fields import OwnKind
from clubcrm.people.rules.postal import Address
from clubcrm.people.unmerging import undo_merge
from memberships.documents.people import member_fields
from tests.cast import make_member

BANANI = Address("BD", "House 12, Road 11", city="Dhaka", postal_code="1213")
MAX = "user:2"


def text_of(answer) -> str:
    """Return the words of a page."""
    return answer.get_data(as_text=True)


def test_frank_writes_the_address_as_the_country_asks(app, cast, client_of):
    frank, page = client_of("Frank"), f"/members/{cast.public['Mia']}/address"

    german = text_of(frank.get(f"{page}?country=DE"))
    wrong = frank.post(page, data={"country": "BD", "street": "House 12", "postal_code": "12"})
    kept = frank.post(
        page,
        data={
            "country": "BD",
            "street": "House 12, Road 11",
            "city": "Dhaka",
            "postal_code": "1213",
        },
    )

    assert german.index('name="postal_code"') < german.index('name="city"')
    assert wrong.status_code == 400
    assert "House 12" in text_of(wrong)
    assert "The postal code does not fit this country or region." in text_of(wrong)
    assert kept.status_code == 303
    assert "Dhaka - 1213" in text_of(frank.get(kept.location))
    card = text_of(frank.get(f"/members/{cast.public['Mia']}"))
    assert "House 12, Road 11, Dhaka - 1213" in card
    with app.app_context(), unit_of_work(write=False):
        mia = db.session.get_one(Person, cast.members["Mia"])
        assert member_fields(mia)["member_address"] == "House 12, Road 11, Dhaka - 1213"
        change = db.session.scalars(
            select(PersonChange).where(PersonChange.person_id == mia.id)
        ).one()
        assert (change.field, change.old) == ("address", "")
        assert copy_of(mia)["records"]["postal_address"][0]["city"] == "Dhaka"
    frank.post(f"{page}/remove")
    assert "House 12" not in text_of(frank.get(f"/members/{cast.public['Mia']}/contacts"))
    with app.app_context(), unit_of_work(write=False):
        assert letter_lines(cast.members["Mia"], "BD") == []


def test_programs_read_and_write_addresses(cast, client_of):
    frank, door = client_of("Frank"), f"/api/v1/members/{cast.public['Mia']}/address"
    told = {"street": "House 12", "city": "Dhaka", "postal_code": "1213"}

    kept = frank.put(door, json=told)
    wrong = frank.put(door, json={**told, "postal_code": "x"})

    assert kept.get_json()["lines"] == ["House 12", "Dhaka - 1213"]
    assert wrong.status_code == 400
    assert frank.get(door).get_json()["country"] == "BD"
    parts = frank.get("/api/v1/address-forms/us").get_json()
    assert [one["name"] for one in parts] == ["street", "city", "region", "postal_code"]
    assert "TX" in parts[2]["choices"]
    assert frank.get("/api/v1/address-forms/qq").status_code == 400


def test_namesakes_of_one_house_are_likely_doubles_and_come_apart_again(app, cast):
    with app.app_context(), unit_of_work():
        one = make_member("Nadia", "Akhter", club=cast.club)
        other = make_member("Nadiya", "Akhter", club=cast.club)
        for person, street in ((one, "House 7, Road 3"), (other, "house 7 road 3")):
            keep_address(person, Address("BD", street, city="Dhaka", postal_code="1213"), by=MAX)
        find_doubles(cast.club)
        pair = db.session.scalars(select(DoublePair).where(DoublePair.one_id == one.id)).one()
        assert (pair.score, pair.reasons) == (65, ["name", "address"])

        made = merge(one, other, {}, by=MAX)
        assert address_of(one.id).street == "house 7 road 3"
        undo_merge(made, by=MAX)
        assert address_of(one.id).street == "House 7, Road 3"


def test_erased_lives_nowhere_and_the_line_before_is_gone_too(app, cast):
    with app.app_context():
        with unit_of_work():
            her = make_member("Xanthippe", "Quill", club=cast.club)
            keep_address(her, BANANI, by=MAX)
            keep_address(her, Address("BD", "Road 99", city="Comilla"), by=MAX)
            number = her.id
        erase_person(number, "wish", by=MAX)
        with unit_of_work(write=False):
            rows = db.session.scalars(
                select(PostalAddress).where(PostalAddress.person_id == number)
            ).all()
            assert [(row.street, row.city, row.place_key) for row in rows] == [("", "", "")] * 2


@pytest.mark.fault
def test_table_brings_addresses_tags_and_the_clubs_own_fields(app, cast, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(
        "No,Name,Address,City,Postcode,Country,Tags,Shirt size,Began,Instagram\n"
        "1,Rafi Khan,House 1,Dhaka,1213,Bangladesh,VIP; vip; Early,m,25.12.2024,"
        "instagram.com/rafi.runs\n"
        "2,Sumi Das,House 2,Dhaka,12,,,L,,\n"
        "3,Tariq Aziz,,,,,,XXXL,,\n"
        "4,Uma Roy,Kastanienallee 7,Berlin,10435,Germany,Early,,,\n"
    )
    with app.app_context():
        with unit_of_work():
            add_field(FieldOrder("Shirt size", OwnKind.CHOICE, ("M", "L")), by=MAX)
            add_field(FieldOrder("Began", OwnKind.DAY), by=MAX)
            add_field(FieldOrder("Instagram", OwnKind.LINK), by=MAX)
        order = ImportOrder(path, path.name, cast.club, by=MAX)

        tried, done, again = try_import(order), run_import(order), run_import(order)

        expected = {"new": 2, "bad_address": 1, "bad_own": 1}
        assert dict(tried.counts) == dict(done.counts) == expected
        assert again.counts["new"] == 0
        with unit_of_work(write=False):
            scope = Scope((cast.club,))
            (rafi,) = search_ids(scope, "rafi.runs", 5)
            assert address_of(rafi) == Address("BD", "House 1", city="Dhaka", postal_code="1213")
            tags = select(Tag.name).join(PersonTag, PersonTag.tag_id == Tag.id)
            assert set(db.session.scalars(tags.where(PersonTag.person_id == rafi))) == {
                "VIP",
                "Early",
            }
            values = (
                select(OwnField.label, OwnValue.value)
                .join(OwnValue, OwnValue.field_id == OwnField.id)
                .where(OwnValue.person_id == rafi)
            )
            assert {row[0]: row[1] for row in db.session.execute(values)} == {
                "Shirt size": "M",
                "Began": "2024-12-25",
                "Instagram": "https://instagram.com/rafi.runs",
            }
            (uma,) = search_ids(scope, "Uma Roy", 5)
            assert letter_lines(uma, "BD")[-1] == "GERMANY"
            assert db.session.scalar(select(func.count()).select_from(PostalAddress)) == 2
        reasons = {fault.number: fault.reason for fault in done.faults}
        assert reasons == {
            3: "The postal code does not fit this country or region.",
            4: "Choose one of the list.",
        }


def test_who_is_registered_at_the_desk_may_tell_the_address_at_once(app, cast, client_of):
    frank, told = client_of("Frank"), {"given_name": "Ravi", "street": "House 9", "city": "Dhaka"}

    wrong = frank.post("/members/new", data={**told, "postal_code": "12"})
    kept = frank.post("/members/new", data={**told, "postal_code": "1213"})
    frank.post("/members/new", data={"given_name": "Lena"})

    assert wrong.status_code == 400
    assert "The postal code does not fit this country or region." in text_of(wrong)
    assert '<details class="person-more" open>' in text_of(wrong)
    assert ">House 9</textarea>" in text_of(wrong)
    assert kept.status_code == 303
    with app.app_context(), unit_of_work(write=False):
        rows = db.session.scalars(select(PostalAddress)).all()
        assert [(row.street, row.city, row.postal_code, row.country) for row in rows] == [
            ("House 9", "Dhaka", "1213", "BD")
        ]
        ravi = db.session.get_one(Person, rows[0].person_id)
        assert (ravi.given_name, rows[0].by) == ("Ravi", f"user:{cast.users['Frank']}")


def test_a_member_reads_and_corrects_where_letters_go_on_the_own_page(app, cast):
    client, mia = app.test_client(), cast.members["Mia"]
    with app.app_context(), unit_of_work():
        token = make_link(mia, "portal", expires_at=None, by=MAX)
    door = f"/my/{token}/address"
    told = {"country": "DE", "street": "Torstr. 1", "city": "Berlin", "postal_code": "10119"}

    assert door in text_of(client.get(f"/my/{token}"))
    assert "We do not know yet" in text_of(client.get(door))
    wrong = client.post(door, data={**told, "postal_code": "1"})
    kept = client.post(door, data=told)
    shown = text_of(client.get(kept.location))

    assert (wrong.status_code, kept.status_code) == (400, 303)
    assert "The postal code does not fit this country or region." in text_of(wrong)
    assert "Torstr. 1<br>10119 BERLIN<br>GERMANY" in shown
    with app.app_context(), unit_of_work(write=False):
        assert address_of(mia) == Address("DE", "Torstr. 1", city="Berlin", postal_code="10119")
        change = db.session.scalars(select(PersonChange).where(PersonChange.person_id == mia)).one()
        assert (change.field, change.by) == ("address", f"member:{mia}")
    client.post(door, data={"country": "DE"})
    with app.app_context(), unit_of_work(write=False):
        assert not address_of(mia)
