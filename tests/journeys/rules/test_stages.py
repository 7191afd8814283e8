"""The stage of a member, derived from dates, visits, freezes and alarms."""

from datetime import date, timedelta

import pytest

from clubcrm.journeys.rules.settings import Hours, Pace
from clubcrm.journeys.rules.stages import (
    Stage,
    StageFacts,
    StageSettings,
    in_renewal_time,
    leaves_risk,
    stage_of,
)

START = date(2026, 1, 1)
END = date(2026, 12, 31)


def facts(**changed: object) -> StageFacts:
    usual: dict[str, object] = {
        "started_on": START,
        "ends_on": END,
        "renewals": 0,
        "v28": 6,
        "at_risk": False,
        "frozen": False,
    }
    return StageFacts(**(usual | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("case", "changed", "age", "expected"),
    [
        ("first day", {}, 0, Stage.ADAPTATION),
        ("day 42 is the last of adaptation", {}, 42, Stage.ADAPTATION),
        ("day 43 with visits is active", {}, 43, Stage.ACTIVE),
        ("few visits prolong adaptation", {"v28": 3}, 43, Stage.ADAPTATION),
        ("prolonged to day 90 at most", {"v28": 3}, 90, Stage.ADAPTATION),
        ("after day 90 active all the same", {"v28": 3}, 91, Stage.ACTIVE),
        ("renewed and often here", {"renewals": 1, "v28": 8}, 10, Stage.REGULAR),
        ("renewed but seldom here", {"renewals": 1, "v28": 7}, 10, Stage.ACTIVE),
        ("often here but not yet renewed", {"v28": 12}, 100, Stage.ACTIVE),
        ("alarm outranks adaptation", {"at_risk": True}, 12, Stage.AT_RISK),
        ("freeze outranks the alarm", {"at_risk": True, "frozen": True}, 50, Stage.FROZEN),
        ("last day still inside", {}, 364, Stage.ACTIVE),
        ("day after the end", {}, 365, Stage.LAPSED),
        ("ninety days after the end", {"frozen": True}, 454, Stage.LAPSED),
        ("ninety-one days after the end", {}, 455, Stage.LOST),
        ("monthly without end never lapses by date", {"ends_on": None}, 900, Stage.ACTIVE),
    ],
)
def test_stage_follows_from_the_facts(
    case: str, changed: dict[str, object], age: int, expected: Stage
) -> None:
    assert stage_of(facts(**changed), START + timedelta(days=age)) is expected, case


@pytest.mark.parametrize(
    ("silent", "slumping", "visits", "expected"),
    [
        (False, False, 2, True),
        (False, False, 1, False),
        (True, False, 2, False),
        (False, True, 5, False),
    ],
)
def test_risk_ends_after_two_visits(
    silent: bool, slumping: bool, visits: int, expected: bool
) -> None:
    assert leaves_risk(silent=silent, slumping=slumping, visits_since=visits) is expected


def test_renewal_time_is_sixty_days_of_a_year_and_a_third_of_a_short_term() -> None:
    assert not in_renewal_time(START, END, END - timedelta(days=61), renewed=False)
    assert in_renewal_time(START, END, END - timedelta(days=60), renewed=False)
    assert not in_renewal_time(START, END, END - timedelta(days=60), renewed=True)
    month = START + timedelta(days=30)
    assert not in_renewal_time(START, month, month - timedelta(days=11), renewed=False)
    assert in_renewal_time(START, month, month - timedelta(days=10), renewed=False)
    assert not in_renewal_time(START, END, END + timedelta(days=1), renewed=False)
    assert not in_renewal_time(START, None, END, renewed=False)


def test_numbers_of_the_stages_are_settings_with_the_published_defaults() -> None:
    assert StageSettings() == StageSettings(
        adaptation_days=42,
        adaptation_longest=90,
        adaptation_visits=4,
        regular_visits=8,
        lost_after=90,
        renewal_days=60,
        return_visits=2,
        return_days=14,
    )
    assert (Pace().booked_ahead_days, Hours().greeting_from) == (3, "10:00")


@pytest.mark.parametrize(
    ("rule", "changed", "age", "expected"),
    [
        (StageSettings(adaptation_days=30), {}, 31, Stage.ACTIVE),
        (StageSettings(adaptation_longest=60), {"v28": 3}, 61, Stage.ACTIVE),
        (StageSettings(adaptation_visits=7), {}, 43, Stage.ADAPTATION),
        (StageSettings(regular_visits=6), {"renewals": 1}, 10, Stage.REGULAR),
        (StageSettings(lost_after=30), {}, 364 + 31, Stage.LOST),
    ],
)
def test_a_changed_number_moves_the_border_of_its_stage(
    rule: StageSettings, changed: dict[str, object], age: int, expected: Stage
) -> None:
    day = START + timedelta(days=age)

    assert stage_of(facts(**changed), day, rule) is expected
    assert stage_of(facts(**changed), day) is not expected


def test_return_and_renewal_time_follow_their_numbers() -> None:
    three, month = StageSettings(return_visits=3), StageSettings(renewal_days=30)
    day = END - timedelta(days=60)

    assert not leaves_risk(silent=False, slumping=False, visits_since=2, rule=three)
    assert not in_renewal_time(START, END, day, renewed=False, rule=month)
    assert in_renewal_time(START, END, END - timedelta(days=30), renewed=False, rule=month)
