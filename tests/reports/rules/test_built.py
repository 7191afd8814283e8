"""Questions that people put together: what is kept of them, what is wrong, when they are mailed."""

from datetime import date

import pytest

from clubcrm.reports.rules.built import (
    Condition,
    Definition,
    Match,
    Op,
    Rhythm,
    Shape,
    Sort,
    asked_for,
    definition_of,
    fault,
    next_day,
)

SHAPE = Shape(
    "members",
    {
        "name": Sort.TEXT,
        "plan": Sort.CHOICE,
        "visits": Sort.NUMBER,
        "owed": Sort.MONEY,
        "ends": Sort.DAY,
        "frozen": Sort.FLAG,
    },
    ("name", "plan"),
    {"visits": 28},
)


def ask(*rows: tuple[str, str, str], **more: object) -> Definition:
    usual = {"match": "", "columns": (), "group": "", "measure": "", "sort": "", "descending": 0}
    return asked_for(SHAPE, rows, {**usual, **more})


def test_what_is_kept_comes_back_as_it_was() -> None:
    asked = ask(
        ("plan", "is", "Gold"),
        ("visits", "at_most", "3"),
        match="any",
        columns=("name", "ends"),
        group="plan",
        measure="sum:owed",
        sort="ends",
        descending=True,
    )

    assert definition_of(asked.as_json(), SHAPE) == asked
    assert asked.match is Match.ANY


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"visits": "90"}, (("visits", 90),)),
        ({"visits": "28"}, ()),
        ({"visits": "0"}, ()),
        ({"visits": "3651"}, ()),
        ({"visits": "soon"}, ()),
        ({"owed": "90"}, ()),
    ],
)
def test_days_that_are_not_the_usual_ones_are_kept(
    typed: dict[str, str], kept: tuple[tuple[str, int], ...]
) -> None:
    asked = ask(columns=("visits",), windows=typed)

    assert asked.windows == kept
    assert definition_of(asked.as_json(), SHAPE) == asked
    assert [pair for pair in asked.arguments() if pair[0].startswith("w_")] == [
        (f"w_{name}", str(days)) for name, days in kept
    ]


def test_names_that_no_longer_exist_are_left_out() -> None:
    asked = ask(
        ("height", "is", "2"),
        ("plan", "is", "Gold"),
        columns=("height",),
        group="height",
        measure="sum:height",
        sort="height",
    )

    assert asked.conditions == (Condition("plan", Op.IS, "Gold"),)
    assert (asked.columns, asked.group, asked.measure, asked.sort) == (
        ("name", "plan"),
        "",
        "count",
        "",
    )


def test_a_field_that_was_just_changed_begins_with_its_first_question() -> None:
    assert ask(("ends", "at_least", "3")).conditions == (Condition("ends", Op.LAST, ""),)


def test_text_and_money_are_not_grouped_by() -> None:
    assert SHAPE.groups == ["plan", "ends", "frozen"]
    assert SHAPE.measures == ["count", "sum:visits", "average:visits", "sum:owed", "average:owed"]


@pytest.mark.parametrize(
    ("field", "op", "value", "wrong"),
    [
        ("visits", Op.AT_LEAST, "3", ""),
        ("visits", Op.AT_LEAST, "three", "number"),
        ("visits", Op.AT_LEAST, "1e9", "number"),
        ("visits", Op.AT_LEAST, "", "empty"),
        ("owed", Op.AT_MOST, "12,50", ""),
        ("owed", Op.AT_MOST, "NaN", "number"),
        ("owed", Op.AT_MOST, "9" * 14, "number"),
        ("ends", Op.NEXT, "60", ""),
        ("ends", Op.NEXT, "-1", "days"),
        ("ends", Op.NEXT, "99999", "days"),
        ("ends", Op.SINCE, "2026-02-30", "day"),
        ("ends", Op.SINCE, "2026-02-28", ""),
        ("ends", Op.EMPTY, "", ""),
        ("name", Op.HAS, "x" * 121, "empty"),
    ],
)
def test_a_value_that_cannot_be_is_named(field: str, op: Op, value: str, wrong: str) -> None:
    assert fault(Condition(field, op, value), SHAPE.sorts[field]) == wrong


@pytest.mark.parametrize(
    ("rhythm", "weekday", "after", "following"),
    [
        (Rhythm.DAILY, 0, date(2026, 11, 30), date(2026, 12, 1)),
        (Rhythm.WEEKLY, 0, date(2026, 11, 26), date(2026, 11, 30)),  # Thursday, then Monday
        (Rhythm.WEEKLY, 3, date(2026, 11, 26), date(2026, 12, 3)),  # never the same day
        (Rhythm.WEEKLY, 4, date(2026, 11, 26), date(2026, 11, 27)),
        (Rhythm.MONTHLY, 0, date(2026, 11, 26), date(2026, 12, 1)),
        (Rhythm.MONTHLY, 0, date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_a_report_is_mailed_on_its_next_morning(
    rhythm: Rhythm, weekday: int, after: date, following: date
) -> None:
    assert next_day(rhythm, weekday, after) == following
