import random
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from access_control.adapters.scan import Scan
from access_control.intake import take_backlog
from access_control.models import AccessEvent, Device, DeviceKind, DirectionMode
from access_control.queries.invariants import inside_counts, scans_and_visits, units_of_visits
from access_control.rules.codes import CredentialKind, Direction
from access_control.services.credentials import assign_unmatched
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError
from clubcrm.core.events import Event
from memberships.contracts.invariants import unit_balances
from memberships.contracts.rules import PlanKind
from tests.access_control.gate.floor import (
    at,
    days_told,
    events_told,
    give_card,
    give_contract,
    make_device,
    scan,
    the_door,
    units_left,
    visits_told,
)
from tests.cast import Cast

NOW = at("2026-11-18 12:00")
WEEK = [
    ("10 10:00", "in"),
    ("10 11:30", "out"),
    ("11 22:30", "in"),
    ("12 00:30", "out"),
    ("12 10:00", "in"),
    ("12 10:20", "in"),
    ("12 18:00", "in"),
    ("13 01:00", "in"),
    ("14 09:00", "in"),
    ("14 12:30", "in"),
    ("14 13:00", "out"),
]
TOLD = (
    "10 10:00-11:30 scan 1u, 11 22:30-00:30 scan 1u, 12 10:00-14:20 auto 1u, "
    "12 18:00-22:00 auto 1u, 13 01:00-05:00 auto 1u, 14 09:00-12:30 auto 1u, 14 12:30-13:00 scan 1u"
)
DAYS = {"2026-11-10": 1, "2026-11-11": 1, "2026-11-12": 3, "2026-11-14": 2}


@pytest.fixture
def mia(app: Flask, cast: Cast, time_machine) -> int:
    """Mia holds card 4711 and fifty visits; GATE1 tells in from out."""
    time_machine.move_to(NOW, tick=False)
    with app.app_context(), unit_of_work():
        make_device(cast.club)
        mia = cast.members["Mia"]
        give_card(mia)
        give_contract(mia, cast.club, kind=PlanKind.VISITS, visits=50)
    return mia


def week(prefix: str = "w") -> list[Scan]:
    return [
        scan(at(f"2026-11-{when}"), f"{prefix}{n}", way=Direction(way), offline=True)
        for n, (when, way) in enumerate(WEEK)
    ]


def broken() -> list[str]:
    return [*units_of_visits(), *scans_and_visits(), *inside_counts(), *unit_balances()]


def test_backlog_in_one_piece_makes_the_visits_of_the_week(app: Flask, mia: int):
    with app.app_context():
        take_backlog("GATE1", week(), NOW)

        assert visits_told(mia) == TOLD
        assert days_told(mia) == DAYS
        assert units_left(mia) == 43


@pytest.mark.parametrize("seed", range(12))
def test_events_in_any_order_make_the_same_visits(app: Flask, mia: int, seed: int):
    """F17: days late and out of order, one by one."""
    scans = week()
    random.Random(seed).shuffle(scans)
    with app.app_context():
        for one in scans:
            take_backlog("GATE1", [one], NOW)

        assert visits_told(mia) == TOLD
        assert days_told(mia) == DAYS
        assert units_left(mia) == 43
        assert broken() == []


def test_event_time_is_kept_beside_the_time_of_receipt(app: Flask, mia: int):
    with app.app_context():
        take_backlog("GATE1", week()[:1], NOW)

        kept = db.session.scalars(select(AccessEvent)).one()
        assert (kept.at, kept.received_at) == (at("2026-11-10 10:00"), NOW)


def test_visit_told_late_is_told_upwards_with_its_own_time(app: Flask, mia: int):
    with app.app_context():
        take_backlog("GATE1", week()[:2], NOW)

        kinds = db.session.scalars(select(Event).order_by(Event.id)).all()
        assert [(one.kind, one.happened_at) for one in kinds] == [
            ("VisitStarted", at("2026-11-10 10:00")),
            ("VisitEnded", at("2026-11-10 11:30")),
        ]


@pytest.mark.parametrize("seed", range(4))
def test_alternating_reader_in_any_order_alternates_by_time(app: Flask, cast: Cast, mia: int, seed):
    with app.app_context(), unit_of_work():
        make_device(cast.club, "TOG", direction=DirectionMode.TOGGLE)
    walls = ("10 10:00", "10 11:30", "10 18:00", "10 19:30", "12 10:00")
    scans = [scan(at(f"2026-11-{wall}"), f"t{wall}", offline=True) for wall in walls]
    random.Random(seed).shuffle(scans)
    with app.app_context():
        for one in scans:
            take_backlog("TOG", [one], NOW)

        assert visits_told(mia) == (
            "10 10:00-11:30 scan 1u, 10 18:00-19:30 scan 1u, 12 10:00-14:00 auto 1u"
        )


def test_owner_found_later_gets_the_visits_once(app: Flask, cast: Cast, mia: int):
    strangers = [
        Scan(one.event_key, CredentialKind.PIN, "99", one.device_at, one.direction, offline=True)
        for one in week("s")
    ]
    with app.app_context():
        take_backlog("GATE1", strangers, NOW)
        with unit_of_work():
            assert visits_told(mia) == ""
            scans = assign_unmatched(the_door(), CredentialKind.PIN, "99", mia, by="user:2")
            again = assign_unmatched(the_door(), CredentialKind.PIN, "99", mia, by="user:2")

        assert (scans, again) == (11, 0)
        assert visits_told(mia) == TOLD
        assert units_left(mia) == 43
        assert broken() == []


