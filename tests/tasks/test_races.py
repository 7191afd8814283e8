"""Sixteen people at once: one takes the call, one outcome closes it, one answer of a link counts.

`CLUBCRM_RACES=200` makes the rounds of a long night; the suite plays three.
"""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from clubcrm.people.api import OpenedLink, make_link, open_link
from clubcrm.tasks.api import (
    Attempt,
    AttemptOutcome,
    TaskOrder,
    WorkForm,
    log_attempt,
    open_task,
)
from clubcrm.tasks.attempts import take
from clubcrm.tasks.models import SurveyAnswer, Task, TaskAttempt, TaskState, TaskWork
from clubcrm.tasks.surveys import Said, answer_survey
from tests.cast import Cast
from tests.memberships.races import LONG, PEOPLE, ROUNDS, all_at_once

CONTROL_ROUNDS = 3
pytestmark = [pytest.mark.fault, LONG]


def calls(app: Flask, cast: Cast, many: int) -> list[int]:
    """Return calls to make, one for each round."""
    with app.app_context(), unit_of_work():
        return [
            open_task(
                TaskOrder(
                    source=f"race:{number}",
                    club_id=cast.club,
                    person_id=cast.members["Mia"],
                    kind="journey",
                    title="Call about the next term",
                    due_at=clock.now(),
                    form=WorkForm.CALL,
                    code="J13b",
                    rank=1.0,
                )
            ).id
            for number in range(many)
        ]


def links(app: Flask, cast: Cast, many: int) -> list[OpenedLink]:
    """Return questions that were sent, one for each round."""
    made = []
    with app.app_context(), unit_of_work():
        for _ in range(many):
            token = make_link(
                cast.members["Mia"], "survey", subject_id="J12", expires_at=None, by="system"
            )
            link = open_link("survey", token)
            assert link is not None
            made.append(link)
    return made


def staff(cast: Cast) -> list[int]:
    """Return a member of staff for each thread; more threads than staff share one."""
    ids = sorted(cast.users.values())
    return [ids[person % len(ids)] for person in range(PEOPLE)]


def count(app: Flask, what: type, *where: object) -> int:
    with app.app_context(), unit_of_work(write=False) as session:
        chosen = select(func.count()).select_from(what).where(*where)  # type: ignore[arg-type]
        return session.scalar(chosen) or 0


def together() -> Callable[[], int]:
    """Return what lets everybody look before anybody acts."""
    return threading.Barrier(PEOPLE, timeout=60).wait


def test_f44_a_call_is_taken_by_one_and_the_others_learn_by_whom(app: Flask, cast: Cast) -> None:
    tasks, callers = calls(app, cast, ROUNDS), staff(cast)

    def begin(number: int, person: int) -> tuple[int, int | None]:
        with unit_of_work() as session:
            return callers[person], take(session.get_one(Task, tasks[number]), callers[person])

    told = all_at_once(app, ROUNDS, begin)

    for row in told:
        winners = {caller for caller, other in row if other is None}
        assert len(winners) == 1
        assert {other for _caller, other in row if other is not None} <= winners


def test_f44_control_without_the_guard_several_take_one_call(app: Flask, cast: Cast) -> None:
    tasks, callers = calls(app, cast, CONTROL_ROUNDS), staff(cast)
    everybody_looked = together()

    def begin(number: int, person: int) -> int | None:
        with unit_of_work(write=False) as session:
            work = select(TaskWork.taken_by).where(TaskWork.task_id == tasks[number])
            is_free = session.scalar(work) is None
        everybody_looked()
        if not is_free:
            return None
        with unit_of_work() as session:
            session.execute(
                update(TaskWork)
                .where(TaskWork.task_id == tasks[number])
                .values(taken_by=callers[person], taken_at=clock.now())
            )
        return callers[person]

    told = all_at_once(app, CONTROL_ROUNDS, begin)

    assert max(len(set(row) - {None}) for row in told) > 1


