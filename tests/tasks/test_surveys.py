"""The half-way question: one answer for each link, and who is unhappy is called."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.people.api import OpenedLink, make_link, open_link
from clubcrm.tasks.models import SurveyAnswer, Task
from clubcrm.tasks.outcomes import Mood, mood_of
from clubcrm.tasks.surveys import Said, answer_survey, offer_friend
from tests.cast import Cast

NOON = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def asked(cast: Cast) -> OpenedLink:
    token = make_link(cast.members["Mia"], "survey", subject_id="J12", expires_at=None, by="system")
    link = open_link("survey", token)
    assert link is not None
    return link


def tasks() -> list[tuple[str, str, datetime]]:
    rows = db.session.execute(select(Task.kind, Task.role, Task.due_at)).all()
    return [(row[0], row[1], row[2]) for row in rows]


@pytest.mark.parametrize(
    ("score", "mood"),
    [
        (0, Mood.UNHAPPY),
        (6, Mood.UNHAPPY),
        (7, Mood.CONTENT),
        (8, Mood.CONTENT),
        (9, Mood.PROMOTER),
        (10, Mood.PROMOTER),
    ],
)
def test_mood_follows_the_usual_marks(score: int, mood: Mood) -> None:
    assert mood_of(score) is mood


@pytest.mark.usefixtures("unit", "noon")
def test_unhappy_member_is_called_by_a_manager_within_two_days(cast: Cast) -> None:
    answer_survey(asked(cast), Said(6, "Too full after six"))

    assert tasks() == [("survey_low", "manager", NOON + timedelta(hours=48))]


@pytest.mark.usefixtures("unit", "noon")
def test_content_member_is_left_alone(cast: Cast) -> None:
    answer_survey(asked(cast), Said(8))

    assert tasks() == []


@pytest.mark.usefixtures("unit", "noon")
def test_promoter_may_bring_a_friend(cast: Cast) -> None:
    kept = answer_survey(asked(cast), Said(9))

    offer_friend(kept)
    offer_friend(kept)

    assert [(kind, role) for kind, role, _due in tasks()] == [("referral", "desk")]


@pytest.mark.usefixtures("unit", "noon")
def test_first_answer_of_a_link_counts(cast: Cast) -> None:
    link = asked(cast)

    first = answer_survey(link, Said(10))
    again = answer_survey(link, Said(2))

    assert (again.id, again.score) == (first.id, 10)
    assert db.session.scalar(select(func.count()).select_from(SurveyAnswer)) == 1
    assert tasks() == []


@pytest.mark.usefixtures("unit", "noon")
@pytest.mark.parametrize("score", [-1, 11])
def test_score_that_the_scale_does_not_have_is_refused(cast: Cast, score: int) -> None:
    with pytest.raises(DomainError, match="INVALID_INPUT"):
        answer_survey(asked(cast), Said(score))
