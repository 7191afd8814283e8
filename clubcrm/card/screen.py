"""Queries room: the check-in screen in words: the newest scan as a card, the feed as lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from access_control.permissions import LET_IN, SCAN_AT_DESK
from access_control.rules.codes import Code, Direction, Severity
from access_control.rules.decide import EntryDecision, Note, decide_again
from access_control.rules.facts import facts_from
from access_control.words import why_words
from clubcrm.card.photos import photo_address
from clubcrm.card.queries import person as people
from clubcrm.card.queries.scans import House, ScanRow
from clubcrm.card.tiles import Tile, tiles_of
from clubcrm.core.clock import now, visit_day
from clubcrm.core.formats import day, day_short
from clubcrm.core.policy import Actor
from memberships.contracts.queries import rights_at
from memberships.permissions import SIGN_CONTRACTS

PINNED_FOR = timedelta(minutes=10)
LET_IN_WITHIN = timedelta(minutes=30)
STRIP_DAYS = 28
TONES = {Severity.ALLOW: "go", Severity.WARN: "note", Severity.DENY: "stop"}
ICONS: Mapping[Code, str] = {
    Code.DEBT_UNDER_LIMIT: "cash",
    Code.DEBT_OVER_LIMIT: "cash",
    Code.EXPIRES_30D: "calendar-event",
    Code.LAST_2_VISITS: "ticket",
    Code.PAY_METHOD_EXPIRING: "credit-card",
    Code.NO_PHOTO: "camera-off",
    Code.MEDICAL_14D: "stethoscope",
    Code.MEDICAL_EXPIRED: "stethoscope",
    Code.BACK_AFTER_GAP: "walk",
    Code.BIRTHDAY: "cake",
}
FAINT = frozenset({Code.NO_PHOTO, Code.OPEN_TASK})
GLAD = frozenset({Code.BIRTHDAY, Code.BACK_AFTER_GAP})
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
class Alert:
    """A remark beside the verdict."""

    tone: str
    icon: str
    text: str


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
    alerts: tuple[Alert, ...]
    tiles: tuple[Tile, ...]
    strip: tuple[tuple[int, str, str], ...]
    tasks: tuple[people.TaskRow, ...]
    may_photograph: bool
    may_let_in: bool
    may_sell_day_pass: bool
    may_sign: bool
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


def tone_of(scan: ScanRow) -> str:
    """Return the colour of a scan: go, note, stop, or out."""
    if scan.direction is Direction.OUT and scan.admitted:
        return "out"
    if scan.decision is Severity.DENY and scan.admitted:
        return "note"
    return TONES[scan.decision]


def decision_of(scan: ScanRow) -> EntryDecision:
    """Return the decision again from the stored inputs, with the values of its sentences."""
    if scan.code in {None, Code.LET_IN, Code.EXIT} or "at" not in scan.inputs:
        return EntryDecision(scan.decision, scan.code or Code.OK)
    return decide_again(scan.rule_version, facts_from(scan.inputs))


def short_why(scan: ScanRow) -> str:
    """Return the one sentence of a scan, as it stands in lists."""
    decision = headline(decision_of(scan))
    if decision.code in {Code.OK, *FAINT} and decision.admitted:
        return _right_words(scan, decision) or _words(decision)
    if scan.code is Code.LET_IN and scan.by_reason:
        return _("Let in by hand: %(reason)s", reason=scan.by_reason)
    if scan.decision is Severity.DENY and scan.admitted:
        return _("The door opened while it was offline: %(why)s", why=_words(decision))
    return _words(decision)


def headline(decision: EntryDecision) -> EntryDecision:
    """Return the decision led by its most telling note: a missing photo never hides a birthday."""
    telling = [note for note in decision.notes if note.code not in FAINT]
    if decision.code not in FAINT or not telling:
        return decision
    return replace(decision, code=telling[0].code, params=telling[0].params)


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
        why=_stage_why(scan, decision, days, today),
        code=decision.code.value,
        at=scan.at,
        zone=zone,
        door=scan.door,
        person_id=scan.person_public_id,
        name=scan.name,
        photo=photo_address(scan.photo_id),
        desk_note=person.desk_note if person and known else "",
        alerts=_alerts(decision, known=known),
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
        may_sign=known and actor.may(SIGN_CONTRACTS),
        unanswered=fresh and (stopped or bool(tasks)),
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


def _words(decision: EntryDecision) -> str:
    return why_words(decision.code, decision.params)


def _stage_why(
    scan: ScanRow, decision: EntryDecision, days: Mapping[date, int], today: date
) -> str:
    if decision.code is Code.NO_PHOTO:
        return _("Enter. Please take a photo.")
    if decision.code is Code.OPEN_TASK:
        return _("Enter. Something waits to be said.")
    if decision.code is not Code.OK:
        return short_why(scan)
    monday = today - timedelta(days=today.weekday())
    this_week = sum(1 for one in days if monday <= one <= today)
    if not this_week:
        return _("Welcome.")
    return ngettext(
        "Welcome. First day here this week.", "Welcome. Day %(num)s here this week.", this_week
    )


def _right_words(scan: ScanRow, decision: EntryDecision) -> str:
    if "at" not in scan.inputs:
        return ""
    rights = facts_from(scan.inputs).rights.contracts
    right = next((one for one in rights if one.contract_id == decision.contract_id), None)
    if right is None:
        return ""
    left = decision.units_left
    if left is not None:
        return f"{right.plan_name}, {ngettext('%(num)s visit left', '%(num)s visits left', left)}"
    if right.ends_on is None:
        return right.plan_name
    return _("%(plan)s until %(day)s", plan=right.plan_name, day=day(right.ends_on))


def _alerts(decision: EntryDecision, *, known: bool) -> tuple[Alert, ...]:
    if not known:
        return ()
    others = [note for note in decision.notes if note.code is not decision.code]
    return tuple(_alert(note) for note in others if note.code is not Code.OPEN_TASK)


def _alert(note: Note) -> Alert:
    tone = "know" if note.code in GLAD else "note"
    icon = ICONS.get(note.code, "alert-triangle")
    return Alert(tone, icon, why_words(note.code, note.params))


def _tiles(
    scan: ScanRow, decision: EntryDecision, days: Mapping[date, int], *, known: bool
) -> tuple[Tile, ...]:
    if scan.person_id is None:
        return ()
    today = date.fromisoformat(scan.inputs["day"]) if "day" in scan.inputs else scan.at.date()
    rights = rights_at(scan.person_id, today)
    before = max((one for one in days if one < today), default=None)
    shown = tiles_of(rights, decision.contract_id, today, before, owes=known)
    return tuple(shown)


def _strip(days: Mapping[date, int], today: date) -> tuple[tuple[int, str, str], ...]:
    shown = []
    for back in range(STRIP_DAYS):
        one = today - timedelta(days=STRIP_DAYS - 1 - back)
        kind = "heat-4" if days.get(one) else "heat-0"
        shown.append((back * 14 + 6 * (back // 7), kind, day_short(one)))
    return tuple(shown)
