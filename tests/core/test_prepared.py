"""Prepared statements say exactly what the same statements say through the session."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from access_control.models import Device, DeviceKind, DirectionMode
from clubcrm.core.clubs import Club, ClubSetting
from clubcrm.core.db import db
from clubcrm.core.events import Event, Fact, record_many
from clubcrm.core.keys import take_keys
from clubcrm.core.prepared import Prepared

NOON = datetime(2026, 11, 26, 12, 0, 30, 250_000, tzinfo=UTC)
DEVICES = select(
    Device.id, Device.kind, Device.claimed, Device.counts, Device.last_seen_at, Device.club_id
).where(Device.serial == bindparam("serial"), Device.kind == DeviceKind.GENERIC)


@dataclass(frozen=True, slots=True)
class _Met(Fact):
    number: int


@pytest.fixture
def gate(unit, cast) -> Device:
    device = Device(
        serial="G-1",
        name="Gate",
        kind=DeviceKind.GENERIC,
        club_id=cast.club,
        claimed=True,
        direction_mode=DirectionMode.IN,
        counts={"users": 3, "name": "দরজা"},
        last_seen_at=NOON,
    )
    db.session.add(device)
    db.session.flush()
    return device


def test_rows_are_those_of_the_session(gate):
    asked = {"serial": "G-1"}

    usual = db.session.execute(DEVICES, asked).one()
    prepared = Prepared(DEVICES).all(db.session.connection(), asked)

    assert [tuple(row) for row in prepared] == [tuple(usual)]
    assert prepared[0].kind is DeviceKind.GENERIC
    assert (prepared[0].claimed, prepared[0].last_seen_at) == (True, NOON)
    assert prepared[0].counts == {"users": 3, "name": "দরজা"}


def test_nobody_found_is_none_and_no_rows(gate):
    prepared, asked = Prepared(DEVICES), {"serial": "another"}

    assert prepared.first(db.session.connection(), asked) is None
    assert prepared.all(db.session.connection(), asked) == []


def test_inserted_values_come_back_as_they_went_in(unit, cast):
    names = ("kind", "club_id", "happened_at", "recorded_at", "payload", "unit_id")
    add = Prepared(insert(Event.__table__).returning(Event.id), *names)

    kept = add.first(
        db.session.connection(),
        {
            "kind": "Told",
            "club_id": cast.club,
            "happened_at": NOON,
            "recorded_at": NOON,
            "payload": {"words": ["आज", None]},
            "unit_id": "u1",
        },
    )

    event = db.session.get_one(Event, kept.id)
    assert (event.happened_at, event.payload) == (NOON, {"words": ["आज", None]})


def test_update_tells_how_many_rows_it_concerned(gate):
    rename = Prepared(
        update(Device).where(Device.serial == bindparam("which")).values(name=bindparam("title"))
    )

    assert rename.run(db.session.connection(), {"which": "G-1", "title": "Main"}) == 1
    assert rename.run(db.session.connection(), {"which": "G-2", "title": "Main"}) == 0


def test_trouble_of_the_driver_is_told_as_by_the_session(unit, cast):
    add = Prepared(insert(ClubSetting.__table__), "club_id", "name", "value", "changed_at")
    row = {"club_id": cast.club, "name": "twice", "value": 1, "changed_at": NOON}
    add.run(db.session.connection(), row)

    with pytest.raises(IntegrityError) as refused:
        add.run(db.session.connection(), row)

    assert isinstance(refused.value, DBAPIError)
    assert refused.value.__cause__ is refused.value.orig


def test_naive_times_are_refused_as_everywhere(gate):
    touch = Prepared(
        update(Device).where(Device.id == bindparam("which")).values(last_seen_at=bindparam("at"))
    )

    with pytest.raises(ValueError, match="naive"):
        touch.run(
            db.session.connection(),
            {"which": gate.id, "at": datetime(2026, 11, 26, 12)},  # noqa: DTZ001 - on purpose
        )


@pytest.mark.parametrize(
    "prepared",
    [
        pytest.param(Prepared(select(Club.id).where(Club.id.in_([1, 2]))), id="a list of values"),
        pytest.param(Prepared(insert(Club.__table__), "name", "zone"), id="defaults wanted"),
    ],
)
def test_what_cannot_be_prepared_is_refused_at_once(unit, prepared):
    with pytest.raises(ValueError, match="no lists and knows no defaults"):
        prepared.all(db.session.connection(), {})


def test_selects_are_counted_like_others(gate, count_selects):
    before = len(count_selects)

    Prepared(DEVICES).first(db.session.connection(), {"serial": "G-1"})

    assert len(count_selects) == before + 1


def test_many_rows_go_in_as_they_would_one_by_one(unit, cast):
    names = ("id", "kind", "club_id", "happened_at", "recorded_at", "payload", "unit_id")
    add = Prepared(insert(Event.__table__), *names)
    keys = take_keys(Event, 3)
    rows = [
        dict(zip(names, (key, f"K{key}", cast.club, NOON, NOON, {"n": key}, "u"), strict=True))
        for key in keys
    ]

    told = add.run_many(db.session.connection(), rows)

    kept = db.session.scalars(select(Event).where(Event.unit_id == "u").order_by(Event.id)).all()
    assert told == 3
    assert [(one.id, one.kind, one.happened_at, one.payload) for one in kept] == [
        (key, f"K{key}", NOON, {"n": key}) for key in keys
    ]
    assert add.run_many(db.session.connection(), []) == 0


def test_taken_keys_are_new_and_go_up(unit, cast):
    first = take_keys(Event, 2)
    record_many([_Met(cast.club, NOON, 1), _Met(cast.club, NOON, 2)])
    kept = db.session.scalars(select(Event).where(Event.kind == "_Met").order_by(Event.id)).all()

    assert first == sorted(set(first))
    assert [one.payload for one in kept] == [
        {"club_id": cast.club, "happened_at": NOON.isoformat(), "number": n} for n in (1, 2)
    ]
    assert take_keys(Event, 0) == []
    assert take_keys(Event, 1)[0] > max(one.id for one in kept)
