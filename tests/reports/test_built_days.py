"""A report counts over the days that were asked for, and tells instants by the day of the club."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import bindparam, select

from access_control.models import VisitDay
from clubcrm.core.clubs import Club
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.local_days import local_day_of
from clubcrm.core.types import UtcInstant
from clubcrm.leads.api import Arrival, ArrivalChannel, receive_by_hand
from tests.cast import Cast

ClientOf = Callable[[str], FlaskClient]
KATHMANDU = "Asia/Kathmandu"
TODAY = date(2026, 6, 15)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("UTC", datetime(2026, 6, 15, tzinfo=UTC)),
        (KATHMANDU, datetime(2026, 6, 14, 18, 15, tzinfo=UTC)),
        # Berlin is two hours ahead in summer, one in winter; on the day itself two, then one.
        ("Europe/Berlin", datetime(2026, 6, 14, 22, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 24, 22, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 8, 5, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 9, 4, tzinfo=UTC)),
    ],
)
@pytest.mark.usefixtures("unit")
def test_the_store_tells_the_day_of_the_club_to_the_minute(zone: str, midnight: datetime) -> None:
    for at in (midnight - MINUTE, midnight, midnight + MINUTE):
        told = select(local_day_of(bindparam("at", at, UtcInstant()), zone))

        assert db.session.scalar(told) == at.astimezone(ZoneInfo(zone)).date()


@pytest.fixture
def asked_late(app: Flask, cast: Cast) -> int:
    """Rina asks at a quarter past midnight of a club in Kathmandu; she has been there before."""
    with time_machine.travel("2026-06-14T18:30Z", tick=False), app.app_context(), unit_of_work():
        db.session.get_one(Club, cast.club).zone = KATHMANDU
        arrival = Arrival(cast.club, ArrivalChannel.WALK_IN, "Rina Das", "01711000777")
        lead = receive_by_hand(arrival, by="user:2", owner_id=cast.users["Sara"])
        for ago in (10, 40, 200):
            day = TODAY - timedelta(days=ago)
            db.session.add(VisitDay(club_id=cast.club, person_id=lead.person_id, day=day))
        return lead.person_id


def test_days_are_the_clubs_and_counts_are_over_the_days_that_were_asked_for(
    app: Flask, client_of: ClientOf, asked_late: int
) -> None:
    assert asked_late
    with time_machine.travel("2026-06-15T06:00Z", tick=False):
        olga = client_of("Olga")
        about = "/reports/own/build?about=leads&c=arrived&c=t_visits"
        usual = olga.get(about).text
        month = olga.get(f"{about}&w_t_visits=30").text
        sheet = olga.get(f"{about}&w_t_visits=365&as=csv").text
        grouped = olga.get("/reports/own/build?about=leads&f=arrived&o=since&v=2026-06-15").text

    assert "15 Jun 2026" in usual
    assert re.search(r"<td [^>]*>2</td>", usual)
    assert 'name="w_t_visits" value="90"' in usual
    assert "Days with a visit in the last 30 days" in month
    assert re.search(r"<td [^>]*>1</td>", month)
    assert "Days with a visit in the last 365 days" in sheet
    assert "2026-06-15,3" in sheet.replace(";", ",").replace('"', "")
    assert "Rina Das" in grouped
