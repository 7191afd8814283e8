"""What forms send: shapes, touches with advertising, origins, and what looks like a machine."""

import json
from urllib.parse import urlencode

import pytest

from clubcrm.core.errors import DomainError
from clubcrm.leads.door.rules.inquiries import (
    FieldRule,
    Suspicion,
    Wishes,
    said_in,
    suspicion_of,
)
from clubcrm.leads.door.rules.origins import is_too_many, may_send, origin_of
from clubcrm.leads.door.rules.shapes import fields_of
from clubcrm.leads.door.rules.touches import Touch, source_of, touches_of

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
AMO = urlencode(
    {
        "leads[add][0][name]": "Rina Das",
        "leads[add][0][custom_fields][0][code]": "PHONE",
        "leads[add][0][custom_fields][0][values][0][value]": "+8801711000777",
        "account[subdomain]": "club",
    }
).encode()
HUBSPOT = json.dumps(
    {
        "fields": [
            {"name": "firstname", "value": "Rina"},
            {"name": "lastname", "value": "Das"},
            {"name": "mobilephone", "value": "+8801711000777"},
        ],
        "context": {"hutk": "x", "pageUri": "https://club.example/yoga?utm_campaign=spring"},
    }
).encode()


@pytest.mark.parametrize(
    ("raw", "kind", "told"),
    [
        (b'{"name":"Rina","phone":"1"}', JSON, {"name": "Rina", "phone": "1"}),
        (b"name=Rina+Das&tel=1&e-mail=r%40x.example", FORM,
         {"name": "Rina Das", "phone": "1", "email": "r@x.example"}),
        (b"Full+Name=Rina&comment=Hello", FORM, {"name": "Rina", "message": "Hello"}),
        ("name=রিনা".encode(), FORM, {"name": "রিনা"}),
        (AMO, FORM, {"name": "Rina Das", "phone": "+8801711000777"}),
        (HUBSPOT, JSON, {"given_name": "Rina", "family_name": "Das", "phone": "+8801711000777",
                         "landing_url": "https://club.example/yoga?utm_campaign=spring"}),
        (b'{"consent":true,"email":null}', JSON, {"consent": "yes", "email": ""}),
    ],
)  # fmt: skip
def test_every_shape_comes_to_the_same_fields(raw, kind, told) -> None:
    found = fields_of(raw, kind)

    assert {name: found[name] for name in told} == told


def test_of_two_fields_for_one_thing_the_one_that_says_something_counts() -> None:
    assert fields_of(b"phone=&mobile=123", FORM)["phone"] == "123"
    assert fields_of(b"name=First&name=Second", FORM)["name"] == "First"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"\xff\xfe", FORM),
        (b"[1]", JSON),
        (b"{", JSON),
        (b'{"a":1,"a":2}', JSON),
        (b'{"a":NaN}', JSON),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", JSON),
        (b"&".join(b"a%d=1" % n for n in range(101)), FORM),
    ],
)
def test_bodies_that_nobody_can_read_are_refused(raw, kind) -> None:
    with pytest.raises(ValueError, match=r".+"):
        fields_of(raw, kind)


def test_first_and_last_touch_are_kept_apart() -> None:
    fields = {
        "first_utm_source": "google",
        "first_utm_campaign": "winter",
        "utm_source": "ig",
        "utm_campaign": "spring",
        "landing_url": "https://club.example/join",
    }

    first, last = touches_of(fields)

    assert (first.utm_source, first.utm_campaign) == ("google", "winter")
    assert (last.utm_source, last.utm_campaign) == ("ig", "spring")


def test_page_without_script_is_told_by_the_browser_alone() -> None:
    first, last = touches_of({}, "https://club.example/?utm_source=fb&utm_campaign=yoga&gclid=g1")

    assert (last.utm_source, last.utm_campaign, last.gclid) == ("fb", "yoga", "g1")
    assert last.landing_url.startswith("https://club.example/")
    assert first == last


def test_marks_are_cut_and_cleaned_but_never_lose_a_lead() -> None:
    _first, last = touches_of(
        {
            "utm_campaign": "a\x00b" + "x" * 500,
            "landing_url": "javascript:alert(1)",
            "gclid": "\ud800",
        }
    )

    assert last.utm_campaign == "ab" + "x" * 118
    assert (last.landing_url, last.gclid) == ("", "")


@pytest.mark.parametrize(
    ("touch", "source"),
    [
        (Touch(gclid="1", utm_source="newsletter"), "Google"),
        (Touch(fbclid="1"), "Facebook"),
        (Touch(utm_source="IG"), "Instagram"),
        (Touch(utm_source="Gazette"), "Gazette"),
        (Touch(referrer="https://l.instagram.com/x"), "Instagram"),
        (Touch(referrer="https://www.google.com.bd/"), "Google"),
        (Touch(), "Website"),
    ],
)
def test_source_is_told_by_clicks_then_words_then_the_page_before(touch, source) -> None:
    assert source_of(touch) == source


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"company_site": "https://spam.example"}, Suspicion.TRAP),
        ({"_seconds": "1.9"}, Suspicion.TOO_FAST),
        ({"_seconds": "2.0"}, None),
        ({"_seconds": "soon"}, None),
        ({}, None),
    ],
)
def test_what_no_person_would_do_is_suspicious(fields, why) -> None:
    assert suspicion_of(fields) is why


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(DomainError) as refused:
        said_in({"name": "R\x00", "message": "x" * 2001}, Wishes())

    assert {one.field for one in refused.value.fields} == {"name", "message", "phone"}


def test_form_that_asks_only_for_mail_is_content_with_it() -> None:
    wishes = Wishes(FieldRule.OFF, FieldRule.REQUIRED)

    said = said_in({"given_name": "Rina", "family_name": "Das", "email": "r@x.example"}, wishes)

    assert (said.name, said.email, said.consents) == ("Rina Das", "r@x.example", False)


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("club.example", "https://club.example"),
        (" HTTPS://Club.Example:443/join?x ", "https://club.example"),
        ("http://club.example:8080/", "http://club.example:8080"),
    ],
)
def test_origin_is_read_from_what_people_type(typed, origin) -> None:
    assert origin_of(typed) == origin


@pytest.mark.parametrize("typed", ["", "ftp://x", "https://", "https://me@club.example"])
def test_what_is_no_site_is_refused(typed) -> None:
    with pytest.raises(ValueError, match=r".*"):
        origin_of(typed)


def test_only_listed_sites_and_programs_may_send() -> None:
    listed = ("https://club.example",)

    assert [
        may_send(one, "https://crm.example", listed)
        for one in (
            None,
            "https://crm.example",
            "https://club.example",
            "https://evil.example",
            "null",
        )
    ] == [True, True, True, False, False]
    assert [is_too_many(59, 299), is_too_many(60, 0), is_too_many(0, 300)] == [False, True, True]
