"""The texts: all of them can be collected, all catalogues know them, no placeholder gets lost."""

import importlib.util
import re
from functools import lru_cache
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

from clubcrm.core.i18n import LANGUAGES
from tests.architecture.house import ROOT


def load_program() -> ModuleType:
    """Return the program behind `make catalogues`, which is no module of a package."""
    spec = importlib.util.spec_from_file_location("catalogues", ROOT / "setup" / "catalogues.py")
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


catalogues = load_program()
current_texts = lru_cache(catalogues.current_texts)
TRANSLATED = [name for name in LANGUAGES if name != "en"]


def wordings(catalogue: Catalog) -> set[tuple[str, ...]]:
    return {forms(message.id) for message in catalogue if message.id}


def forms(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (str(value),)


def lost_placeholders(message: Message) -> set[str]:
    """Return placeholders of the source that a translation leaves out or invents."""
    wanted = {name for text in forms(message.id) for name in re.findall(r"%\((\w+)\)s", text)}
    found = [set(re.findall(r"%\((\w+)\)s", text)) for text in forms(message.string) if text]
    return set().union(*(wanted ^ names for names in found)) - {"num"} if found else set()


def test_every_language_has_its_catalogue():
    assert tuple(TRANSLATED) == catalogues.LANGUAGES


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_knows_exactly_the_texts_of_the_product(language):
    kept = wordings(catalogues.read_catalogue(language))
    texts = wordings(current_texts())

    assert sorted(texts - kept) == [], "run `make catalogues`"
    assert sorted(kept - texts) == [], "run `make catalogues`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_every_placeholder(language):
    kept = catalogues.read_catalogue(language)

    assert {forms(m.id): lost for m in kept if m.id and (lost := lost_placeholders(m))} == {}


def test_source_texts_are_english_sentences_not_keys():
    odd = [
        text
        for wording in wordings(current_texts())
        for text in wording
        if re.fullmatch(r"[a-z]+([._][a-z]+)+", text) or (not text.isascii() and not readable(text))
    ]

    assert odd == []


def readable(text: str) -> bool:
    """Tell whether the letters of a text are Latin; signs such as an ellipsis may be any."""
    return not re.search(r"[\u0400-\u04FF\u0900-\u09FF]", text)


@pytest.mark.parametrize(
    ("source", "translated", "lost"),
    [
        ("%(count)s visits", "%(count)s визитов", set()),
        ("%(count)s visits", "визитов", {"count"}),
        ("%(count)s visits", "", set()),
        ("Fine", "%(name)s", {"name"}),
    ],
)
def test_planted_lost_placeholder_is_found(source, translated, lost):
    assert lost_placeholders(Message(source, translated)) == lost
