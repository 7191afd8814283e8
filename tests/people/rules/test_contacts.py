"""Whatever is typed for a phone or an address ends in one normal form, or is refused by name."""

import pytest

from clubcrm.core.errors import DomainError
from clubcrm.people.rules.contacts import (
    email_address,
    phone_number,
    phone_shown,
    reversed_digits,
)


@pytest.mark.parametrize(
    ("typed", "country", "stored"),
    [
        pytest.param("01711-123456", "BD", "+8801711123456", id="local in Dhaka"),
        pytest.param("০১৭১১-১২৩৪৫৬", "BD", "+8801711123456", id="Bengali digits"),
        pytest.param("९८४१-२३४५६७", "NP", "+9779841234567", id="Devanagari digits"),
        pytest.param("٠١٧١١١٢٣٤٥٦", "BD", "+8801711123456", id="Arabic digits"),
        pytest.param("+880 1711 123456", "DE", "+8801711123456", id="abroad keeps its country"),
        pytest.param("00880 1711 123456", "DE", "+8801711123456", id="international prefix"),
        pytest.param("8 (701) 123-45-67", "KZ", "+77011234567", id="trunk prefix 8"),
        pytest.param("030 / 123 456", "DE", "+4930123456", id="German slash"),
        pytest.param("+49 (0)30 123456", "BD", "+4930123456", id="bracketed zero"),
        pytest.param("  01711123456 ", "BD", "+8801711123456", id="spaces around"),
        pytest.param("01711\u2013123456", "BD", "+8801711123456", id="typographic dash"),
    ],
)
def test_phone_reads_as_one_number(typed, country, stored):
    assert phone_number(typed, country) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "12", "+", "hello", "01711-CALLME", "+999123456789", "0" * 40, "²³4567890", "01711;1234"],
)
def test_phone_that_is_none_is_refused_by_field(typed):
    with pytest.raises(DomainError) as refusal:
        phone_number(typed, "BD", "phone")

    assert refusal.value.status == 400
    assert [one.field for one in refusal.value.fields] == ["phone"]


@pytest.mark.parametrize("typed", ["12", "123", "000012"])
def test_two_digits_are_no_phone_in_any_country(typed):
    for country in ("BD", "DE", "NP", "KZ", "US"):
        with pytest.raises(DomainError):
            phone_number(typed, country)


def test_phone_tail_is_a_prefix_when_reversed():
    assert reversed_digits("+880 1711-123456").startswith(reversed_digits("৩৪৫৬"))


def test_phone_is_shown_as_people_write_it():
    assert phone_shown("+8801711123456") == "+880 1711-123456"
    assert phone_shown("no number") == "no number"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Mia.Rahman@Example.COM", "mia.rahman@example.com"),
        (" mia+gym@example.co.uk ", "mia+gym@example.co.uk"),
        ("мия@пример.рф", "мия@пример.рф"),
        ("o'brien@example.com", "o'brien@example.com"),
    ],
)
def test_address_is_kept_in_lower_case(typed, stored):
    assert email_address(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "mia",
        "mia@",
        "@example.com",
        "mia@example",
        "mia@@example.com",
        "mia@exa mple.com",
        "mia@.com",
        "mia@-x.com",
        ".mia@example.com",
        "mia..r@example.com",
        "mia@example.com\r\nBcc: all@example.com",
        "<mia@example.com>",
        "x" * 65 + "@example.com",
        "mia@" + "x" * 260 + ".com",
        "mia\x00@example.com",
    ],
)
def test_address_that_is_none_is_refused_by_field(typed):
    with pytest.raises(DomainError) as refusal:
        email_address(typed)

    assert [one.field for one in refusal.value.fields] == ["email"]
