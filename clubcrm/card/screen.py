"""Queries room: the check-in screen in words: the newest scan as a card, the feed as lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _

from access_control.permissions import ISSUE_CREDENTIALS, LET_IN, SCAN_AT_DESK
from access_control.rules.codes import Code, Direction
from access_control.rules.decide import EntryDecision
from bar_inventory.api import usual_of
from clubcrm.card.offer import offer_alerts
from clubcrm.card.packages import package_alerts
from clubcrm.card.photos import photo_address
from clubcrm.card.queries import person as people
from clubcrm.card.queries.scans import House, ScanRow, unmatched_number
from clubcrm.card.tiles import Tile, tiles_of
from clubcrm.card.verdicts import (
    Alert,
    alerts_of,
    decision_of,
    headline,
    short_why,
    stage_why,
    tone_of,
)
from clubcrm.core.clock import now, visit_day
from clubcrm.core.formats import day_short
from clubcrm.core.policy import Actor
from memberships.contracts.queries import rights_at
from memberships.permissions import SIGN_CONTRACTS, TAKE_MONEY

PINNED_FOR = timedelta(minutes=10)
LET_IN_WITHIN = timedelta(minutes=30)
STRIP_DAYS = 28
LONGEST_LINE = 120
USUAL_WITHIN = timedelta(days=180)
# Reasons that a day pass puts right at once.
SOLVED_BY_DAY_PASS = frozenset(
    {
        Code.NO_CONTRACT,
        Code.EXPIRED,
        Code.NOT_STARTED,
        Code.VISITS_USED_UP,
        Code.WRONG_CLUB,
        Code.OUTSIDE_HOURS,
        Code.FROZEN,
    }
)


@dataclass(frozen=True, slots=True)
class FeedLine:
    """One scan as a line of the feed."""

    event_id: int
    public_id: str
    tone: str
    name: str
    photo: str
    why: str
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class ScanCard:
    """One scan as the large card."""

    event_id: int
    public_id: str
    tone: str
    word: str
    why: str
    code: str
    at: datetime
    zone: str
    door: str
    person_id: str
    name: str
    photo: str
    desk_note: str
    handover: str
    alerts: tuple[Alert, ...]
    tiles: tuple[Tile, ...]
    strip: tuple[tuple[int, str, str], ...]
    tasks: tuple[people.TaskRow, ...]
    may_photograph: bool
    may_let_in: bool
    may_sell_day_pass: bool
    may_sign: bool
    may_take_money: bool
    unmatched: int | None
    unanswered: bool


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything on the check-in screen."""

    newest_id: int
    card: ScanCard | None
    feed: tuple[FeedLine, ...]
    house: House | None
    let_in_reasons: tuple[str, ...]


def let_in_reasons() -> tuple[str, ...]:
    """Return the usual reasons for letting somebody in by hand."""
    return (
        _("The card was forgotten"),
        _("The reader did not work"),
        _("Has just paid"),
        _("Guest of the house"),
    )


def stage_scan(scans: Sequence[ScanRow]) -> ScanRow | None:
    """Return the newest scan that belongs on the stage: somebody at the door, coming in, now."""
    return next(
        (one for one in scans if one.direction is not Direction.OUT and not one.is_late), None
    )


def feed_lines(
    scans: Sequence[ScanRow], zone: str, *, late_too: bool = False
) -> tuple[FeedLine, ...]:
    """Return the scans as lines; what a terminal kept while it was away is left out."""
    return tuple(_line(one, zone) for one in scans if late_too or not one.is_late)


