"""What a gateway's word makes of a payment, case by case."""

from datetime import UTC, datetime, timedelta

import pytest

from clubcrm.core.money import Money
from memberships.billing.gateways.base import Outcome, Verdict
from memberships.billing.gateways.rules import IntentState, judge, looks_like_card

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
WANTED = Money(4_900, "EUR")
PAID = Verdict(Outcome.PAID, WANTED, "t1")
OPEN, DONE, FAILED, EXPIRED, REVIEW, RETURNED = IntentState


@pytest.mark.parametrize(
    ("state", "verdict", "ahead", "becomes", "why"),
    [
        (OPEN, PAID, 30, DONE, ""),
        (OPEN, PAID, None, DONE, ""),
        (OPEN, PAID, -9, DONE, ""),
        (OPEN, PAID, -11, REVIEW, "late"),
        (EXPIRED, PAID, -11, REVIEW, "late"),
        (FAILED, PAID, 30, DONE, ""),
        (OPEN, Verdict(Outcome.PAID, Money(4_899, "EUR"), "t1"), 30, REVIEW, "amount"),
        (OPEN, Verdict(Outcome.PAID, Money(4_900, "USD"), "t1"), 30, REVIEW, "amount"),
        (OPEN, Verdict(Outcome.PAID, None, "t1"), 30, REVIEW, "amount"),
        (OPEN, Verdict(Outcome.PAID, WANTED, ""), 30, REVIEW, "nameless"),
        (OPEN, Verdict(Outcome.HELD, WANTED, "t1", "risk"), 30, REVIEW, "risk"),
        (OPEN, Verdict(Outcome.FAILED, why="declined"), 30, FAILED, "declined"),
        (OPEN, Verdict(Outcome.WAITING), 30, OPEN, ""),
        (OPEN, Verdict(Outcome.WAITING), -11, EXPIRED, ""),
        (FAILED, Verdict(Outcome.WAITING), -11, FAILED, ""),
        (EXPIRED, Verdict(Outcome.FAILED), -11, EXPIRED, ""),
        (DONE, Verdict(Outcome.FAILED), 30, DONE, ""),
        (REVIEW, PAID, 30, REVIEW, ""),
        (RETURNED, PAID, 30, RETURNED, ""),
    ],
)
def test_the_word_of_a_gateway(state, verdict, ahead, becomes, why):
    expires_at = None if ahead is None else NOW + timedelta(minutes=ahead)

    judged = judge(state, WANTED, expires_at, verdict, NOW)

    assert (judged.state, judged.why) == (becomes, why)


@pytest.mark.parametrize(
    ("text", "is_card"),
    [
        ("4242424242424242", True),
        ("4242 4242 4242 4242", True),
        ("4242-4242-4242-4242", True),
        ("4242424242424241", False),
        ("pm_1NXW4242424242424242", False),
        ("cus_9s6XKzkNRiz8i3", False),
        ("Visa •••• 4242", False),
        ("", False),
    ],
)
def test_card_numbers_are_recognised(text, is_card):
    assert looks_like_card(text) is is_card
