"""A device under our own control, scans of real members, and the requests that carry them."""

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import func, select

from access_control.adapters.generic import sign
from access_control.models import Credential, CredentialState, Device, DeviceKind, DirectionMode
from access_control.services.devices import device_keys
from bench.load import post_json
from clubcrm.core import clock
from clubcrm.core.db import db, unit_of_work
from clubcrm.people.models import Person

SERIAL = "BENCH-DOOR"
NONCE = "bench"


@dataclass(frozen=True, slots=True)
class Gate:
    """A device's key and the credentials people show at it."""

    key: bytes
    device_id: int
    credentials: tuple[tuple[str, str, int], ...]

    def body(self, run: str, number: int) -> bytes:
        """Return the JSON of the numbered scan of a run: everybody in, then everybody out."""
        return json.dumps(self.event(run, number, clock.now())).encode()

    def event(self, run: str, number: int, at: datetime) -> dict[str, object]:
        """Return the numbered scan of a run as a controller tells it."""
        turn, place = divmod(number, len(self.credentials))
        kind, value, _person = self.credentials[place]
        return {
            "device": SERIAL,
            "event_id": f"{run}-{number}",
            "credential": {"type": kind, "value": value},
            "at": at.isoformat(),
            "direction": "out" if turn % 2 else "in",
        }

    def backlog(self, run: str, count: int, ended: datetime) -> bytes:
        """Return a batch of scans that end at an instant, ten seconds apart."""
        began = ended - timedelta(seconds=10 * count)
        events = [self.event(run, n, began + timedelta(seconds=10 * n)) for n in range(count)]
        return json.dumps({"events": events}).encode()

    def signed(self, path: str, body: bytes) -> bytes:
        """Return the signed POST of a body."""
        stamp = str(int(time.time()))
        headers = (f"X-Club-Timestamp: {stamp}", f"X-Club-Signature: {sign(body, stamp, self.key)}")
        return post_json(path, body, *headers)


def open_gate(app: Flask) -> Gate:
    """Put our device into the club with the most people, and gather their credentials."""
    with app.app_context():
        with unit_of_work() as session:
            club_id = (
                session.execute(
                    select(Person.club_id).group_by(Person.club_id).order_by(func.count().desc())
                )
                .scalars()
                .first()
            )
            device = Device(
                serial=SERIAL,
                name="Bench",
                kind=DeviceKind.GENERIC,
                club_id=club_id,
                claimed=True,
                direction_mode=DirectionMode.STATUS,
                key_nonce=NONCE,
            )
            session.add(device)
            session.flush()
            held = session.execute(
                select(Credential.kind, Credential.value, Credential.person_id)
                .join(Person, Person.id == Credential.person_id)
                .where(Person.club_id == club_id, Credential.state == CredentialState.ACTIVE)
                .order_by(Credential.id)
            ).all()
            device_id = device.id
        key = next(iter(device_keys(SERIAL, NONCE)))
        db.engine.dispose()
    credentials = tuple((str(kind.value), value, person) for kind, value, person in held)
    return Gate(key, device_id, credentials)
