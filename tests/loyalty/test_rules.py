"""What loyalty is worth, from plain values: friends who count, points that lapse, levels."""

from dataclasses import replace
from datetime import date

import pytest

from clubcrm.loyalty.rules.points import (
    PointKind,
    PointLine,
    earning_part,
    for_purchase,
    holdings_of,
    lapsing,
    level_after,
    level_of,
    next_to_lapse,
    to_take_back,
    with_level,
)
from clubcrm.loyalty.rules.programme import (
    SHIPPED_LEVELS,
    Level,
    Programme,
    Reward,
    RewardKind,
    as_kept,
    faults_of,
    programme_from,
)
from clubcrm.loyalty.rules.referrals import (
    FriendFacts,
    ProofFacts,
    Refusal,
    Verdict,
    due_day,
    is_capped,
    refusal_of,
    verdict_on,
)

TODAY = date(2026, 5, 20)
FRIEND = FriendFacts(
    today=TODAY,
    is_on=True,
    is_self=False,
    shares_address=False,
    known_since=date(2026, 5, 6),
    was_member=False,
    was_brought=False,
    brought_host=False,
    fresh_days=14,
)
PROOF = ProofFacts(today=TODAY, due_on=TODAY, runs=True, open_minor=0)
EARN, SPEND, LAPSE, REVERSE = PointKind.EARN, PointKind.SPEND, PointKind.LAPSE, PointKind.REVERSE
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"is_on": False}, Refusal.OFF),
        ({"is_self": True}, Refusal.SELF),
        ({"shares_address": True}, Refusal.SELF),
        ({"was_brought": True}, Refusal.BROUGHT),
        ({"brought_host": True}, Refusal.CIRCLE),
        ({"was_member": True}, Refusal.KNOWN),
        ({"known_since": date(2026, 5, 5)}, Refusal.KNOWN),
        ({"known_since": TODAY, "fresh_days": 0}, None),
        ({"was_brought": True, "was_member": True}, Refusal.BROUGHT),
    ],
)
def test_a_friend_counts_only_if_nobody_knew_him(
    changes: dict[str, object], expected: Refusal | None
) -> None:
    assert refusal_of(replace(FRIEND, **changes)) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Verdict.GIVE),
        ({"today": date(2026, 5, 19)}, Verdict.WAIT),
        ({"runs": False}, Verdict.LEFT),
        ({"runs": False, "today": date(2026, 5, 1)}, Verdict.WAIT),
        ({"open_minor": 1}, Verdict.WAIT),
        ({"open_minor": 1, "today": date(2026, 7, 19)}, Verdict.WAIT),
        ({"open_minor": 1, "today": date(2026, 7, 20)}, Verdict.UNPAID),
        ({"today": date(2026, 9, 1)}, Verdict.GIVE),
    ],
)
def test_both_are_thanked_when_the_friend_has_stayed_and_paid(
    changes: dict[str, object], expected: Verdict
) -> None:
    assert verdict_on(replace(PROOF, **changes)) is expected  # type: ignore[arg-type]


def test_the_delay_counts_from_the_later_of_signature_and_beginning() -> None:
    assert due_day(date(2026, 5, 1), date(2026, 5, 1), 30) == date(2026, 5, 31)
    assert due_day(date(2026, 5, 1), date(2026, 5, 20), 30) == date(2026, 6, 19)
    assert (is_capped(11, 12), is_capped(12, 12), is_capped(13, 12)) == (False, True, True)


@pytest.mark.parametrize(
    ("name", "lines", "left", "balance"),
    [
        ("nothing", [], {}, 0),
        ("earned", [PointLine(1, EARN, 10, JUNE)], {1: 10}, 10),
        (
            "spent from what lapses first",
            [PointLine(1, EARN, 10, JULY), PointLine(2, EARN, 5, JUNE), PointLine(3, SPEND, -7)],
            {1: 8, 2: 0},
            8,
        ),
        (
            "what never lapses is spent last",
            [PointLine(1, EARN, 10), PointLine(2, EARN, 5, JULY), PointLine(3, SPEND, -6)],
            {1: 9, 2: 0},
            9,
        ),
        (
            "taken back from its own line",
            [
                PointLine(1, EARN, 10, JUNE),
                PointLine(2, EARN, 5, JULY),
                PointLine(3, REVERSE, -5, of_id=2),
            ],
            {1: 10, 2: 0},
            10,
        ),
        (
            "taken back after it was spent is a debt",
            [
                PointLine(1, EARN, 10, JUNE),
                PointLine(2, SPEND, -10),
                PointLine(3, REVERSE, -10, of_id=1),
            ],
            {1: 0},
            -10,
        ),
        (
            "the next points pay a debt first",
            [
                PointLine(1, EARN, 10),
                PointLine(2, SPEND, -10),
                PointLine(3, REVERSE, -10, of_id=1),
                PointLine(4, EARN, 25, JULY),
            ],
            {1: 0, 4: 15},
            15,
        ),
        (
            "lapsed",
            [PointLine(1, EARN, 10, JUNE), PointLine(2, LAPSE, -10, of_id=1)],
            {1: 0},
            0,
        ),
    ],
)
def test_a_balance_is_the_sum_of_its_lines(
    name: str, lines: list[PointLine], left: dict[int, int], balance: int
) -> None:
    found = holdings_of(lines)

    assert found.left == left, name
    assert found.balance == balance == sum(line.delta for line in lines)


