"""The turnstile's verb: a scan comes in, a decision stands in the ledger, a visit follows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from access_control.adapters.scan import Scan
from access_control.events import AdmittedOffline, EntryRefused
from access_control.models import DeviceKind, DirectionMode, EventStatus
from access_control.queries.doors import Door
from access_control.queries.entry import Before, Sighting, sighting_of
from access_control.queries.holders import Holder, holder_by_public_id, holder_of
from access_control.queries.scans import stored_scan
from access_control.rules.clocks import ClockVerdict, JudgedTime, judge_time
from access_control.rules.codes import Code, CredentialKind, Direction, Severity
from access_control.rules.credentials import canonical, is_nobody
from access_control.rules.decide import EntryDecision, Note, decide_again, decide_entry
from access_control.rules.facts import facts_from
from access_control.rules.passcode import is_passcode, passcode_owner, read_passcode
from access_control.services.ledger import Line, add_line, kept_line
from access_control.services.rebuilding import Whose, rebuild_visits
from access_control.services.unknowns import count_flood, is_flooded, note_unknown
from access_control.services.visits import keep_visit
from clubcrm.core import events, failpoints
from memberships.api import end_freeze

# An event older than this was decided by the door itself while nobody could be asked.
LIVE_WITHIN = timedelta(minutes=5)
WORTH_SETTLING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of a scan; the same however often the same event is told."""

    event_id: int
    public_id: str
    event_key: str
    status: EventStatus
    verdict: Severity
    code: Code
    params: dict[str, Any]
    notes: tuple[Note, ...]
    person_public_id: str | None
    person_name: str | None
    units_left: int | None
    open_seconds: int
    duplicate: bool = False

    @property
    def admitted(self) -> bool:
        """Tell whether the door opens."""
        return self.verdict is not Severity.DENY


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown at the door: the credential in canonical form, and who holds it."""

    kind: CredentialKind
    value: str
    holder: Holder | None


def handle_scan(door: Door, scan: Scan, received: datetime, *, by: str = "") -> Entry:
    """The scan is decided, kept, and the visit it makes stands; a repeat gives the first answer.

    Raises LotRanOutError when a unit went elsewhere in between: the caller starts again.
    """
    judged = judge_time(scan.device_at, received, door.skew)
    offline = scan.offline or received - judged.at > LIVE_WITHIN
    shown = show(door, scan, judged.at)
    direction = direction_of(door, scan)
    sighting = sighting_of(door, shown.holder, judged.at, shown.value, direction)
    tap = sighting.before.first_tap(direction)
    if tap is not None:
        return _bounced(door, scan, shown, (judged, received), tap)
    decision = decide_entry(sighting.facts)
    status = status_of(shown.holder, decision, offline, judged)
    if (
        status is EventStatus.UNMATCHED
        and not offline
        and is_flooded(door, shown.kind, shown.value)
    ):
        return _uncounted(door, scan, shown, decision, judged.at)
    line = Line(door, scan, shown.kind, shown.value, judged.at, received, status, offline, by)
    event_id, public_id = add_line(line, sighting, decision)
    if event_id is None:
        return entry_again(kept_line(door.device_id, scan.event_key))
    failpoints.hit("gate.after_insert")
    if status is not EventStatus.CLOCK_SUSPECT:
        _follow(line, sighting, decision, event_id)
    return _entry(event_id, public_id, line, shown.holder, decision)


def entry_again(event_id: int) -> Entry:
    """Return the first answer of a stored scan, worked out from its stored inputs."""
    kept = stored_scan(event_id)
    decision = decide_again(kept.rule_version, facts_from(kept.inputs))
    name = f"{kept.given_name or ''} {kept.family_name or ''}".strip() or None
    return Entry(
        event_id=kept.id,
        public_id=kept.public_id,
        event_key=kept.event_key,
        status=kept.status,
        verdict=kept.decision,
        code=kept.code,
        params=decision.params,
        notes=decision.notes,
        person_public_id=kept.person_public_id,
        person_name=name,
        units_left=decision.units_left,
        open_seconds=decision.open_seconds,
        duplicate=True,
    )


def show(door: Door, scan: Scan, at: datetime) -> Shown:
    """Return the credential of a scan in canonical form and who holds it."""
    if is_passcode(scan.credential):
        public_id = read_passcode(scan.credential, at, passcode_keys())
        holder = holder_by_public_id(public_id, door.club_id) if public_id else None
        return Shown(CredentialKind.QR, passcode_owner(scan.credential), holder)
    value = canonical(scan.credential_kind, scan.credential)
    if is_nobody(scan.credential_kind, value):
        return Shown(scan.credential_kind, value, None)
    return Shown(scan.credential_kind, value, holder_of(scan.credential_kind, value, door.club_id))


def passcode_keys() -> list[bytes]:
    """Return the keys rotating codes are signed with, the present one first."""
    secrets = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return [b"passcode:" + str(secret).encode() for secret in secrets]


def direction_of(door: Door, scan: Scan) -> Direction:
    """Return which way a scan went: a terminal's own mode rules, others may say it themselves."""
    if door.mode is DirectionMode.STATUS:
        return scan.direction
    told = scan.direction in {Direction.IN, Direction.OUT} and door.kind is not DeviceKind.ZK_ATT
    return scan.direction if told else Direction(door.mode.value)


