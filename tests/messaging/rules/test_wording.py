"""Texts with plain placeholders: filled or held, never run, never with a blank."""

import pytest

from clubcrm.messaging.rules.wording import fields_of, misspelt, render

BODY = "Dear {given_name},\n\nsee you at {club}!"


def test_placeholders_are_filled() -> None:
    wording = render("Hello {given_name}", BODY, {"given_name": "Mia", "club": "North"})

    assert wording.subject == "Hello Mia"
    assert wording.body == "Dear Mia,\n\nsee you at North!"
    assert wording.missing == ()


@pytest.mark.parametrize("value", ["", "   "])
def test_missing_field_is_named_not_left_blank(value: str) -> None:
    assert render("Hi", BODY, {"given_name": value, "club": "North"}).missing == ("given_name",)
    assert render("Hi {no_such}", BODY, {"given_name": "Mia", "club": "N"}).missing == ("no_such",)


@pytest.mark.parametrize("name", ["{club}", "{{7*7}}", "{given_name.__class__}", "%s", "$x", "{0}"])
def test_name_that_looks_like_code_stays_a_name(name: str) -> None:
    wording = render("Hi {given_name}", BODY, {"given_name": name, "club": "North"})

    assert wording.subject == f"Hi {name}"
    assert wording.body.startswith(f"Dear {name},")
    assert wording.missing == ()


@pytest.mark.parametrize(
    "text", ["Hi {{ given_name }}", "Hi {given name}", "Hi {Given}", "Hi {x", "Hi {a.b}"]
)
def test_misspelt_placeholder_is_held(text: str) -> None:
    assert misspelt(text)
    assert render("s", text, {"given_name": "Mia"}).missing == ("{",)


@pytest.mark.parametrize("cut", ["\r\n", "\n", "\u2028", "\x00", "\x85"])
def test_subject_stays_one_line(cut: str) -> None:
    wording = render("Hi {given_name}", "x", {"given_name": f"Mia{cut}Bcc: all@club.example"})

    assert wording.subject == "Hi Mia Bcc: all@club.example"


def test_fields_of_a_text_are_listed_once() -> None:
    assert fields_of("{club} {given_name} {club}") == ("club", "given_name")
