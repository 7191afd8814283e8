"""Tells every scan of every life in order of time: the event, its decision, the visit it makes."""

import json
from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from access_control.models import AccessEvent, EventStatus, Visit, VisitDay
from access_control.rules.anniversaries import age_on
from access_control.rules.codes import Code, CredentialKind, Direction, Severity
from access_control.rules.decide import EntryDecision, decide_entry
from access_control.rules.facts import inputs_of
from access_control.rules.visits import LeftHow
from clubcrm.seed.ground import Ground, instant
from clubcrm.seed.lives import Scan, ScanKind, member_of, unpack
from clubcrm.seed.order import Numbered
from clubcrm.seed.passage_rows import DAY_COLUMNS, EVENT_COLUMNS, VISIT_COLUMNS, Batch, Part
from clubcrm.seed.rights import ZONE, RightsBook, Trace
from clubcrm.seed.strangers import FIRST_STRANGER, Strangers
from memberships.packages.models import EntryKind

AUTO_EXIT_S = 4 * 3600
REENTRY_S = 7200
RULES = 1
DAY_S = 86_400
EPOCH = 719_163
VISIT_DAY_TURN_S = 14_400
# Looked up a million times, so taken out of their classes once.
ENTRY, EXIT, STRANGER = ScanKind.ENTRY, ScanKind.EXIT, ScanKind.STRANGER
IN, OUT, NORMAL = Direction.IN.value, Direction.OUT.value, EventStatus.NORMAL.value
PIN, BY_SCAN, BY_RULE = CredentialKind.PIN.value, LeftHow.SCAN.value, LeftHow.AUTO.value
LAST_MONTH = 30
PLAIN_GAP_DAYS = 20
ADULT_DAYS = 15 * 366
LEAP_DAY = (2, 29)
BATCH = 4_000
REFUSED = Severity.DENY.value
_json = json.JSONEncoder(ensure_ascii=False).encode
Answer = tuple[str, str, str, int | None]


