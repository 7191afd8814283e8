"""Ten journeys want to speak to one member in the same night: the caps hold over all of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.events import dispatch_pending
from clubcrm.core.jobs import JobContext
from clubcrm.journeys.definitions import current_settings, save_version
from clubcrm.journeys.facts import refresh_all
from clubcrm.journeys.models import Touchpoint, TouchRefusal, TouchState
from clubcrm.journeys.planning import plan_club
from clubcrm.journeys.rules.own import Condition, Event, Fact, Op, Trigger, to_own
from clubcrm.journeys.rules.settings import CodeRule
from clubcrm.messaging.jobs import send_outbox
from clubcrm.messaging.models import Message, MessageText
from clubcrm.messaging.rules.kinds import TextKind
from tests.cast import Cast
from tests.journeys.life import member
from tests.messaging.conftest import allow_marketing
from tests.messaging.sink import Sink

FIRST = date(2026, 3, 20)
NIGHT = datetime(2026, 3, 19, 22, 30, tzinfo=UTC)  # 04:30 in Dhaka, long before anybody is up
CODES = [f"C{number}" for number in range(1, 11)]


def ten_journeys(club: int) -> None:
    """Ten triggers of the club's own call for everybody, C10 the most urgent."""
    always = to_own(Trigger(Event.ALWAYS, conditions=(Condition(Fact.VISITS, Op.AT_LEAST, "1"),)))
    own = {
        code: CodeRule(code, priority, 30, hold_out=0.0, own=always)
        for priority, code in enumerate(CODES, start=10)
    }
    settings = current_settings(club)
    shipped = {code: replace(rule, on=False) for code, rule in settings.codes.items()}
    save_version(club, replace(settings, codes={**shipped, **own}), by="system")
    for code in CODES:
        words = {"kind": TextKind.EMAIL, "language": "en", "version": 1, "by": "system"}
        db.session.add(
            MessageText(club_id=club, code=code, subject=code, body=f"{code} {{club}}", **words)
        )


def night(app: Flask, cast: Cast, day: date) -> None:
    refresh_all(unit_of_work, cast.club, day)
    plan_club(unit_of_work, cast.club, day)
    send_outbox(JobContext("send-outbox", f"night {day}", clock.now()))
    dispatch_pending()


@pytest.mark.fault
def test_f51_backlog_of_ten_journeys_meets_cap_and_quiet_hours(
    app: Flask, cast: Cast, sink: Sink
) -> None:
    with time_machine.travel(NIGHT, tick=False) as traveller, app.app_context():
        with unit_of_work():
            visits = [FIRST - timedelta(days=3 * n) for n in range(1, 20)]
            person = member(
                cast.club, "Rana", FIRST - timedelta(200), visits, email="rana@x.example"
            )
            allow_marketing(person)
            ten_journeys(cast.club)

        night(app, cast, FIRST)

        with unit_of_work(write=False) as session:
            planned = session.execute(select(Touchpoint.code, Touchpoint.state)).all()
            lost = session.execute(select(TouchRefusal.code, TouchRefusal.why)).all()
            message = session.scalars(select(Message)).one()
            assert message.next_at == datetime(2026, 3, 20, 3, 0, tzinfo=UTC)  # 09:00 in Dhaka
        assert [tuple(row) for row in planned] == [("C10", TouchState.QUEUED)]
        assert sorted(tuple(row) for row in lost) == sorted(
            (one, "lost_to:C10") for one in CODES[:-1]
        )
        assert sink.readers == []

        for number in range(1, 12):
            traveller.move_to(NIGHT + timedelta(days=number, hours=-16))  # noon of the day before
            send_outbox(JobContext("send-outbox", f"noon {number}", clock.now()))
            dispatch_pending()
            traveller.move_to(NIGHT + timedelta(days=number))
            night(app, cast, FIRST + timedelta(days=number))

        with unit_of_work(write=False) as session:
            said = session.execute(
                select(Touchpoint.planned_on, Touchpoint.code).order_by(Touchpoint.planned_on)
            ).all()
    assert [tuple(row) for row in said] == [
        (FIRST, "C10"),
        (FIRST + timedelta(5), "C9"),
        (FIRST + timedelta(10), "C8"),
    ]
    assert [str(mail["Subject"]) for mail in sink.mails] == ["C10", "C9", "C8"]
