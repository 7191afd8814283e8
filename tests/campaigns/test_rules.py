"""The tree of a rule: what is kept comes back, and what is wrong is named by its place."""

from datetime import date

import pytest

from clubcrm.campaigns.rules.tree import (
    BrokenTreeError,
    Condition,
    Fault,
    Group,
    Join,
    TraitFacts,
    as_values,
    faults_of,
    from_values,
)
from clubcrm.people.rules.trait_kinds import Op, TraitKind, years_before

FACTS = {
    "visits": TraitFacts(TraitKind.NUMBER, windowed=True),
    "owes": TraitFacts(TraitKind.MONEY),
    "ends": TraitFacts(TraitKind.DAY),
    "plan": TraitFacts(TraitKind.CHOICE, choices=frozenset({"gold", "silver"})),
    "frozen": TraitFacts(TraitKind.YES),
}
QUIET = Condition("visits", Op.AT_MOST, ("3",), 28)


def test_a_kept_rule_comes_back_as_it_was() -> None:
    tree = Group(
        Join.ALL,
        (
            QUIET,
            Group(Join.ANY, (Condition("plan", Op.ANY_OF, ("gold",)), Condition("frozen", Op.IS))),
            Group(Join.NONE, (Condition("ends", Op.BEFORE, ("2026-01-01",)),)),
        ),
    )

    assert from_values(as_values(tree)) == tree


@pytest.mark.parametrize(
    ("name", "condition", "fault"),
    [
        ("fine", QUIET, None),
        ("no such trait", Condition("shoe", Op.IS), Fault.UNKNOWN_TRAIT),
        ("wrong comparison", Condition("visits", Op.IS, ("3",), 28), Fault.WRONG_OP),
        ("no number", Condition("visits", Op.AT_MOST, ("many",), 28), Fault.NEEDS_NUMBER),
        ("other digits", Condition("visits", Op.AT_MOST, ("٣",), 28), Fault.NEEDS_NUMBER),
        ("negative", Condition("owes", Op.AT_LEAST, ("-1",)), Fault.NEEDS_NUMBER),
        ("too large", Condition("owes", Op.AT_LEAST, ("1" + "0" * 13,)), Fault.NEEDS_NUMBER),
        ("no window", Condition("visits", Op.AT_MOST, ("3",)), Fault.NEEDS_DAYS),
        ("window of no days", Condition("visits", Op.AT_MOST, ("3",), 0), Fault.NEEDS_DAYS),
        ("endless window", Condition("visits", Op.AT_MOST, ("3",), 3651), Fault.NEEDS_DAYS),
        ("days of a day", Condition("ends", Op.WITHIN_NEXT, (), 60), None),
        ("a day without days", Condition("ends", Op.WITHIN_NEXT), Fault.NEEDS_DAYS),
        ("a date", Condition("ends", Op.ON_OR_AFTER, ("2026-02-28",)), None),
        ("no date", Condition("ends", Op.ON_OR_AFTER, ("2026-02-30",)), Fault.NEEDS_DATE),
        ("never", Condition("ends", Op.NEVER), None),
        ("a choice", Condition("plan", Op.NONE_OF, ("gold", "silver")), None),
        ("no choice", Condition("plan", Op.ANY_OF), Fault.NEEDS_CHOICE),
        ("a gone choice", Condition("plan", Op.ANY_OF, ("bronze",)), Fault.UNKNOWN_CHOICE),
        ("yes", Condition("frozen", Op.IS_NOT), None),
    ],
)
def test_each_fault_of_a_condition_is_named(
    name: str, condition: Condition, fault: Fault | None
) -> None:
    expected = {"0": fault} if fault else {}

    assert faults_of(Group(Join.ALL, (condition,)), FACTS) == expected, name


def test_faults_name_the_place_within_groups() -> None:
    deep = Group(Join.ALL, (QUIET,))
    for _level in range(3):
        deep = Group(Join.ANY, (deep,))

    assert faults_of(Group(Join.ALL), FACTS) == {"": Fault.EMPTY}
    assert faults_of(Group(Join.ALL, (QUIET, Group(Join.ANY))), FACTS) == {"1": Fault.EMPTY}
    inner = Group(Join.ANY, (QUIET, Condition("shoe", Op.IS)))
    assert faults_of(Group(Join.ALL, (inner,)), FACTS) == {"0.1": Fault.UNKNOWN_TRAIT}
    assert faults_of(deep, FACTS) == {}
    assert faults_of(Group(Join.ALL, (deep,)), FACTS) == {".".join("0000"): Fault.TOO_DEEP}
    assert faults_of(Group(Join.ALL, (QUIET,) * 31), FACTS) == {"": Fault.TOO_MANY}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"parts": "all"},
        {"parts": [1]},
        {"join": "xor", "parts": []},
        {"parts": [{"trait": "visits", "op": "like"}]},
        {"parts": [{"trait": "visits", "op": "is", "days": "28"}]},
        {"parts": [{"trait": "visits", "op": "is", "days": True}]},
        {"parts": [{"trait": "visits", "op": "is", "values": "3"}]},
        {"parts": [{"parts": [{"parts": [{"parts": [{"parts": [{"parts": []}]}]}]}]}]},
        {"parts": [{"parts": []}] * 31},
    ],
)
def test_what_is_no_rule_is_refused(values: object) -> None:
    with pytest.raises(BrokenTreeError):
        from_values(values)


@pytest.mark.parametrize(
    ("day", "years", "born"),
    [
        (date(2026, 3, 20), 18, date(2008, 3, 20)),
        (date(2028, 2, 29), 20, date(2008, 2, 29)),
        (date(2028, 2, 29), 27, date(2001, 2, 28)),
        (date(2026, 3, 20), 3000, date(1, 3, 20)),
    ],
)
def test_years_before_a_day(day: date, years: int, born: date) -> None:
    assert years_before(day, years) == born
