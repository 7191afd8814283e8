"""Every fact told upwards is heard by somebody, or the list says why it need not be."""

import dataclasses
import importlib
import sys

from clubcrm import wiring
from clubcrm.core.events import Fact
from tests.architecture.house import module_name, room_of, source_files

PLAIN = {"int", "str", "bool", "date", "datetime", "None", "time", "float"}


def all_facts() -> set[type[Fact]]:
    """Return every fact that a module of events declares."""
    for path in source_files():
        if room_of(path) == "events":
            importlib.import_module(module_name(path))
    found: set[type[Fact]] = set()
    open_ends = [Fact]
    while open_ends:
        kinds = open_ends.pop().__subclasses__()
        open_ends += kinds
        # Facts that tests of the outbox make up for themselves are nobody's.
        found.update(kind for kind in kinds if not kind.__module__.startswith("tests."))
    # A dataclass with slots leaves its slotless twin behind; only the one in the module counts.
    return {f for f in found if getattr(sys.modules[f.__module__], f.__name__, None) is f}


def names(facts: set[type[Fact]]) -> list[str]:
    return sorted(fact.__name__ for fact in facts)


def test_every_fact_is_wired_or_deliberately_unheard():
    wired = {fact for fact, handlers in wiring.EVENT_HANDLERS.items() if handlers}

    assert names(all_facts() - wired - set(wiring.UNHEARD)) == []


def test_no_fact_is_both_heard_and_unheard():
    wired = {fact for fact, handlers in wiring.EVENT_HANDLERS.items() if handlers}

    assert names(wired & set(wiring.UNHEARD)) == []
    assert all(reason.strip() for reason in wiring.UNHEARD.values())


def test_names_of_facts_are_unique():
    found = names(all_facts())

    assert sorted(set(found)) == found


def test_facts_carry_only_ids_and_plain_values():
    rich = [
        f"{fact.__name__}.{field.name}"
        for fact in all_facts()
        for field in dataclasses.fields(fact)
        if not set(type_words(field.type)) <= PLAIN
        or field.name in ("name", "given_name", "phone", "email")
    ]

    assert rich == []


def type_words(kind: object) -> list[str]:
    """Return the parts of an annotation without their modules: date | None is date, None."""
    written = kind.__name__ if isinstance(kind, type) else str(kind)
    return [part.strip().rsplit(".", 1)[-1] for part in written.split("|")]
