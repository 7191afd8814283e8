"""The demo's turnstiles: one simulated terminal per club, in threads of the demo process."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread

from sqlalchemy import func, select

from access_control.models import Credential, CredentialState, Device, DeviceKind, DirectionMode
from access_control.rules.codes import CredentialKind
from access_control.simulator.clock import DeviceClock
from access_control.simulator.line import Line
from access_control.simulator.memory import TerminalMemory
from access_control.simulator.quirks import Quirks
from access_control.simulator.run import Shift
from access_control.simulator.terminal import Make, Terminal
from access_control.simulator.traffic import Traffic
from clubcrm.core.clock import now
from clubcrm.core.db import db
from clubcrm.people.models import Person
from memberships.contracts.models import Contract

BUSY_RATE, QUIET_RATE = 5.0, 1.2
LATELY = timedelta(days=45)
HAVE_LEFT = 8


@dataclass(frozen=True, slots=True)
class Post:
    """A terminal to be played: its serial number, who passes it, how often."""

    serial: str
    pins: list[str]
    rate: float
    two_way: bool


def posts() -> list[Post]:
    """One entrance terminal of every club with its present members and a few former ones."""
    found: list[Post] = []
    terminals = db.session.scalars(
        select(Device)
        .where(Device.kind == DeviceKind.ZK_ATT, Device.claimed.is_(True))
        .order_by(Device.id)
    )
    seen: set[int | None] = set()
    for device in terminals:
        if device.club_id in seen or device.direction_mode is DirectionMode.OUT:
            continue
        seen.add(device.club_id)
        pins = _pins(device.club_id, present=True)
        former = _pins(device.club_id, present=False)
        found.append(
            Post(
                serial=device.serial,
                pins=pins + former[: len(pins) // HAVE_LEFT],
                rate=QUIET_RATE if found else BUSY_RATE,
                two_way=device.direction_mode is DirectionMode.STATUS,
            )
        )
    return [post for post in found if post.pins]


def _pins(club_id: int | None, *, present: bool) -> list[str]:
    last = func.coalesce(func.max(Contract.ends_on), (now() + LATELY).date())
    today = now().date()
    statement = (
        select(Credential.value)
        .join(Person, Person.id == Credential.person_id)
        .join(Contract, Contract.person_id == Person.id)
        .where(
            Person.club_id == club_id,
            Credential.kind == CredentialKind.PIN,
            Credential.state == CredentialState.ACTIVE,
        )
        .group_by(Credential.value)
        .having(last >= today if present else last < today)
        .order_by(Credential.value)
    )
    return list(db.session.scalars(statement))


class Turnstiles:
    """All terminals of the demo, each in its own thread."""

    def __init__(self, url: str, folder: Path, listed: list[Post]) -> None:
        self._stopped = Event()
        self._threads = [
            Thread(target=self._play, args=(url, folder, post), daemon=True) for post in listed
        ]

    def start(self) -> None:
        """People pass."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Nobody passes any more, and what was stored has been tried once more."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=20)

    def _play(self, url: str, folder: Path, post: Post) -> None:
        memory = TerminalMemory(folder / f"{post.serial}.sqlite")
        try:
            terminal = Terminal(Line(url, post.serial, Quirks()), memory, DeviceClock(now), Make())
            traffic = Traffic(post.pins, post.rate, Random(f"{post.serial}{now()}"))  # noqa: S311
            traffic.leavers = 0.4 if post.two_way else 0.0
            Shift(terminal, now, self._stopped.wait).open_doors(traffic, None)
        finally:
            memory.close()