def test_points_lapse_after_their_last_day_and_once() -> None:
    lines = [
        PointLine(1, EARN, 10, JUNE),
        PointLine(2, EARN, 20, JULY),
        PointLine(3, SPEND, -4),
    ]

    assert lapsing(lines, JUNE) == {}
    assert next_to_lapse(lines, JUNE) == (JUNE, 6)
    assert lapsing(lines, date(2026, 6, 2)) == {1: 6}
    lines.append(PointLine(4, LAPSE, -6, of_id=1))
    assert lapsing(lines, date(2026, 6, 2)) == {}
    assert next_to_lapse(lines, date(2026, 6, 2)) == (JULY, 20)
    assert lapsing(lines, date(2026, 8, 1)) == {2: 20}


def test_a_level_is_the_highest_one_reached_and_adds_whole_points() -> None:
    assert [level_of(SHIPPED_LEVELS, earned).name for earned in (0, 999, 1000, 9000)] == [  # type: ignore[union-attr]
        "Bronze",
        "Bronze",
        "Silver",
        "Gold",
    ]
    assert level_of((Level("Club", 50),), 49) is None
    assert [getattr(level_after(SHIPPED_LEVELS, one), "name", "") for one in (0, 1000, 3000)] == [
        "Silver",
        "Gold",
        "",
    ]
    assert with_level(15, SHIPPED_LEVELS[1]) == 16
    assert with_level(15, None) == 15


@pytest.mark.parametrize(
    ("earned", "amount", "returned", "taken", "expected"),
    [
        (10, 1000, 1000, 0, 10),
        (10, 1000, 500, 0, 5),
        (10, 1000, 501, 0, 6),
        (10, 1000, 1000, 6, 4),
        (10, 1000, 1000, 10, 0),
        (10, 1000, 5000, 0, 10),
        (0, 1000, 1000, 0, 0),
        (10, 0, 100, 0, 0),
    ],
)
def test_a_return_takes_back_its_share_and_never_more(
    earned: int, amount: int, returned: int, taken: int, expected: int
) -> None:
    assert to_take_back(earned, amount, returned, taken) == expected


def test_money_earns_whole_points_only() -> None:
    assert [for_purchase(amount, 1000) for amount in (999, 1000, 2999, -1000)] == [0, 1, 2, 0]
    assert for_purchase(5000, 0) == 0


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, {}),
        ({"delay_days": -1}, {"delay_days": "range"}),
        ({"cap": 0}, {"cap": "range"}),
        ({"keeps_days": 29}, {"keeps_days": "range"}),
        ({"host": Reward(RewardKind.DAYS, 0)}, {"host": "reward"}),
        ({"host": Reward(RewardKind.DAYS, 367)}, {"host": "reward"}),
        ({"friend": Reward(RewardKind.NONE, 0)}, {}),
        ({"friend": Reward(RewardKind.NONE, 5)}, {"friend": "reward"}),
        ({"levels": (Level("A", 10), Level("B", 10))}, {"levels": "levels"}),
        ({"levels": (Level("A", 0), Level("a", 10))}, {"levels": "levels"}),
        ({"levels": (Level("A", 0, 20), Level("B", 10, 10))}, {"levels": "levels"}),
        ({"levels": ()}, {}),
    ],
)
def test_a_programme_keeps_within_its_limits(
    changes: dict[str, object], faults: dict[str, str]
) -> None:
    programme = replace(Programme(), **changes)  # type: ignore[arg-type]

    assert faults_of(programme) == faults
    assert programme_from(as_kept(programme)) == programme


@pytest.mark.parametrize(
    ("returned", "earning", "total", "part"),
    [
        (25_000, 50_000, 50_000, 25_000),
        (25_000, 22_000, 50_000, 11_000),
        (1, 1, 3, 1),
        (50_000, 22_000, 50_000, 22_000),
        (700, 0, 0, 700),
    ],
)
def test_a_return_takes_back_for_the_part_that_had_earned(
    returned: int, earning: int, total: int, part: int
) -> None:
    assert earning_part(returned, earning, total) == part