def scan_card(scan: ScanRow, zone: str, actor: Actor) -> ScanCard:
    """Return the scan as a card, with what this actor may do about it."""
    decision, tone = headline(decision_of(scan)), tone_of(scan)
    person = people.person_by_id(scan.person_id, actor.scope) if scan.person_id else None
    known = person is not None and person.in_scope
    tasks = tuple(people.open_tasks(scan.person_id)) if scan.person_id and known else ()
    today = visit_day(scan.at, zone)
    days = people.visit_days(scan.person_id, today, 60) if scan.person_id else {}
    fresh = now() - scan.received_at < PINNED_FOR
    stopped = tone == "stop" and not scan.answered
    return ScanCard(
        event_id=scan.id,
        public_id=scan.public_id,
        tone="go" if tone == "out" else tone,
        word={"go": _("ENTER"), "note": _("NOTE"), "stop": _("STOP"), "out": _("OUT")}[tone],
        why=stage_why(scan, decision, days, today),
        code=decision.code.value,
        at=scan.at,
        zone=zone,
        door=scan.door,
        person_id=scan.person_public_id,
        name=scan.name,
        photo=photo_address(scan.photo_id),
        desk_note=person.desk_note if person and known else "",
        handover=first_line(person.handover) if person and known else "",
        alerts=(
            *alerts_of(decision, known=known),
            *(offer_alerts(scan.person_id, today) if scan.person_id and known else ()),
            *(package_alerts(scan.person_id, today) if scan.person_id and known else ()),
        ),
        tiles=_tiles(scan, decision, days, known=known),
        strip=_strip(days, today) if days else (),
        tasks=tasks,
        may_photograph=known and actor.may(SCAN_AT_DESK),
        may_let_in=(
            scan.person_id is not None
            and stopped
            and actor.may(LET_IN)
            and now() - scan.received_at < LET_IN_WITHIN
        ),
        may_sell_day_pass=(
            known and stopped and decision.code in SOLVED_BY_DAY_PASS and actor.may(SIGN_CONTRACTS)
        ),
        unmatched=_unmatched(scan, actor),
        may_sign=known and actor.may(SIGN_CONTRACTS),
        may_take_money=known and _owes(decision) and actor.may(TAKE_MONEY),
        unanswered=fresh and (stopped or bool(tasks)),
    )


def first_line(text: str) -> str:
    """Return the first line of a note as the desk has time to read it."""
    line = next(iter(text.strip().splitlines()), "").strip()
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1].rstrip()}…"


def _owes(decision: EntryDecision) -> bool:
    return decision.code is Code.DEBT_OVER_LIMIT or any(
        note.code is Code.DEBT_UNDER_LIMIT for note in decision.notes
    )


def _line(scan: ScanRow, zone: str) -> FeedLine:
    return FeedLine(
        scan.id,
        scan.public_id,
        tone_of(scan),
        scan.name,
        photo_address(scan.photo_id),
        short_why(scan),
        scan.at,
        zone,
    )


def _unmatched(scan: ScanRow, actor: Actor) -> int | None:
    if scan.person_id is not None or not actor.may(ISSUE_CREDENTIALS):
        return None
    return unmatched_number(scan)


def _tiles(
    scan: ScanRow, decision: EntryDecision, days: Mapping[date, int], *, known: bool
) -> tuple[Tile, ...]:
    if scan.person_id is None:
        return ()
    today = date.fromisoformat(scan.inputs["day"]) if "day" in scan.inputs else scan.at.date()
    rights = rights_at(scan.person_id, today)
    before = max((one for one in days if one < today), default=None)
    shown = tiles_of(rights, decision.contract_id, today, before, owes=known)
    drink = usual_of(scan.person_id, scan.at - USUAL_WITHIN)
    return (*shown, Tile(_("Usual drink"), drink)) if drink else tuple(shown)


def _strip(days: Mapping[date, int], today: date) -> tuple[tuple[int, str, str], ...]:
    shown = []
    for back in range(STRIP_DAYS):
        one = today - timedelta(days=STRIP_DAYS - 1 - back)
        kind = "heat-4" if days.get(one) else "heat-0"
        shown.append((back * 14 + 6 * (back // 7), kind, day_short(one)))
    return tuple(shown)
