"""Every text we ship says the same in each language, fits its channel, and leaves no blank."""

import re
from pathlib import Path

import pytest
from flask import Flask

from clubcrm.core.clubs import Club
from clubcrm.core.db import unit_of_work
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.paths import templates_folder
from clubcrm.journeys.rules.codes import Code
from clubcrm.messaging.calls import call_script
from clubcrm.messaging.rules.kinds import TextKind
from clubcrm.messaging.rules.parts import sms_parts
from clubcrm.messaging.rules.placeholders import MAY_BE_BLANK, MEMBER
from clubcrm.messaging.rules.wording import fields_of, misspelt, render
from clubcrm.messaging.story_queries import stories_of
from clubcrm.messaging.texts import codes, sections, shipped
from clubcrm.messaging.values import values_of
from tests.cast import Cast
from tests.messaging.samples import sample_fields

CODES = codes()
SPOKEN = {"bn": r"[\u0980-\u09ff]", "ne": r"[\u0900-\u097f]", "ru": r"[\u0400-\u04ff]"}
# What the journey must never say: nothing is sold on a birthday, at a complaint, or on a call why.
NO_SELLING = {"J09": ("price", "offer", "renew", "plan"), "X3": ("price", "offer", "renew")}
# The sign of the taka alone makes an English text twice as long.
LONGEST = {"en": 3, "bn": 4, "ne": 4, "ru": 4}


def texts(language: str) -> list[tuple[str, TextKind, str]]:
    found = [(code, kind, shipped(code, language, kind)) for code in CODES for kind in TextKind]
    return [(code, kind, f"{one.subject}\n{one.body}") for code, kind, one in found if one]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_for_each_kind_of_channel(language: str) -> None:
    assert len(texts(language)) == len(CODES) * len(TextKind)
    assert {code.value for code in Code} - {"X4"} <= set(CODES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_is_misspelt_or_unknown_to_the_english_text(language: str) -> None:
    english = {(code, kind): set(fields_of(words)) for code, kind, words in texts("en")}

    wrong = [
        (code, kind.value, name)
        for code, kind, words in texts(language)
        for name in fields_of(words)
        if name not in english[code, kind]
    ]
    assert wrong == []
    assert [one for one in texts(language) if misspelt(one[2])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_placeholder_of_the_english_text_is_lost(language: str) -> None:
    own = {(code, kind): set(fields_of(words)) for code, kind, words in texts(language)}

    lost = [
        (code, kind.value, name)
        for code, kind, words in texts("en")
        for name in fields_of(words)
        if name not in own[code, kind] and name not in {"number", "what"}
    ]
    assert lost == []


@pytest.mark.parametrize("language", list(SPOKEN))
def test_texts_are_written_in_the_script_of_their_language(language: str) -> None:
    strange = [
        (code, kind.value)
        for code, kind, words in texts(language)
        for bare in [re.sub(r"\{\w+\}", "", words)]
        if len(re.findall(r"[A-Za-z]", bare)) > 0.02 * len(bare)
        or not re.search(SPOKEN[language], bare)
    ]
    assert strange == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_short_messages_stay_within_a_few_parts(app: Flask, language: str) -> None:
    with app.app_context():
        fields = sample_fields(language)
    long = {}
    for code in CODES:
        text = shipped(code, language, TextKind.SMS)
        assert text is not None
        parts = sms_parts(render("", text.body, fields).body).parts
        # A confirmed cancellation is a legal notice and says what it has to say.
        if parts > LONGEST[language] and code not in {"X4", "X4b"}:
            long[code] = parts
    assert long == {}


@pytest.mark.usefixtures("noon")
def test_member_without_a_past_is_never_left_with_a_blank(app: Flask, cast: Cast) -> None:
    needed = {
        name
        for language in LANGUAGES
        for _code, _kind, words in texts(language)
        for name in fields_of(words)
    }
    with app.app_context(), unit_of_work(write=False) as session:
        club = session.get_one(Club, cast.club)
        mia = cast.members["Mia"]
        story = stories_of(session, club, [mia], MEMBER)[mia]
        told = values_of(story, MEMBER, "en")

    blank = needed & MEMBER - set(told) - MAY_BE_BLANK
    # She has no membership, and links and the day of a promise are told by the order.
    assert blank <= {
        *("plan", "price", "starts_on", "renews_on"),
        *("by_day", "offer_link", "freeze_link", "survey_link", "own_link"),
    }


@pytest.mark.parametrize("code", list(NO_SELLING))
def test_nothing_is_sold_where_the_journey_forbids_it(code: str) -> None:
    for kind in TextKind:
        text = shipped(code, "en", kind)
        assert text is not None
        said = f"{text.subject} {text.body}".lower()
        assert [word for word in NO_SELLING[code] if word in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_journey_has_a_sentence_to_begin_a_talk_with(language: str) -> None:
    for code in [one for one in CODES if one.startswith("J")] + ["X1", "X2", "X3"]:
        script = call_script(code, language)
        assert script is not None, code
        assert script.goal
        assert script.sentence.startswith(('"', "«"))
        assert "{given_name}" in script.sentence


def test_sentence_falls_back_to_english_and_strange_codes_have_none() -> None:
    assert call_script("J06b", "de") == call_script("J06b", "en")
    assert call_script("J06b", "bn_BD") == call_script("J06b", "bn")
    assert call_script("nonsense") is None


@pytest.mark.parametrize("folder", ["sms", "chats", "calls"])
def test_files_of_short_forms_have_the_same_headings_in_the_same_order(folder: str) -> None:
    headings = {language: list(sections(folder, language)) for language in LANGUAGES}

    assert len({tuple(found) for found in headings.values()}) == 1
    assert {path.name for path in (Path(templates_folder()) / folder).iterdir()} == {
        f"{language}.txt" for language in LANGUAGES
    }