def test_f44_one_outcome_closes_a_call_and_is_told_once(app: Flask, cast: Cast) -> None:
    tasks = calls(app, cast, ROUNDS)

    def close(number: int, person: int) -> str:
        try:
            with unit_of_work() as session:
                said = Attempt(AttemptOutcome.REACHED, f"noted by {person}")
                log_attempt(session.get_one(Task, tasks[number]), said, by=f"user:{person}")
        except DomainError as refusal:
            return refusal.code
        return "closed"

    told = all_at_once(app, ROUNDS, close)

    assert [sorted(row) for row in told] == [["STATE"] * (PEOPLE - 1) + ["closed"]] * ROUNDS
    assert count(app, TaskAttempt) == ROUNDS
    assert count(app, Task, Task.state == TaskState.DONE) == ROUNDS
    assert count(app, Event, Event.kind == "TaskClosed") == ROUNDS


def test_f44_who_was_not_reached_is_put_off_by_the_first_and_every_try_counts(
    app: Flask, cast: Cast
) -> None:
    """The third try in vain sets the call aside, so exactly three of sixteen are noted."""
    tasks = calls(app, cast, ROUNDS)

    def ring(number: int, _person: int) -> str:
        try:
            with unit_of_work() as session:
                task = session.get_one(Task, tasks[number])
                log_attempt(task, Attempt(AttemptOutcome.NO_ANSWER), by="user:1")
        except DomainError as refusal:
            return refusal.code
        return "noted"

    told = all_at_once(app, ROUNDS, ring)

    assert [row.count("noted") for row in told] == [3] * ROUNDS
    assert count(app, TaskAttempt) == 3 * ROUNDS
    assert count(app, Task, Task.state == TaskState.NOT_NOW) == ROUNDS


def test_f44_control_without_the_guard_many_outcomes_are_noted(app: Flask, cast: Cast) -> None:
    tasks = calls(app, cast, CONTROL_ROUNDS)
    everybody_looked = together()

    def close(number: int, person: int) -> None:
        with unit_of_work(write=False) as session:
            state = session.scalar(select(Task.state).where(Task.id == tasks[number]))
        everybody_looked()
        if state is TaskState.OPEN:
            with unit_of_work() as session:
                session.add(
                    TaskAttempt(
                        task_id=tasks[number],
                        club_id=cast.club,
                        person_id=cast.members["Mia"],
                        outcome=AttemptOutcome.REACHED,
                        by=f"user:{person}",
                        at=clock.now(),
                    )
                )

    all_at_once(app, CONTROL_ROUNDS, close)

    assert count(app, TaskAttempt) > CONTROL_ROUNDS


def test_f44_the_first_answer_of_a_link_counts_and_opens_one_call(app: Flask, cast: Cast) -> None:
    sent = links(app, cast, ROUNDS)

    def reply(number: int, person: int) -> tuple[int, int]:
        with unit_of_work():
            kept = answer_survey(sent[number], Said(person % 7, f"said {person}"))
            return kept.id, kept.score

    told = all_at_once(app, ROUNDS, reply)

    assert [len(set(row)) for row in told] == [1] * ROUNDS
    assert count(app, SurveyAnswer) == ROUNDS
    assert count(app, Task, Task.kind == "survey_low") == ROUNDS
    assert count(app, Event, Event.kind == "SurveyAnswered") == ROUNDS


def test_f44_control_without_the_guard_an_unhappy_member_is_called_many_times(
    app: Flask, cast: Cast
) -> None:
    sent = links(app, cast, CONTROL_ROUNDS)
    everybody_looked = together()

    def reply(number: int, person: int) -> None:
        with unit_of_work(write=False) as session:
            mine = SurveyAnswer.link_id == sent[number].link_id
            known = session.scalar(select(func.count()).select_from(SurveyAnswer).where(mine))
        everybody_looked()
        if not known:
            with unit_of_work():
                open_task(
                    TaskOrder(
                        source=f"survey:{number}:{person}",
                        club_id=cast.club,
                        person_id=cast.members["Mia"],
                        kind="survey_low",
                        title="Call: not happy with the club",
                        due_at=clock.now() + timedelta(days=2),
                    )
                )

    all_at_once(app, CONTROL_ROUNDS, reply)

    assert count(app, Task, Task.kind == "survey_low") > CONTROL_ROUNDS
