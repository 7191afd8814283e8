"""Nights that go wrong: no scheduler for three days, and one member who cannot be planned for."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from clubcrm.core import clock
from clubcrm.core.db import unit_of_work
from clubcrm.core.jobs import Job, JobContext, JobRun, RunState, due_contexts, run
from clubcrm.journeys.jobs import nightly_planning
from clubcrm.journeys.models import Touchpoint, TouchState
from clubcrm.messaging.jobs import send_outbox
from tests.cast import Cast
from tests.journeys.life import came, lead_only, member
from tests.messaging.conftest import allow_marketing
from tests.messaging.sink import Sink

FIRST = date(2026, 3, 20)
NIGHT = datetime(2026, 3, 19, 22, 35, tzinfo=UTC)  # 04:35 in Dhaka
PLANNING = Job("nightly-planning", nightly_planning, daily_at=time(4, 30))
SKIPPED = "skipped: a later day is planned instead"


def silent_since(cast: Cast, name: str, days: int) -> int:
    """A member of a year who came every second day until so many days before the first night."""
    visits = [FIRST - timedelta(days=days + 2 * n) for n in range(40)]
    person = member(
        cast.club, name, FIRST - timedelta(200), visits, email=f"{name.lower()}@x.example"
    )
    allow_marketing(person)
    return person


def catch_up() -> list[tuple[str, RunState, int, int, str]]:
    """What is due runs in its order; returns slot, state, done, failed and error of every run."""
    for context in due_contexts(PLANNING, clock.now(), None):
        run(PLANNING, context)
    with unit_of_work(write=False) as session:
        rows = session.scalars(
            select(JobRun).where(JobRun.job == PLANNING.name).order_by(JobRun.slot)
        )
        return [
            (one.slot.partition(":")[2], one.state, one.done, one.failed, one.error)
            for one in rows
            if one.slot.startswith("1:")
        ]


def planned() -> list[tuple[int, str, date]]:
    with unit_of_work(write=False) as session:
        rows = session.execute(
            select(Touchpoint.person_id, Touchpoint.code, Touchpoint.planned_on)
            .where(Touchpoint.state == TouchState.QUEUED)
            .order_by(Touchpoint.id)
        )
        return [(row[0], row[1], row[2]) for row in rows]


@pytest.mark.fault
def test_f43_after_three_days_without_a_scheduler_each_member_hears_once_and_as_of_now(
    app: Flask, cast: Cast, sink: Sink
) -> None:
    """Asha's silence rang on the second missed day, Ravi's is over: he came on the third."""
    with time_machine.travel(NIGHT, tick=False) as traveller, app.app_context():
        with unit_of_work():
            lead_only(cast.club, "J06a", "J08", hold_out=0.0)
            asha = silent_since(cast, "Asha", 9)
            ravi = silent_since(cast, "Ravi", 9)
        assert catch_up() == [("2026-03-20", RunState.DONE, 2, 0, "")]
        assert planned() == []

        with unit_of_work():
            came(ravi, cast.club, [FIRST + timedelta(3)])
        traveller.move_to(NIGHT + timedelta(days=4))
        runs = catch_up()

        assert runs == [
            ("2026-03-20", RunState.DONE, 2, 0, ""),
            *((f"2026-03-2{day}", RunState.DONE, 0, 0, SKIPPED) for day in (1, 2, 3)),
            ("2026-03-24", RunState.DONE, 2, 0, ""),
        ]
        assert planned() == [(asha, "J06a", FIRST + timedelta(4))]
        traveller.move_to(NIGHT + timedelta(days=4, hours=8))
        for again in range(3):
            send_outbox(JobContext("send-outbox", f"noon {again}", clock.now()))
            catch_up()
    assert sink.readers == ["asha@x.example"]


@pytest.mark.fault
def test_f45_member_whose_planning_fails_is_listed_and_planned_when_it_can_be(
    app: Flask, cast: Cast
) -> None:
    """Bela's earlier touchpoint lies in the store as nonsense; the others do not suffer from it."""
    with time_machine.travel(NIGHT, tick=False) as traveller, app.app_context():
        with unit_of_work():
            lead_only(cast.club, "J06a", hold_out=0.0)
            asha, bela, chen = (silent_since(cast, one, 11) for one in ("Asha", "Bela", "Chen"))
        _nonsense(cast, bela, "null")

        ((_slot, state, done, failed, error),) = catch_up()

        assert (state, done, failed) == (RunState.DONE, 3, 1)
        assert error.startswith(f"member {bela}: AttributeError")
        assert {person for person, _code, _day in planned()} == {asha, chen}

        traveller.move_to(NIGHT + timedelta(days=1))
        assert catch_up()[-1][3] == 1
        _nonsense(cast, bela, "{}")
        traveller.move_to(NIGHT + timedelta(days=2))
        assert catch_up()[-1][1:4] == (RunState.DONE, 3, 0)
        assert planned()[-1] == (bela, "J06a", FIRST + timedelta(2))
        assert len(planned()) == 3


def _nonsense(cast: Cast, person: int, reason: str) -> None:
    with unit_of_work() as session:
        known = session.scalars(
            select(Touchpoint.id).where(Touchpoint.person_id == person, Touchpoint.code == "J09")
        ).first()
        if known is None:
            old = Touchpoint(
                club_id=cast.club,
                person_id=person,
                cycle_no=1,
                code="J09",
                occurrence=1,
                performer="automatic",
                priority=38,
                arm="T",
                planned_on=FIRST - timedelta(100),
                valid_until=FIRST - timedelta(99),
                state=TouchState.SKIPPED,
                reason={},
            )
            session.add(old)
            session.flush()
        session.execute(
            text("UPDATE touchpoint SET reason = :r WHERE person_id = :p AND code = 'J09'"),
            {"r": reason, "p": person},
        )
