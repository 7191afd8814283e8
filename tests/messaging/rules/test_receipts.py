"""Reports of providers: known words, and stages that never go back."""

from itertools import permutations

import pytest

from clubcrm.messaging.rules.receipts import Stage, goes_forward, stage_of


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("DELIVRD", Stage.DELIVERED),
        ("delivered", Stage.DELIVERED),
        ("READ", Stage.READ),
        ("UNDELIV", Stage.FAILED),
        ("expired", Stage.FAILED),
        ("ENROUTE", Stage.SENT),
        ("banana", None),
    ],
)
def test_words_of_providers(word: str, expected: Stage | None) -> None:
    assert stage_of(word) is expected


@pytest.mark.parametrize("told", list(permutations(Stage)))
def test_any_order_of_reports_ends_at_the_furthest_stage(told: tuple[Stage, ...]) -> None:
    now = Stage.SENT
    for stage in (*told, *told):
        now = stage if goes_forward(now, stage) else now

    assert now is Stage.READ


def test_late_failure_does_not_undo_a_delivery() -> None:
    assert not goes_forward(Stage.DELIVERED, Stage.FAILED)
    assert goes_forward(Stage.FAILED, Stage.DELIVERED)