def test_value_of_somebody_else_cannot_be_assigned(app: Flask, cast: Cast, mia: int):
    with app.app_context(), unit_of_work():
        with pytest.raises(DomainError) as refused:
            assign_unmatched(the_door(), CredentialKind.CARD, "4711", cast.members["Zia"], by="x")
        assert refused.value.code == "CREDENTIAL_TAKEN"


def test_more_visits_than_units_are_all_kept(app: Flask, cast: Cast, time_machine):
    """The door had let them in; history is never refused."""
    time_machine.move_to(NOW, tick=False)
    with app.app_context(), unit_of_work():
        make_device(cast.club)
        zia = cast.members["Zia"]
        give_card(zia)
        give_contract(zia, cast.club, kind=PlanKind.VISITS, visits=2)
    with app.app_context():
        take_backlog("GATE1", week(), NOW)

        assert units_left(zia) == 0
        assert visits_told(zia).count(" 1u") == 2
        assert visits_told(zia).count(" 0u") == 5
        codes = [(status, code) for _key, status, code in events_told()]
        assert codes.count(("offline_admit", "VISITS_USED_UP")) == 5
        assert broken() == []


@pytest.mark.parametrize("wall", ["2000-01-01 00:10", "2026-11-19 12:00"])
@pytest.mark.parametrize("known", [False, True], ids=["first", "after a measured skew"])
def test_impossible_clock_is_set_aside_then_corrected(app: Flask, mia: int, wall: str, known: bool):
    """F19: statistics of 2000 stay empty, and the skew is known and told once."""
    first, second = at(wall), at(wall) + timedelta(hours=5)
    with app.app_context():
        take_backlog("GATE1", [scan(first, "c1", offline=True)], NOW)
        if known:
            take_backlog("GATE1", [scan(second, "c2", offline=True)], NOW + timedelta(hours=5))

        device = db.session.scalars(select(Device)).one()
        assert device.clock_skew_s == int((first - NOW).total_seconds())
        assert [status for _key, status, _code in events_told()] == (
            ["clock_suspect", "normal"] if known else ["clock_suspect"]
        )
        assert visits_told(mia) == ("18 17:00-inside 1u" if known else "")
        told = db.session.scalars(select(Event.kind).where(Event.kind == "DeviceClockWrong")).all()
        assert told == ["DeviceClockWrong"]


@pytest.mark.parametrize(
    ("zone", "walls", "visit"),
    [
        ("Europe/Berlin", ("2026-10-25 02:50", "2026-10-25 02:10"), timedelta(minutes=20)),
        ("Australia/Lord_Howe", ("2026-04-05 01:50", "2026-04-05 01:40"), timedelta(minutes=20)),
        ("Europe/Berlin", ("2026-03-29 01:50", "2026-03-29 03:10"), timedelta(minutes=20)),
    ],
)
def test_f38_terminal_on_the_night_clocks_change(
    app: Flask, cast: Cast, time_machine, zone: str, walls: tuple[str, str], visit: timedelta
):
    """F38 through the terminal's own dialect: 02:50 to 02:10 is twenty minutes."""
    time_machine.move_to(NOW, tick=False)
    with app.app_context(), unit_of_work():
        make_device(
            cast.club, "T1", DeviceKind.ZK_ATT, direction=DirectionMode.STATUS, time_zone=zone
        )
        give_card(cast.members["Mia"], "7", CredentialKind.PIN)
        give_contract(cast.members["Mia"], cast.club)
    body = "".join(f"7\t{wall}:00\t{way}\t1\n" for way, wall in enumerate(walls))

    app.test_client().post("/iclock/cdata?SN=T1&table=ATTLOG", data=body)

    with app.app_context():
        entered, left = db.session.execute(
            select(AccessEvent.at).order_by(AccessEvent.id)
        ).scalars()
        assert left - entered == visit
        assert visits_told(cast.members["Mia"]).endswith("scan 0u")


def test_two_clubs_count_by_their_own_days(app: Flask, cast: Cast, time_machine):
    """F40: one server in UTC, clubs in Dhaka and Berlin."""
    moment = at("2026-11-18 05:30")  # 00:30 in Berlin: still the evening before there
    time_machine.move_to(moment, tick=False)
    with app.app_context(), unit_of_work():
        make_device(cast.club, "HERE")
        make_device(cast.other_club, "THERE")
        for name, club, card in (("Mia", cast.club, "1"), ("Zia", cast.other_club, "2")):
            give_card(cast.members[name], card)
            give_contract(cast.members[name], club)
    with app.app_context():
        take_backlog("HERE", [scan(moment, "a", "1", offline=True)], moment)
        take_backlog("THERE", [scan(moment, "b", "2", offline=True)], moment)

        assert days_told(cast.members["Mia"]) == {"2026-11-18": 1}
        assert days_told(cast.members["Zia"]) == {"2026-11-17": 1}
