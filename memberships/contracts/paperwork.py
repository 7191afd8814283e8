"""Services room: every night each block of a missing paper stands exactly where it should."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clubcrm.core import clock, events
from memberships.blocks.rules import BlockOwner
from memberships.contracts.running import people_running
from memberships.events import PaperLapsing
from memberships.waivers.queries import (
    PaperDue,
    blocked_in,
    held_by,
    medical_rules,
    medical_until,
    named,
    waiver_rules,
    waiver_until,
    with_certificate,
)
from memberships.waivers.rules import Mode, Turn, medical_turn, waiver_turn
from memberships.waivers.services import refresh_medical, refresh_waiver

PIECE = 500
NOTICE_DAYS = 14
Lapsing = tuple[int, BlockOwner, date]
Reader = Callable[[Sequence[int]], Mapping[int, date]]


@dataclass(frozen=True, slots=True)
class Visit:
    """A person whose block of one paper is not as it should be."""

    person_id: int
    owner: BlockOwner
    needed: bool


def papers_to_settle(club_id: int, day: date) -> list[Visit]:
    """Return the people whose blocks have to change; the others cost three selects in all."""
    running = frozenset(people_running(club_id, day))
    return [*_waivers(club_id, day, running), *_certificates(club_id, day, running)]


def settle_paper(visit: Visit, *, by: str) -> None:
    """The block of one person and paper is as it should be."""
    if visit.owner is BlockOwner.WAIVER:
        refresh_waiver(visit.person_id, needed=visit.needed, by=by)
    else:
        refresh_medical(visit.person_id, needed=visit.needed, by=by)


def papers_lapsing(club_id: int, day: date) -> list[Lapsing]:
    """Return members whose waiver or certificate ends a fortnight after the day."""
    last = day + timedelta(days=NOTICE_DAYS)
    running = people_running(club_id, day)
    found: list[Lapsing] = []
    if waiver_rules(club_id).mode is not Mode.OFF:
        found += _ending(running, waiver_until, BlockOwner.WAIVER, last)
    if medical_rules(club_id).mode is not Mode.OFF:
        found += _ending(running, medical_until, BlockOwner.MEDICAL, last)
    return found


def tell_lapsing(club_id: int, paper: Lapsing) -> None:
    """The floors above know that a paper ends, and can write to the member."""
    person_id, owner, until = paper
    events.record(PaperLapsing(club_id, clock.now(), person_id, owner.value, until))


def _ending(running: Sequence[int], reader: Reader, owner: BlockOwner, last: date) -> list[Lapsing]:
    return [
        (one, owner, until)
        for piece in _pieces(running)
        for one, until in reader(piece).items()
        if until == last
    ]


def waivers_due(club_id: int, day: date, until: date) -> list[PaperDue]:
    """Return members without a waiver or whose waiver ends by a day, the missing ones first."""
    if waiver_rules(club_id).mode is Mode.OFF:
        return []
    running = people_running(club_id, day)
    return _due(running, waiver_until, until)


def certificates_due(club_id: int, day: date, until: date) -> list[PaperDue]:
    """Return members whose certificate is missing, where everybody needs one, or ends by a day."""
    rules = medical_rules(club_id)
    if rules.mode is Mode.OFF:
        return []
    running = set(people_running(club_id, day))
    asked = running if rules.everyone else running & set(with_certificate(club_id))
    return _due(sorted(asked), medical_until, until)


def _due(person_ids: Sequence[int], reader: Reader, until: date) -> list[PaperDue]:
    found = []
    for piece in _pieces(person_ids):
        held = reader(piece)
        late = [one for one in piece if one not in held or held[one] <= until]
        names = named(late)
        found += [PaperDue(*names[one], held.get(one)) for one in late]
    return sorted(found, key=lambda one: (one.valid_until or date.min, one.name))


def _waivers(club_id: int, day: date, running: frozenset[int]) -> list[Visit]:
    mode = waiver_rules(club_id).mode
    blocked = blocked_in(club_id, BlockOwner.WAIVER)
    asked = sorted({*blocked, *(running if mode is not Mode.OFF else ())})
    found = []
    for piece in _pieces(asked):
        held, until = held_by(piece, BlockOwner.WAIVER), waiver_until(piece)
        for one in piece:
            turn = waiver_turn(
                mode,
                needed=one in running,
                valid=one in until and until[one] >= day,
                day=day,
                held=held.get(one, ()),
            )
            if turn != Turn():
                found.append(Visit(one, BlockOwner.WAIVER, one in running))
    return found


def _certificates(club_id: int, day: date, running: frozenset[int]) -> list[Visit]:
    rules = medical_rules(club_id)
    blocked = blocked_in(club_id, BlockOwner.MEDICAL)
    asked = set(blocked)
    if rules.mode is not Mode.OFF:
        asked |= set(with_certificate(club_id)) | (running if rules.everyone else set())
    found = []
    for piece in _pieces(sorted(asked)):
        held, until = held_by(piece, BlockOwner.MEDICAL), medical_until(piece)
        for one in piece:
            turn = medical_turn(
                rules, until.get(one), needed=one in running, day=day, held=held.get(one, ())
            )
            if turn != Turn():
                found.append(Visit(one, BlockOwner.MEDICAL, one in running))
    return found


def _pieces(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[place : place + PIECE] for place in range(0, len(ids), PIECE)]