def status_of(
    holder: Holder | None, decision: EntryDecision, offline: bool, judged: JudgedTime
) -> EventStatus:
    """Return what kind of line a scan becomes."""
    if offline and judged.verdict is ClockVerdict.SUSPECT:
        return EventStatus.CLOCK_SUSPECT
    if holder is None:
        return EventStatus.UNMATCHED
    if offline and not decision.admitted:
        return EventStatus.OFFLINE_ADMIT
    return EventStatus.NORMAL


def _follow(line: Line, sighting: Sighting, decision: EntryDecision, event_id: int) -> None:
    """What a kept scan brings about: an unmatched value, a refusal told, or a visit."""
    holder = sighting.holder
    if holder is None:
        if line.status is EventStatus.UNMATCHED and not is_nobody(line.kind, line.value):
            note_unknown(line.door, line.kind, line.value, line.at)
        return
    if not decision.admitted:
        refusal = refusal_of(line, decision, event_id, holder.person_id)
        if refusal is not None:
            events.record(refusal)
        if line.status is not EventStatus.OFFLINE_ADMIT:
            return
    by = line.by or f"device:{line.door.serial}"
    if decision.ends_freeze:
        end_freeze(holder.person_id, sighting.facts.day, by)
    if sighting.before.newer:
        door = line.door
        whose = Whose(holder.person_id, door.club_id, door.tz, door.policy, by)
        rebuild_visits(whose, line.at)
    else:
        keep_visit(line.door, sighting, decision, event_id, by)


def refusal_of(
    line: Line, decision: EntryDecision, event_id: int, person_id: int
) -> EntryRefused | AdmittedOffline | None:
    """Return what tells a refusal upwards.

    A door that opened by itself is told only while the desk can still act.
    """
    fact: type[EntryRefused | AdmittedOffline] = EntryRefused
    if line.status is EventStatus.OFFLINE_ADMIT:
        if decision.code is Code.PASSBACK or line.received - line.at > WORTH_SETTLING:
            return None
        fact = AdmittedOffline
    return fact(
        club_id=line.door.club_id,
        happened_at=line.at,
        event_id=event_id,
        person_id=person_id,
        code=decision.code.value,
    )


def _bounced(
    door: Door,
    scan: Scan,
    shown: Shown,
    times: tuple[JudgedTime, datetime],
    tap: int,
) -> Entry:
    """The second scan of one tap stands in the ledger with the first one's decision."""
    judged, received = times
    kept = stored_scan(tap)
    if kept.event_key == scan.event_key:
        return entry_again(tap)
    facts = facts_from(kept.inputs)
    decision = decide_again(kept.rule_version, facts)
    status = EventStatus.DUPLICATE_TAP
    line = Line(door, scan, shown.kind, shown.value, judged.at, received, status)
    sighting = Sighting(facts, shown.holder, Before())
    event_id, public_id = add_line(line, sighting, decision)
    if event_id is None:
        return entry_again(kept_line(door.device_id, scan.event_key))
    return _entry(event_id, public_id, line, shown.holder, decision)


def _uncounted(
    door: Door, scan: Scan, shown: Shown, decision: EntryDecision, at: datetime
) -> Entry:
    """Refuse one of a flood of unknown cards: counted, not kept."""
    count_flood(door, shown.kind, at)
    line = Line(door, scan, shown.kind, shown.value, at, at, EventStatus.UNMATCHED)
    return _entry(0, "", line, None, decision)


def _entry(
    event_id: int, public_id: str, line: Line, holder: Holder | None, decision: EntryDecision
) -> Entry:
    return Entry(
        event_id=event_id,
        public_id=public_id,
        event_key=line.scan.event_key,
        status=line.status,
        verdict=decision.verdict,
        code=decision.code,
        params=decision.params,
        notes=decision.notes,
        person_public_id=holder.public_id if holder else None,
        person_name=holder.name if holder else None,
        units_left=decision.units_left,
        open_seconds=decision.open_seconds,
    )
