"""Placeholders, the small markup and drawn signatures, decided from facts alone."""

import json
import re

import pytest

from clubcrm.core.paths import templates_folder
from memberships.documents.logo import LARGEST_LOGO, data_address, picture_of
from memberships.documents.queries import shipped
from memberships.documents.rules.kinds import LANGUAGES, DocumentKind, language_of
from memberships.documents.rules.markup import Block, Span, blocks_of
from memberships.documents.rules.strokes import NoSignatureError, path_of, read_strokes
from memberships.documents.rules.wording import Faults, faults_of, fill, fingerprint, one_line

CONTRACT = DocumentKind.CONTRACT
GOOD = "{member_name} {plan_name} {starts_on} {price}"


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        (GOOD, Faults()),
        (GOOD + " {memeber_name}", Faults(unknown=("memeber_name",))),
        ("{member_name} {plan_name}", Faults(missing=("starts_on", "price"))),
        (GOOD + "\nloose { brace", Faults(loose=("loose { brace",))),
        (GOOD + "\n{{ 7 * 7 }}", Faults(loose=("{{ 7 * 7 }}",))),
        (GOOD + "\n{member_name.__class__}", Faults(loose=("{member_name.__class__}",))),
        (GOOD + "\n{% include 'x' %}", Faults(loose=("{% include 'x' %}",))),
        (GOOD + " {corrects}", Faults(unknown=("corrects",))),
    ],
)
def test_faults_of_a_text_are_named(body, faults):
    assert faults_of(CONTRACT, "Contract", body) == faults


def test_values_are_filled_once_and_never_read_again():
    assert fill("{member_name}, {payer_name}", {"member_name": "{payer_name}"}) == "{payer_name}, —"


def test_the_fingerprint_follows_words_and_values():
    one = fingerprint("T", "{member_name}", {"member_name": "Mia"})
    assert one == fingerprint("T", "{member_name}", {"member_name": "Mia", "price": "unused"})
    assert one != fingerprint("T", "{member_name}", {"member_name": "Mia "})
    assert one != fingerprint("T", "{member_name} ", {"member_name": "Mia"})


def test_lines_of_a_value_become_one():
    assert one_line(" House 12,\n Road 7\n\nDhaka ") == "House 12, Road 7, Dhaka"


def test_the_markup_gives_plain_blocks():
    text = "# Head\nfirst\nsecond **strong** end\n\n- one\n- two\n1. three\n---\n## Small"

    assert blocks_of(text, {}) == [
        Block("h1", ((Span("Head"),),)),
        Block(
            "p",
            ((Span("first"),), (Span("second "), Span("strong", bold=True), Span(" end"))),
        ),
        Block("ul", ((Span("one"),), (Span("two"),))),
        Block("ol", ((Span("three"),),)),
        Block("hr"),
        Block("h2", ((Span("Small"),),)),
    ]


def test_a_name_with_marks_stays_a_name():
    (block,) = blocks_of("{member_name}", {"member_name": "# **Eve** <b>x</b>"})

    assert block == Block("p", ((Span("# **Eve** <b>x</b>"),),))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "malformed"),
        ("[]", "empty"),
        ("[[[1,1]]]", "empty"),
        ('[[["a",1],[2,2]]]', "malformed"),
        ("[[[1,2,3]]]", "malformed"),
        ("[[[true,1],[90,90]]]", "malformed"),
        ("[[[1e999,1],[90,90]]]", "malformed"),
        ('{"a":1}', "malformed"),
        ("[" * 50_000, "malformed"),
        (json.dumps([[[1, 1]] * 7000]), "too_much"),
        (json.dumps([[[1, 1], [90, 90]]] * 201), "too_much"),
    ],
)
def test_what_is_no_signature_is_refused(text, why):
    with pytest.raises(NoSignatureError, match=why):
        read_strokes(text)


def test_a_drawing_is_kept_within_its_box_and_drawn_by_numbers_only():
    strokes = read_strokes("[[[-5,10.6],[700,90]],[],[[30,30]]]")

    assert strokes == [[[0, 11], [600, 90]], [[30, 30]]]
    assert path_of(strokes) == "M0 11L600 90 M30 30L30 30"


@pytest.mark.parametrize(
    ("wish", "language"),
    [("bn", "bn"), ("bn_BD", "bn"), ("ne-NP", "ne"), ("de", "en"), (None, "en"), ("", "en")],
)
def test_documents_speak_the_nearest_of_four_languages(wish, language):
    assert language_of(wish) == language


@pytest.mark.parametrize("kind", DocumentKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_texts_exist_in_each_language_without_fault(kind, language):
    words = shipped(kind, language)

    assert words.language == language
    assert words.title
    assert faults_of(kind, words.title, words.body) == Faults()


@pytest.mark.parametrize("kind", DocumentKind)
def test_shipped_texts_use_the_same_placeholders_in_each_language(kind):
    used = {
        language: sorted(set(re.findall(r"\{\w+\}", shipped(kind, language).body)))
        for language in LANGUAGES
    }

    assert len({tuple(names) for names in used.values()}) == 1, used


def test_no_text_is_shipped_for_a_kind_that_does_not_exist():
    folders = {path.name for path in (templates_folder() / "texts").iterdir()}

    assert folders == {kind.value for kind in DocumentKind}


def test_a_logo_is_known_by_its_first_bytes_and_kept_small():
    png = b"\x89PNG\r\n\x1a\n" + b"x" * 10

    assert picture_of(data_address(png)) == (png, "image/png")
    with pytest.raises(ValueError, match="kind"):
        data_address(b"<svg onload=alert(1)>")
    with pytest.raises(ValueError, match="size"):
        data_address(png + b"x" * LARGEST_LOGO)
