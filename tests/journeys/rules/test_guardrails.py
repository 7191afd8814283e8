"""How often one member may be spoken to, over all touchpoints together."""

from datetime import date, timedelta

import pytest

from clubcrm.journeys.rules.guardrails import CycleSpan, repeats_too_much, too_much
from clubcrm.journeys.rules.settings import Pace
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.journeys.rules.touchpoints import Code, Due, Performer, Said, Touch, Why

TODAY = date(2026, 6, 15)
RULE = default_settings().codes[Code.SILENCE]
MIDDLE = CycleSpan(date(2026, 1, 1), date(2026, 12, 31))
START = CycleSpan(TODAY - timedelta(days=10), TODAY + timedelta(days=354))
END = CycleSpan(date(2025, 6, 20), TODAY + timedelta(days=5))


def ago(*days: int) -> list[date]:
    return [TODAY - timedelta(days=n) for n in days]


@pytest.mark.parametrize(
    ("case", "days", "cycle", "expected"),
    [
        ("never spoken to", (), MIDDLE, None),
        ("twice on one day", (0,), MIDDLE, Why.ONE_A_DAY),
        ("four days after the last", (4,), MIDDLE, Why.CONTACT_TOO_SOON),
        ("five days after the last", (5,), MIDDLE, None),
        ("three days are enough at the start", (3,), START, None),
        ("two days are not", (2,), START, Why.CONTACT_TOO_SOON),
        ("three days are enough near the end", (3,), END, None),
        ("two in the last seven days", (3, 6), START, Why.WEEK_FULL),
        ("four in thirty days", (8, 15, 22, 29), MIDDLE, Why.MONTH_FULL),
        ("the fifth fits into the first thirty", (3, 7, 8, 9), START, None),
        ("budget of the year", tuple(range(31, 331, 20)), MIDDLE, Why.BUDGET_SPENT),
        ("contacts of last year do not count", tuple(range(366, 666, 20)), MIDDLE, None),
    ],
)
def test_another_contact_keeps_to_the_pace(
    case: str, days: tuple[int, ...], cycle: CycleSpan, expected: Why | None
) -> None:
    assert too_much(TODAY, ago(*days), cycle, Pace()) is expected, case


def silence_due() -> Due:
    touch = Touch(Code.SILENCE, 4, Performer.AUTOMATIC, 70, 7)
    return Due(touch, TODAY, TODAY + timedelta(days=7))


def test_silence_is_mentioned_three_times_a_cycle_at_most() -> None:
    said = [Said(Code.SILENCE, n, day) for n, day in enumerate(ago(120, 80, 40), start=1)]

    assert repeats_too_much(silence_due(), said, RULE) is Why.CODE_LIMIT
    assert repeats_too_much(silence_due(), said[:2], RULE) is None


def test_silence_is_mentioned_four_weeks_apart() -> None:
    assert repeats_too_much(silence_due(), [Said(Code.SILENCE, 1, ago(27)[0])], RULE) is (
        Why.CODE_TOO_SOON
    )
    assert repeats_too_much(silence_due(), [Said(Code.SILENCE, 1, ago(28)[0])], RULE) is None


def test_taken_back_mention_does_not_count() -> None:
    taken_back = Said(Code.SILENCE, 1, ago(10)[0], spoken=False)

    assert repeats_too_much(silence_due(), [taken_back], RULE) is None
