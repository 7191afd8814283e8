"""Calls that were made, and what members answered to the half-way question."""

import hashlib
from datetime import datetime, timedelta

from clubcrm.people.models import MemberLink
from clubcrm.seed.ground import Ground
from clubcrm.seed.lives import Life
from clubcrm.tasks.models import SurveyAnswer, TaskAttempt, TaskWork
from clubcrm.tasks.outcomes import AttemptOutcome, WorkForm
from clubcrm.tasks.surveys import CODE, KEPT_FOR, PURPOSE

EVERY_ANSWER = 9
SCORES = (10, 9, 9, 8, 8, 10, 7, 9, 6, 3, 8, 10)
WORDS = {3: "The showers were cold twice", 6: "Too full after six", 10: "I feel at home"}


def note_call(ground: Ground, task_id: int, life: Life, done: datetime) -> None:
    """A call of the history rang in vain once, then somebody answered."""
    store, caller = ground.store, ground.actor("sales")
    store.sink(TaskWork).add(
        task_id=task_id, form=WorkForm.CALL, code="J02", rank=0.0, facts={"visits": 0}
    )
    tries = ((AttemptOutcome.NO_ANSWER, "", 1), (AttemptOutcome.REACHED, "Comes on Thursday", 0))
    for outcome, note, days in tries:
        store.sink(TaskAttempt).add(
            task_id=task_id,
            club_id=ground.club_ids[life.town],
            person_id=ground.person_ids[life.number],
            outcome=outcome,
            note=note,
            by=caller,
            at=done - timedelta(days=days),
        )


def ask_half_way(ground: Ground, life: Life) -> None:
    """Now and then a member has answered how likely he is to tell a friend of the club."""
    if life.number % EVERY_ANSWER != 4:
        return
    turn = life.number // EVERY_ANSWER
    score = SCORES[turn % len(SCORES)]
    at = ground.order.moment - timedelta(days=2 + turn % 50, hours=turn % 8)
    person_id = ground.person_ids[life.number]
    link_id = ground.store.sink(MemberLink).add(
        person_id=person_id,
        purpose=PURPOSE,
        subject_id=CODE,
        digest=hashlib.sha256(f"survey {life.number}".encode()).hexdigest(),
        expires_at=at + KEPT_FOR,
        made_by="system",
        made_at=at - timedelta(hours=5),
    )
    ground.store.sink(SurveyAnswer).add(
        club_id=ground.club_ids[life.town],
        person_id=person_id,
        link_id=link_id,
        code=CODE,
        score=score,
        words=WORDS.get(score, ""),
        at=at,
    )