class Passages:
    """Tells events, visits and visit-days; keeps of each member what the next scan needs.

    Keys and public ids follow from the place of a scan among all scans, so that several parts can
    be told at once and give the same rows as one.
    """

    def __init__(self, ground: Ground, strangers: Strangers, part: Part) -> None:
        store = ground.store
        self._ground, self._strangers, self.part = ground, strangers, part
        self._book = RightsBook(ground)
        self._traces: dict[int, Trace] = {}
        self._event_ids = Numbered(ground.order, "event")
        self._visit_ids = Numbered(ground.order, "visit")
        self._shape = store.sink(AccessEvent).shaper(*EVENT_COLUMNS)
        self._shape_visit = store.sink(Visit).shaper(*VISIT_COLUMNS)
        self._shape_day = store.sink(VisitDay).shaper(*DAY_COLUMNS)
        self._names: dict[int, str] = {}
        self._days: dict[int, tuple[int, int]] = {}
        self._clock = store.clock_texts()
        self._wall_clock = [text[:8] for text in self._clock]
        self._offsets: dict[tuple[int, int], int] = {}
        self._plain: dict[tuple[int, int, int, int | None], tuple[Answer, str]] = {}
        self._second, self._text = -1, ""
        self._batch = Batch()
        self._place = 0

    def tell(self, scans: list[int]) -> Iterator[Batch]:
        """The rows of every scan of this part, in order of time, a batch at a time."""
        elsewhere = self._elsewhere()
        for place, packed in enumerate(scans):
            if member_of(packed) in elsewhere:
                continue
            scan = unpack(packed)
            self._place = place
            if scan.kind is STRANGER:
                self._stranger(scan)
            elif scan.kind is EXIT:
                self._exit(scan)
            else:
                self._entry(scan)
            self._batch.scans += 1
            if self._batch.scans >= BATCH:
                yield self._hand_over()
        for trace in self._traces.values():
            self._close(trace)
            self._put_day(trace)
        yield self._hand_over()

    def is_mine(self, member: int) -> bool:
        """Tell whether a member's scans are told in this part; strangers come with their owner."""
        part = self.part
        if part.parts == 1:
            return True
        if member >= FIRST_STRANGER or member == self._strangers.owner:
            return part.number == 0
        return member % part.parts == part.number

    def _elsewhere(self) -> frozenset[int]:
        members = [life.number for life in self._ground.lives]
        strangers = [FIRST_STRANGER + number for number in range(len(self._strangers.listed))]
        return frozenset(one for one in (*members, *strangers) if not self.is_mine(one))

    def _hand_over(self) -> Batch:
        full, self._batch = self._batch, Batch()
        return full

    def _local(self, town: int, second: int) -> int:
        hour = second // 3600
        offset = self._offsets.get((town, hour))
        if offset is None:
            zone = ZoneInfo(self._ground.calendars[town].town.zone)
            moved = instant(hour * 3600).astimezone(zone).utcoffset()
            offset = int(moved.total_seconds()) if moved else 0
            self._offsets[town, hour] = offset
        return second + offset

    def _wall(self, local: int) -> str:
        day, rest = divmod(local, DAY_S)
        return f"{self._name(day)} {self._wall_clock[rest]}"

    def _name(self, day: int) -> str:
        name = self._names.get(day)
        if name is None:
            name = self._names[day] = date.fromordinal(EPOCH + day).isoformat()
        return name

    def _instant(self, second: int) -> str:
        """The instant as text; the same one is asked for several times while a scan is told."""
        if second != self._second:
            self._second, self._text = second, self._later(second)
        return self._text

    def _later(self, second: int) -> str:
        """An instant that nobody asks for again."""
        day, rest = divmod(second, DAY_S)
        return f"{self._name(day)} {self._clock[rest]}"

    def _entry(self, scan: Scan) -> None:
        ground, member = self._ground, scan.member
        life = ground.lives[member]
        town = life.town
        if scan.kind is ScanKind.WRONG_CLUB:
            town = (town + 1) % len(ground.club_ids)
        local = self._local(town, scan.second)
        trace = self._traces.get(member)
        if trace is None:
            trace = self._traces[member] = Trace()
        if scan.kind is ScanKind.DOUBLE_TAP and trace.last == scan.second - 3:
            self._again(scan, town, local)
        elif (sight := self._plain_sight(scan, local, trace)) is not None:
            answer, inputs = self._plain_answer(scan, town, local, sight)
            event_id = self._event(scan, town, local, answer, inputs)
            if answer[0] != REFUSED:
                self._arrive(scan, town, local, event_id, answer[3], 0)
        else:
            self._decided(scan, town, local, trace)

    def _plain_sight(self, scan: Scan, local: int, trace: Trace) -> int | None:
        """How near the contract's end is when nothing else can matter, None when more may.

        0 is far from the end; 1 and more is the last month, counted up by renewals signed.
        """
        ground, member = self._ground, scan.member
        day = local // DAY_S + EPOCH
        if scan.kind > ENTRY or (member in ground.blocks and any(self._book.blocks(member, day))):
            return None
        agreements = ground.lives[member].agreements
        agreement = agreements[scan.contract]
        if (
            (trace.day and day - trace.day >= PLAIN_GAP_DAYS)
            or trace.day == (local - VISIT_DAY_TURN_S) // DAY_S + EPOCH
            or (member, scan.contract) in ground.lots
            or agreement.starts > day
            or self._is_birthday(member, day)
        ):
            return None
        if agreement.ends is None or agreement.ends - day > LAST_MONTH + 1:
            return 0
        if not 0 <= agreement.ends - day < LAST_MONTH:
            return None
        return 1 + sum(later.signed <= day for later in agreements[scan.contract + 1 :])

    def _is_birthday(self, member: int, day: int) -> bool:
        birth, (month, on) = self._ground.births[member], self._month_and_day(day)
        if birth.month == LEAP_DAY[0] and birth.day == LEAP_DAY[1]:
            return True
        return birth.month == month and abs(birth.day - on) <= 1

    def _month_and_day(self, day: int) -> tuple[int, int]:
        found = self._days.get(day)
        if found is None:
            on = date.fromordinal(day)
            found = self._days[day] = on.month, on.day
        return found

    def _young(self, member: int, day: int) -> int | None:
        """The age of a child, on which the gate's answer may depend; None for everybody else."""
        birth = self._ground.births[member]
        if birth.toordinal() + ADULT_DAYS <= day:
            return None
        return age_on(birth, date.fromordinal(day))

    def _plain_answer(self, scan: Scan, town: int, local: int, sight: int) -> tuple[Answer, str]:
        """Decided once per contract and sight; only instant and day differ from scan to scan."""
        member, day = scan.member, local // DAY_S
        key = (member, scan.contract, sight, self._young(member, day + EPOCH))
        kept = self._plain.get(key)
        if kept is None:
            facts = self._book.facts(scan.second, local, town, Trace(), scan.member)
            values = inputs_of(facts)
            del values["at"], values["day"]
            rest = _json(values)[1:]
            kept = self._plain[key] = (_answer(decide_entry(facts)), rest)
        at = self._instant(scan.second)
        return kept[0], (
            f'{{"at": "{at[:10]}T{at[11:19]}+00:00", "day": "{self._name(day)}", {kept[1]}'
        )

    def _decided(self, scan: Scan, town: int, local: int, trace: Trace) -> None:
        facts = self._book.facts(scan.second, local, town, trace, scan.member)
        decision = decide_entry(facts)
        answer = _answer(decision)
        inputs = _json(inputs_of(facts))
        event_id = self._event(scan, town, local, answer, inputs)
        if decision.admitted:
            if trace.since and scan.second - trace.since <= REENTRY_S:
                trace.last, trace.last_out = scan.second, False
            else:
                drawn = self._draw(scan, decision)
                self._arrive(scan, town, local, event_id, decision.contract_id, drawn)

    def _draw(self, scan: Scan, decision: EntryDecision) -> int:
        lot = self._ground.lots.get((scan.member, scan.contract))
        if lot is None or decision.draws_lot != lot.lot_id:
            return 0
        lot.remaining -= 1
        lot.lines.append(
            {
                "kind": EntryKind.USE,
                "delta": -1,
                "source_kind": "visit",
                "at": instant(scan.second),
                "by": f"device:{self._ground.doors[self._ground.lives[scan.member].town].serial}",
                "unit_id": self._ground.unit("visit", scan.member, scan.second),
            }
        )
        return 1

    def _arrive(
        self, scan: Scan, town: int, local: int, event_id: int, contract_id: int | None, drawn: int
    ) -> None:
        trace = self._traces[scan.member]
        self._close(trace)
        visit_day = (local - VISIT_DAY_TURN_S) // DAY_S + EPOCH
        if trace.day != visit_day:
            self._put_day(trace)
            trace.last_day, trace.day, trace.day_visits = trace.day, visit_day, 0
            trace.town = town
        trace.day_visits += 1
        trace.person_id = self._ground.person_ids[scan.member]
        trace.last = trace.since = scan.second
        trace.last_out = False
        visit_public_id = self._visit_ids.public_id(self._place)
        if drawn:
            self._ground.lots[scan.member, scan.contract].lines[-1]["source_id"] = visit_public_id
        trace.visit = [
            self.part.first_visit + self._place, visit_public_id,
            self._ground.club_ids[town], trace.person_id, contract_id,
            self._name(visit_day - EPOCH), self._instant(scan.second),
            None, None, event_id, None, drawn,
        ]  # fmt: skip

    def _close(self, trace: Trace) -> None:
        """The visit that nobody ended is over four hours after it began, or still goes on."""
        if trace.visit is None:
            return
        over = trace.last + AUTO_EXIT_S
        if trace.visit[7] is None and over <= self._ground.until:
            trace.visit[7], trace.visit[8] = self._later(over), BY_RULE
        self._batch.visits.append(self._shape_visit(tuple(trace.visit)))
        trace.visit = None

    def _put_day(self, trace: Trace) -> None:
        if trace.day:
            name = self._name(trace.day - EPOCH)
            club_id = self._ground.club_ids[trace.town]
            row = (trace.person_id, name, club_id, trace.day_visits)
            self._batch.days.append(self._shape_day(row))

    def _exit(self, scan: Scan) -> None:
        trace = self._traces.get(scan.member)
        if trace is None or trace.visit is None:
            return
        town = self._ground.lives[scan.member].town
        local = self._local(town, scan.second)
        at = self._instant(scan.second)
        inputs = (
            f'{{"at": "{at[:10]}T{at[11:19]}+00:00", "day": "{self._wall(local)[:10]}",'
            f' "tz": "{self._ground.calendars[town].town.zone}",'
            f' "club_id": {self._ground.club_ids[town]}, "direction": "out", "zone": "{ZONE}"}}'
        )
        event_id = self._event(scan, town, local, ("allow", "EXIT", "[]", None), inputs)
        trace.visit[7], trace.visit[8] = self._instant(scan.second), BY_SCAN
        trace.visit[10] = event_id
        trace.last, trace.last_out = scan.second, True

    def _again(self, scan: Scan, town: int, local: int) -> None:
        """A card that bounced at the reader: kept, decided like the first tap."""
        facts = self._book.facts(scan.second, local, town, Trace(), scan.member)
        decision = decide_entry(facts)
        answer = _answer(decision)
        self._event(scan, town, local, answer, _json(inputs_of(facts)),
                    EventStatus.DUPLICATE_TAP.value)  # fmt: skip

    def _stranger(self, scan: Scan) -> None:
        stranger = self._strangers.listed[scan.member - FIRST_STRANGER]
        local = self._local(stranger.town, scan.second)
        facts = self._book.facts(scan.second, local, stranger.town, None, 0)
        answer = (Severity.DENY.value, Code.UNKNOWN_CARD.value, "[]", None)
        event_id = self._event(scan, stranger.town, local, answer, json.dumps(inputs_of(facts)),
                               EventStatus.UNMATCHED.value)  # fmt: skip
        stranger.seen(event_id, scan.second)
        if scan.member == FIRST_STRANGER:
            self._found_owner(scan, stranger.town, local, event_id)

    def _found_owner(self, scan: Scan, town: int, local: int, event_id: int) -> None:
        owner = self._strangers.owner
        trace = self._traces.setdefault(owner, Trace())
        if not trace.since or scan.second - trace.since > REENTRY_S:
            mine = Scan(scan.second, owner, 0, ScanKind.ENTRY)
            self._arrive(mine, town, local, event_id, None, 0)

    def _event(
        self, scan: Scan, town: int, local: int, answer: Answer,
        inputs: str, status: str = NORMAL,
    ) -> int:  # fmt: skip
        ground = self._ground
        leaves = scan.kind is EXIT
        known = scan.kind is not STRANGER
        door = ground.doors[town]
        if known:
            pin = ground.pins[scan.member]
        else:
            pin = self._strangers.listed[scan.member - FIRST_STRANGER].pin
        wall, at = self._wall(local), self._instant(scan.second)
        event_id = self.part.first_event + self._place
        decision, code, notes, contract_id = answer
        state = 1 if leaves else 0
        self._batch.events.append(
            self._shape((
                event_id, self._event_ids.public_id(self._place), ground.club_ids[town],
                door.exit_id if leaves else door.entry_id, f"{pin}|{wall}|{state}", ZONE,
                PIN, pin, ground.pin_ids[scan.member] if known else None,
                ground.person_ids[scan.member] if known else None, contract_id, at, wall,
                self._later(scan.second + 1),
                OUT if leaves else IN, status, decision, code,
                notes, RULES, inputs, f"{pin}\t{wall}\t{state}\t1\t0\t0\t0",
            ))
        )  # fmt: skip
        return event_id


def _answer(decision: EntryDecision) -> Answer:
    notes = json.dumps([note.code.value for note in decision.notes])
    return decision.verdict.value, decision.code.value, notes, decision.contract_id
