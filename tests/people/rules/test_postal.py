"""Addresses are asked for, checked and written as their country does."""

import pytest

from clubcrm.core.errors import DomainError
from clubcrm.people.rules.likeness import Identity, Reason, duplicate_score
from clubcrm.people.rules.postal import Address, check_address, form_of, lines_of, place_key
from clubcrm.people.rules.profiles import handle_of

DHAKA = Address("BD", "House 12, Road 11", city="Dhaka", postal_code="1212")


@pytest.mark.parametrize(
    ("country", "parts", "needed"),
    [
        ("BD", "street city postal_code", "street city"),
        ("DE", "street postal_code city", "street postal_code city"),
        ("RU", "street city region postal_code", "street city region postal_code"),
        ("US", "street city region postal_code", "street city region postal_code"),
        ("JP", "street region postal_code", "street region postal_code"),
    ],
)
def test_each_country_has_its_own_parts(country, parts, needed):
    form = form_of(country)
    assert sorted(part.name for part in form) == sorted(parts.split())
    assert sorted(part.name for part in form if part.is_needed) == sorted(needed.split())


@pytest.mark.parametrize(
    ("address", "home", "lines"),
    [
        (DHAKA, "BD", ["House 12, Road 11", "Dhaka - 1212"]),
        (DHAKA, "DE", ["House 12, Road 11", "DHAKA - 1212", "BANGLADESH"]),
        (
            Address("DE", "Kastanienallee 7\nHinterhaus", city="Berlin", postal_code="10435"),
            "DE",
            ["Kastanienallee 7", "Hinterhaus", "10435 Berlin"],
        ),
        (
            Address("US", "1 Main St", city="Austin", region="TX", postal_code="73301"),
            "BD",
            ["1 Main St", "AUSTIN, TX 73301", "UNITED STATES"],
        ),
        (Address("BD", "Road 2"), "BD", ["Road 2"]),
        (Address("BD"), "BD", []),
    ],
)
def test_lines_stand_in_the_order_of_the_country(address, home, lines):
    assert lines_of(address, home) == lines


def test_what_is_typed_comes_into_the_normal_form_of_the_country():
    told = Address("us", " 1 Main St ", city="Austin", region="texas", postal_code="73301")
    assert check_address(told) == Address(
        "US", "1 Main St", city="Austin", region="TX", postal_code="73301"
    )
    # Bangladesh writes no district: it is not lost. Digits of Bengali are read.
    told = Address("BD", "Road ৫", city_area="Gulshan", city="Dhaka", postal_code="১২১২")
    assert check_address(told) == Address("BD", "Road ৫\nGulshan", city="Dhaka", postal_code="1212")


@pytest.mark.parametrize(
    ("told", "whole", "wrong"),
    [
        (Address("DE", "Weg 1"), True, {"city", "postal_code"}),
        (Address("DE", "Weg 1"), False, set()),
        (Address("DE", "Weg 1", city="Berlin", postal_code="123"), False, {"postal_code"}),
        (Address("US", "1 St", city="X", region="Bavaria", postal_code="73301"), True, {"region"}),
        (Address("US", "1 St", city="X", region="TX", postal_code="10001"), True, {"postal_code"}),
        (Address("QQ", "Weg 1"), True, {"country"}),
        (Address("", "Weg 1"), True, {"country"}),
    ],
)
def test_every_wrong_part_is_named(told, whole, wrong):
    if not wrong:
        assert check_address(told, whole=whole).street == told.street
        return
    with pytest.raises(DomainError) as refusal:
        check_address(told, whole=whole)
    assert {one.field for one in refusal.value.fields} == wrong


def test_two_spellings_are_one_place_and_a_village_without_a_number_is_none():
    other = Address("BD", "house 12 road ১১", city="DHAKA", postal_code="1212")
    assert place_key(DHAKA) == place_key(other) != ""
    assert place_key(Address("BD", "Banani", city="Dhaka", postal_code="1212")) == ""


def test_same_address_speaks_for_one_person_only_with_the_name():
    mia, mia2 = Identity("Mia Rahman", place="x1"), Identity("Miya Rahman", place="x1")
    father = Identity("Karim Rahman", place="x1")
    assert duplicate_score(mia, mia2).reasons == (Reason.NAME, Reason.ADDRESS)
    assert duplicate_score(mia, mia2).score == 65
    assert Reason.ADDRESS not in duplicate_score(mia, father).reasons


@pytest.mark.parametrize(
    ("page", "handle"),
    [
        ("https://www.instagram.com/Mia.Runs/", "mia.runs"),
        ("https://www.linkedin.com/in/mia-r", "mia-r"),
        ("https://example.org/mia", ""),
        ("", ""),
    ],
)
def test_page_of_a_network_gives_a_word_to_be_found_by(page, handle):
    assert handle_of(page) == handle
