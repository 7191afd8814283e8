"""Many scans of one door decided in order of time by the rules of one, and written together.

What is known of the people is read once and carried along in memory from scan to scan. A scan that
is anything but plain goes the way of a single scan, after all before it have been written.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from access_control.adapters.scan import Scan
from access_control.queries.doors import Door
from access_control.queries.entry import Before, Sighting, holder_facts, stranger_facts
from access_control.queries.holders import Holder
from access_control.rules.clocks import ClockVerdict, JudgedTime, judge_time
from access_control.rules.codes import Direction
from access_control.rules.credentials import canonical, is_nobody
from access_control.rules.decide import EntryDecision, decide_entry
from access_control.rules.passcode import is_passcode
from access_control.services.crowd import Crowd
from access_control.services.ledger import KeptKey, Line
from access_control.services.scanning import (
    LIVE_WITHIN,
    direction_of,
    handle_scan,
    status_of,
)
from access_control.services.visits import LostRaceError
from access_control.services.writing import Pending
from memberships.api import LotEmptyError

FEW = 4


class Backlog:
    """Scans on their way through one unit of work; `told` says what became of each key."""

    def __init__(self, door: Door, received: datetime) -> None:
        self.door, self.received = door, received
        self.told: dict[str, KeptKey] = {}
        self.again: set[str] = set()

    def take(self, scans: Sequence[Scan], seconds: float) -> None:
        """These scans are kept and decided, or as many of them as the time is enough for.

        Raises LostRaceError when somebody else changed what was read: all of it goes again.
        """
        if not scans or len(scans) < FEW:
            self.take_singly(scans, seconds)
            return
        crowd = Crowd(self.door, [self._seen(scan) for scan in scans])
        pending = Pending(self.door, crowd)
        # What was read is worth deciding on; only scans that go their own way use up the time.
        ends = time.monotonic() + seconds
        try:
            for scan in scans:
                if scan.event_key in self.told or self._plain(scan, crowd, pending):
                    continue
                pending.write()
                crowd.forget(self._single(scan))
                if time.monotonic() > ends:
                    break
            pending.write()
        except (IntegrityError, LotEmptyError) as lost:
            raise LostRaceError from lost

    def take_singly(self, scans: Sequence[Scan], seconds: float) -> None:
        """These scans are kept one by one, or as many of them as the time is enough for."""
        ends = time.monotonic() + seconds
        for scan in scans:
            if scan.event_key not in self.told:
                self._single(scan)
            if time.monotonic() > ends:
                break

    def _single(self, scan: Scan) -> str | None:
        entry = handle_scan(self.door, scan, self.received)
        self.told[scan.event_key] = KeptKey(entry.status, entry.verdict, entry.code)
        if entry.duplicate:
            self.again.add(scan.event_key)
        return entry.person_public_id

    def _seen(self, scan: Scan) -> tuple[Scan, datetime]:
        return scan, judge_time(scan.device_at, self.received, self.door.skew).at

    def _plain(self, scan: Scan, crowd: Crowd, pending: Pending) -> bool:
        """Decide a plain scan from what is known; False when it is not plain."""
        judged = judge_time(scan.device_at, self.received, self.door.skew)
        if judged.verdict is ClockVerdict.SUSPECT or is_passcode(scan.credential):
            return False
        value = canonical(scan.credential_kind, scan.credential)
        if crowd.tapped(value, judged.at):
            return False
        offline = scan.offline or self.received - judged.at > LIVE_WITHIN
        direction = direction_of(self.door, scan)
        nobody = is_nobody(scan.credential_kind, value)
        holder = None if nobody else crowd.holder(scan.credential_kind, value)
        if holder is None and not offline:
            return False
        sighting = self._sighting(crowd, holder, judged.at, direction)
        decision = decide_entry(sighting.facts) if sighting else None
        if sighting is None or decision is None or decision.ends_freeze:
            return False
        self._keep(scan, (judged, offline), (sighting, decision), pending)
        return True

    def _sighting(
        self, crowd: Crowd, holder: Holder | None, at: datetime, direction: Direction
    ) -> Sighting | None:
        if holder is None:
            return Sighting(stranger_facts(self.door, at, direction, Before()), None, Before())
        before, rights = crowd.before(holder.person_id, at, direction)
        if before is None:
            return None
        holder = replace(holder, guardian_inside=crowd.guardian_inside(holder.person_id))
        facts = holder_facts(self.door, holder, (at, direction), rights, before)
        return Sighting(facts, holder, before)

    def _keep(
        self,
        scan: Scan,
        times: tuple[JudgedTime, bool],
        made: tuple[Sighting, EntryDecision],
        pending: Pending,
    ) -> None:
        (judged, offline), (sighting, decision) = times, made
        status = status_of(sighting.holder, decision, offline, judged)
        value = canonical(scan.credential_kind, scan.credential)
        line = Line(
            self.door,
            scan,
            scan.credential_kind,
            value,
            judged.at,
            self.received,
            status,
            offline,
        )
        pending.add(line, sighting, decision)
        self.told[scan.event_key] = KeptKey(status, decision.verdict, decision.code)
