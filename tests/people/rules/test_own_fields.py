"""Values of fields that a club adds: what is kept, what is refused and why."""

import pytest

from clubcrm.people.rules.own_fields import (
    Fault,
    FieldRule,
    OwnKind,
    RefusedValueError,
    choices_of,
    kept_form,
    may_see,
)
from clubcrm.people.rules.ties import TieKind, from_other_side, is_stored_way

SIZES = ("S", "M", "L")


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (OwnKind.TEXT, "  নার্স ", "নার্স"),
        (OwnKind.TEXT, "", ""),
        (OwnKind.NUMBER, "12", "12"),
        (OwnKind.NUMBER, "12,50", "12.5"),
        (OwnKind.NUMBER, "1 200", "1200"),
        (OwnKind.NUMBER, "-0", "0"),
        (OwnKind.DAY, "2024-02-29", "2024-02-29"),
        (OwnKind.CHOICE, "M", "M"),
        (OwnKind.YES_NO, "yes", "yes"),
        (OwnKind.LINK, "example.org/rina", "https://example.org/rina"),
        (OwnKind.LINK, "http://example.org", "http://example.org"),
    ],
)
def test_value_is_kept_in_the_form_that_compares(kind: OwnKind, typed: str, kept: str) -> None:
    assert kept_form(FieldRule(kind, SIZES), typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "fault"),
    [
        (OwnKind.TEXT, "x" * 501, Fault.TOO_LONG),
        (OwnKind.NUMBER, "twelve", Fault.NOT_A_NUMBER),
        (OwnKind.NUMBER, "NaN", Fault.NOT_A_NUMBER),
        (OwnKind.NUMBER, "1e12", Fault.NOT_A_NUMBER),
        (OwnKind.DAY, "2023-02-29", Fault.NOT_A_DAY),
        (OwnKind.DAY, "0001-01-01", Fault.NOT_A_DAY),
        (OwnKind.CHOICE, "m", Fault.NOT_A_CHOICE),
        (OwnKind.YES_NO, "perhaps", Fault.NOT_A_CHOICE),
        (OwnKind.LINK, "javascript:alert(1)", Fault.NOT_A_LINK),
        (OwnKind.LINK, "javascript://example.org/%0aalert(1)", Fault.NOT_A_LINK),
        (OwnKind.LINK, "ftp://example.org", Fault.NOT_A_LINK),
        (OwnKind.LINK, "https://exa mple.org", Fault.NOT_A_LINK),
        (OwnKind.LINK, "https://[bad", Fault.NOT_A_LINK),
    ],
)
def test_value_that_does_not_fit_is_refused_by_name(
    kind: OwnKind, typed: str, fault: Fault
) -> None:
    with pytest.raises(RefusedValueError) as refused:
        kept_form(FieldRule(kind, SIZES), typed)

    assert refused.value.fault is fault


def test_nothing_is_refused_only_where_something_must_stand() -> None:
    with pytest.raises(RefusedValueError) as refused:
        kept_form(FieldRule(OwnKind.TEXT, required=True), "  ")

    assert refused.value.fault is Fault.MISSING


def test_choices_are_the_lines_once_each_without_empty_ones() -> None:
    assert choices_of("S\n\n M \nS\r\nL") == ("S", "M", "L")


def test_a_field_of_no_role_is_seen_by_everybody() -> None:
    assert may_see((), "desk")
    assert may_see(("owner", "desk"), "desk")
    assert not may_see(("owner",), "desk")


@pytest.mark.parametrize("kind", TieKind)
def test_a_tie_seen_twice_from_the_other_side_is_itself(kind: TieKind) -> None:
    assert from_other_side(from_other_side(kind)) is kind
    assert is_stored_way(kind) or is_stored_way(from_other_side(kind))
