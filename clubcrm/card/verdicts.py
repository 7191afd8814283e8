"""Queries room: what the gate decided about a scan, in the desk's words: colour, alerts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from access_control.rules.codes import Code, Direction, Severity
from access_control.rules.decide import EntryDecision, Note, decide_again
from access_control.rules.facts import facts_from
from access_control.words import why_words
from clubcrm.card.queries.scans import ScanRow
from clubcrm.core.formats import day

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


@dataclass(frozen=True, slots=True)
class Alert:
    """A remark beside the verdict."""

    tone: str
    icon: str
    text: str


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


def _words(decision: EntryDecision) -> str:
    return why_words(decision.code, decision.params)


def stage_why(scan: ScanRow, decision: EntryDecision, days: Mapping[date, int], today: date) -> str:
    """Return the sentence under the name: what to do first, then why."""
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


def alerts_of(decision: EntryDecision, *, known: bool) -> tuple[Alert, ...]:
    """Return what else the gate noted; a desk of another club is told nothing more."""
    if not known:
        return ()
    others = [note for note in decision.notes if note.code is not decision.code]
    return tuple(_alert(note) for note in others if note.code is not Code.OPEN_TASK)


def _alert(note: Note) -> Alert:
    tone = "know" if note.code in GLAD else "note"
    icon = ICONS.get(note.code, "alert-triangle")
    return Alert(tone, icon, why_words(note.code, note.params))
