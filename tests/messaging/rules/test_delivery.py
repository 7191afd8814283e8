"""What a mail server's answer means, and the growing pauses between attempts."""

from datetime import UTC, datetime, timedelta

import pytest

from clubcrm.messaging.rules.delivery import Outcome, Step, judge, try_again_at


@pytest.mark.parametrize(
    ("case", "step", "code", "words", "expected"),
    [
        ("accepted", Step.AFTER_CONTENT, 250, "2.0.0 Ok", Outcome.SENT),
        ("a strange greeting is no delivery", Step.CONNECT, 222, "2222", Outcome.RETRY),
        ("a strange answer to the text", Step.AFTER_CONTENT, 222, "2222", Outcome.UNKNOWN),
        ("no connection", Step.CONNECT, None, "refused", Outcome.RETRY),
        ("tarpit before the content", Step.RECIPIENT, None, "timed out", Outcome.RETRY),
        ("cut after the content", Step.AFTER_CONTENT, None, "closed", Outcome.UNKNOWN),
        ("mailbox busy", Step.RECIPIENT, 450, "4.2.1 later", Outcome.RETRY),
        ("full after the content", Step.AFTER_CONTENT, 452, "4.3.1", Outcome.RETRY),
        ("no such user", Step.RECIPIENT, 550, "5.1.1 unknown", Outcome.BOUNCED),
        ("no such user, told late", Step.AFTER_CONTENT, 550, "unknown", Outcome.BOUNCED),
        ("content not liked", Step.AFTER_CONTENT, 554, "5.7.1 spam", Outcome.REFUSED),
        ("password wrong", Step.CONNECT, 535, "5.7.8 no", Outcome.RETRY),
        ("sender not allowed", Step.SENDER, 550, "5.7.1 relay", Outcome.RETRY),
    ],
)
def test_answer_decides_what_becomes_of_the_message(
    case: str, step: Step, code: int | None, words: str, expected: Outcome
) -> None:
    assert judge(step, code, words).outcome is expected, case


def test_pauses_grow_until_giving_up() -> None:
    failed_at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    waits = [try_again_at(attempts, failed_at) for attempts in range(1, 8)]

    minutes = [None if at is None else (at - failed_at) // timedelta(minutes=1) for at in waits]
    assert minutes == [2, 10, 30, 120, 360, 720, None]
