"""Terminals and desks of the clubs, with what devices leave behind: commands, bodies, bad lines."""

from datetime import datetime, timedelta

from access_control.models import (
    Device,
    DeviceCommand,
    DeviceKind,
    DirectionMode,
    InboxBody,
    RejectedLine,
)
from access_control.rules.commands import CommandKind, CommandState
from clubcrm.seed.ground import Door, Ground
from clubcrm.seed.order import public_id

SERIALS = ("DEMO-DHK-1", "DEMO-PTN-1", "DEMO-ALA-1", "DEMO-BER-1")
BAD_LINE = "1044\t2026-13-45 25:61:00\t0\t1\t0\t0\t0"


def hang_doors(ground: Ground) -> None:
    """Every club has a terminal at the entrance, some one at the exit, and a desk."""
    for place, calendar in enumerate(ground.calendars):
        serial = SERIALS[place % len(SERIALS)]
        two_way = calendar.town.exits_scanned
        mode = DirectionMode.STATUS if two_way else DirectionMode.IN
        entry = _terminal(ground, place, serial, "Turnstile", mode)
        leaving = entry
        if place == 0:
            leaving = _terminal(ground, place, f"{serial}-OUT", "Way out", DirectionMode.OUT)
        desk = ground.store.sink(Device).add(
            public_id=public_id(ground.order.chance("desk", place)),
            serial=f"desk-{ground.club_ids[place]}",
            name="Desk",
            kind=DeviceKind.DESK,
            club_id=ground.club_ids[place],
            claimed=True,
            direction_mode=DirectionMode.IN,
            created_at=_opened(ground),
        )
        ground.doors.append(Door(entry, leaving, desk, serial))
    _unclaimed(ground)
    _leave_traces(ground)


def _opened(ground: Ground) -> datetime:
    return ground.order.moment - timedelta(days=round(ground.order.years * 365) + 20)


def _terminal(ground: Ground, place: int, serial: str, name: str, mode: DirectionMode) -> int:
    moment = ground.order.moment
    return ground.store.sink(Device).add(
        public_id=public_id(ground.order.chance("device", serial)),
        serial=serial,
        name=name,
        kind=DeviceKind.ZK_ATT,
        club_id=ground.club_ids[place],
        claimed=True,
        direction_mode=mode,
        push_version="2.4.1",
        firmware="Ver 8.0.4.2",
        counts={"users": 0, "fingerprints": 0, "punches": 0},
        last_seen_at=moment - timedelta(seconds=20),
        last_event_at=moment - timedelta(minutes=3),
        last_address="192.0.2.20",
        clock_skew_s=0,
        created_at=_opened(ground),
    )


def _unclaimed(ground: Ground) -> None:
    ground.store.sink(Device).add(
        public_id=public_id(ground.order.chance("device", "unclaimed")),
        serial="CKJF211260042",
        kind=DeviceKind.ZK_ATT,
        push_version="2.2.14",
        last_seen_at=ground.order.moment - timedelta(minutes=9),
        last_address="192.0.2.33",
        created_at=ground.order.moment - timedelta(hours=5),
    )


def _leave_traces(ground: Ground) -> None:
    store, moment = ground.store, ground.order.moment
    door = ground.doors[0]
    states = (CommandState.DONE, CommandState.DONE, CommandState.FAILED, CommandState.EXPIRED)
    for number, state in enumerate(states):
        queued = moment - timedelta(days=number + 1, hours=2)
        answered = state in {CommandState.DONE, CommandState.FAILED}
        opens = number % 2 == 0
        store.sink(DeviceCommand).add(
            device_id=door.entry_id,
            kind=CommandKind.OPEN_DOOR if opens else CommandKind.REREAD,
            arguments={},
            state=state,
            times_sent=1,
            queued_at=queued,
            queued_by=ground.actor("desk"),
            sent_at=queued + timedelta(seconds=3),
            finished_at=queued + timedelta(seconds=5) if answered else None,
            expires_at=queued + timedelta(seconds=10 if opens else 7 * 86_400),
            result_code={CommandState.DONE: 0, CommandState.FAILED: -1}.get(state),
        )
    received = moment - timedelta(days=3, hours=1)
    inbox_id = store.sink(InboxBody).add(
        device_serial=door.serial,
        path="/iclock/cdata",
        query=f"SN={door.serial}&table=ATTLOG&Stamp=9999",
        headers={"User-Agent": "iClock Proxy/1.09"},
        address="192.0.2.20",
        body=f"{BAD_LINE}\n".encode(),
        received_at=received,
    )
    store.sink(RejectedLine).add(
        device_id=door.entry_id,
        inbox_id=inbox_id,
        raw=BAD_LINE,
        reason="The time is not a date and time.",
        at=received,
    )
