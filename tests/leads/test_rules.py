"""Turns of sellers, scores, what follows a try, odd ways: tables of pure rules."""

import pytest

from clubcrm.leads.rules.owners import Seller, in_turn, next_owner
from clubcrm.leads.rules.scores import Heat, ScoreFacts, ScoreReason, heat_of, score_of
from clubcrm.leads.rules.stages import (
    LEAD_MOVES,
    OPEN,
    ArrivalChannel,
    ContactOutcome,
    LeadStage,
    warning_of,
)
from clubcrm.leads.rules.steps import STEP_OF, stage_after

SARA, SIM, BELA = (
    Seller(1, turn=5),
    Seller(2, turn=4),
    Seller(3, turn=9, languages=frozenset({"bn"})),
)


@pytest.mark.parametrize(
    ("sellers", "language", "source", "chosen"),
    [
        ((SARA, SIM), "en", None, 2),  # whose turn is longest ago
        ((SARA, SIM, BELA), "bn", None, 3),  # named for the language
        ((SARA, SIM, BELA), "ru", None, 2),  # who is named for another one is left out
        ((BELA,), "ru", None, 3),  # better somebody than nobody
        ((Seller(1, away=True), SARA, Seller(7, turn=0, takes=False)), "en", None, 1),
        ((Seller(1, away=True),), "en", None, None),
        ((), "en", None, None),
        ((SARA, Seller(4, turn=8, source_ids=frozenset({70}))), "en", 70, 4),
        ((SARA, Seller(4, turn=0, source_ids=frozenset({70}))), "en", 71, 1),
        (
            (BELA, Seller(4, 1, source_ids=frozenset({70}), languages=frozenset({"bn"}))),
            "bn",
            70,
            4,
        ),
    ],
)
def test_the_next_owner(
    sellers: tuple[Seller, ...], language: str, source: int | None, chosen: int | None
) -> None:
    assert next_owner(sellers, language, source) == chosen


def test_leads_at_once_are_given_out_as_one_after_the_other() -> None:
    wanted = [("bn", None), ("en", None), ("en", None), ("bn", None), ("en", None)]

    given, turns = in_turn((SARA, SIM, BELA), wanted)

    assert given == [3, 2, 1, 3, 2]
    assert turns == {1: 12, 2: 14, 3: 13}
    assert in_turn((Seller(1, away=True),), wanted[:2]) == ([None, None], {})


def facts(**known: object) -> ScoreFacts:
    usual: dict[str, object] = {
        "channel": ArrivalChannel.FORM,
        "stage": LeadStage.NEW,
        "days_old": 5,
        "days_quiet": 1,
    }
    return ScoreFacts(**(usual | known))  # type: ignore[arg-type]


def test_a_score_is_the_sum_of_reasons_that_can_be_read() -> None:
    plain = score_of(facts())
    guest = score_of(facts(channel=ArrivalChannel.GUEST, has_host=True, attended=True))
    silent = score_of(facts(days_old=70, days_quiet=40, unanswered=3))

    assert (plain.points, plain.reasons, plain.heat) == (30, (), Heat.COOL)
    assert guest.points == 30 + 20 + 25
    assert guest.reasons == (ScoreReason.ATTENDED, ScoreReason.KNOWS_A_MEMBER)
    assert guest.heat is Heat.HOT
    assert silent.points == 0
    assert set(silent.reasons) == {ScoreReason.UNANSWERED, ScoreReason.STALE, ScoreReason.OLD}


def test_scores_stay_between_nothing_and_a_hundred() -> None:
    best = score_of(
        facts(
            channel=ArrivalChannel.WALK_IN,
            has_host=True,
            has_wish=True,
            ways=2,
            inquiries=2,
            days_old=0,
            reached=True,
            attended=True,
        )
    )

    assert best.points == 100
    assert [heat_of(points) for points in (0, 39, 40, 64, 65, 100)] == [
        Heat.COOL,
        Heat.COOL,
        Heat.WARM,
        Heat.WARM,
        Heat.HOT,
        Heat.HOT,
    ]


@pytest.mark.parametrize(
    ("stage", "outcome", "unanswered", "after"),
    [
        (LeadStage.NEW, ContactOutcome.NO_ANSWER, 1, LeadStage.NEW),
        (LeadStage.NEW, ContactOutcome.LEFT_MESSAGE, 4, LeadStage.NEW),
        (LeadStage.NEW, ContactOutcome.NO_ANSWER, 5, LeadStage.UNREACHABLE),
        (LeadStage.BOOKED, ContactOutcome.NO_ANSWER, 9, LeadStage.BOOKED),
        (LeadStage.NEW, ContactOutcome.WRONG_NUMBER, 1, LeadStage.NEW),
        (LeadStage.NEW, ContactOutcome.REACHED, 0, LeadStage.CONTACTED),
        (LeadStage.UNREACHABLE, ContactOutcome.CALL_BACK, 0, LeadStage.CONTACTED),
        (LeadStage.ATTENDED, ContactOutcome.REACHED, 0, LeadStage.ATTENDED),
        (LeadStage.NO_SHOW, ContactOutcome.REACHED, 0, LeadStage.NO_SHOW),
        (LeadStage.BOOKED, ContactOutcome.NOT_INTERESTED, 0, LeadStage.LOST),
    ],
)
def test_a_try_is_not_a_contact(
    stage: LeadStage, outcome: ContactOutcome, unanswered: int, after: LeadStage
) -> None:
    assert stage_after(stage, outcome, unanswered) is after


def test_every_open_stage_has_a_step_and_nothing_leaves_a_win() -> None:
    assert set(STEP_OF) == set(OPEN)
    assert LEAD_MOVES[LeadStage.WON] == frozenset()
    assert all(stage not in LEAD_MOVES[stage] for stage in LeadStage)


def test_a_way_that_repeats_a_stage_or_has_more_than_seven_moves_is_odd() -> None:
    straight = [LeadStage.CONTACTED, LeadStage.BOOKED, LeadStage.ATTENDED, LeadStage.WON]
    again = [LeadStage.BOOKED, LeadStage.NO_SHOW, LeadStage.BOOKED]

    assert not warning_of(straight)
    assert warning_of(again).repeated == (LeadStage.BOOKED,)
    assert not warning_of(again).too_many
    assert warning_of([LeadStage.NEW, LeadStage.CONTACTED] * 4).too_many
