"""PINs that nobody owns: guests of members, wrong fingers, a card from another club."""

from dataclasses import dataclass

from access_control.models import EventOwner, Unmatched
from access_control.rules.codes import CredentialKind
from clubcrm.seed.ground import Ground, instant
from clubcrm.seed.lives import ScanKind, pack

FIRST_STRANGER = 2**23
PIN_BASE = 990_001


@dataclass(slots=True)
class Stranger:
    """One unknown PIN at one club, and what was seen of it."""

    pin: str
    town: int
    scans: int = 0
    first: int = 0
    last: int = 0
    first_event_id: int = 0

    def seen(self, event_id: int, second: int) -> None:
        """The PIN was scanned once more."""
        if not self.scans:
            self.first, self.first_event_id = second, event_id
        self.scans += 1
        self.last = second


class Strangers:
    """All unknown PINs of a history and their scans."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.listed: list[Stranger] = []
        self.owner = next((life.number for life in ground.lives if life.town == 0), 0)
        self.scans: list[int] = []
        chance = ground.order.chance("strangers")
        each = max(3, ground.order.members // 120)
        for town, calendar in enumerate(ground.calendars):
            for _ in range(each):
                number = len(self.listed)
                self.listed.append(Stranger(str(PIN_BASE + number * 7), town))
                first = calendar.first + chance.randrange(max(1, len(calendar.starts) - 30))
                for _ in range(chance.choice((1, 1, 2, 3, 5))):
                    day = min(first + chance.randrange(28), ground.today)
                    second = calendar.second(day, chance.gauss(18 * 60, 90))
                    if second <= ground.until:
                        self.scans.append(
                            pack(second, FIRST_STRANGER + number, 0, ScanKind.STRANGER)
                        )

    def write(self) -> None:
        """The list of unknown PINs stands in the store; the first one has found its owner."""
        for number, stranger in enumerate(self.listed):
            if not stranger.scans:
                continue
            owner = self._ground.person_ids[self.owner] if number == 0 else None
            assigned = instant(stranger.last + 7200) if owner else None
            self._ground.store.sink(Unmatched).add(
                device_id=self._ground.doors[stranger.town].entry_id,
                club_id=self._ground.club_ids[stranger.town],
                kind=CredentialKind.PIN,
                value=stranger.pin,
                scans=stranger.scans,
                first_at=instant(stranger.first),
                last_at=instant(stranger.last),
                person_id=owner,
                assigned_at=assigned,
                assigned_by=self._ground.actor("desk") if owner else "",
            )
            if owner and assigned:
                self._ground.store.sink(EventOwner).add(
                    event_id=stranger.first_event_id,
                    person_id=owner,
                    at=assigned,
                    by=self._ground.actor("desk"),
                )
