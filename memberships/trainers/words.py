"""Queries room: the words in which trainers and desks read sessions, proofs and reasons."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from clubcrm.core.formats import day_short
from memberships.trainers.rules import ClientFacts, Confirmation, Reason, SessionState

STATE_LOOK: dict[SessionState, tuple[str, str]] = {
    SessionState.PLANNED: ("know", "clock"),
    SessionState.COMPLETE: ("go", "circle-check"),
    SessionState.NO_SHOW: ("stop", "user-x"),
    SessionState.LATE_CANCEL: ("note", "clock-x"),
    SessionState.CANCELLED: ("", "x"),
    SessionState.REVERSED: ("", "arrow-back-up"),
}
PROOF_LOOK: dict[Confirmation, tuple[str, str]] = {
    Confirmation.SCAN: ("go", "door-enter"),
    Confirmation.CODE: ("go", "key"),
    Confirmation.SIGNATURE: ("go", "signature"),
    Confirmation.UNCONFIRMED: ("note", "alert-triangle"),
}
URGENT = frozenset({Reason.FIRST_SESSION, Reason.SILENT, Reason.USED_UP, Reason.ENDS_SOON})


def state_words(state: SessionState) -> str:
    """Return what became of a session."""
    return {
        SessionState.PLANNED: _("planned"),
        SessionState.COMPLETE: _("held"),
        SessionState.NO_SHOW: _("did not come"),
        SessionState.LATE_CANCEL: _("cancelled late"),
        SessionState.CANCELLED: _("cancelled in time"),
        SessionState.REVERSED: _("taken back"),
    }[state]


def proof_words(confirmation: Confirmation) -> str:
    """Return what shows that the client was there."""
    return {
        Confirmation.SCAN: _("confirmed by the gate"),
        Confirmation.CODE: _("confirmed by code"),
        Confirmation.SIGNATURE: _("signed"),
        Confirmation.UNCONFIRMED: _("unconfirmed"),
    }[confirmation]


def reason_words(reason: Reason, facts: ClientFacts) -> str:
    """Return why a client deserves attention, with the number behind it."""
    silent = (facts.today - facts.last_session).days if facts.last_session else 0
    return {
        Reason.FIRST_SESSION: _("first session still to come"),
        Reason.SILENT: ngettext(
            "no session for %(num)s day", "no session for %(num)s days", silent
        ),
        Reason.USED_UP: _("package used up"),
        Reason.ENDS_SOON: _("package ends %(day)s", day=_day(facts.next_end)),
        Reason.MISSED: ngettext(
            "missed %(num)s session lately", "missed %(num)s sessions lately", facts.missed_lately
        ),
        Reason.LOW: ngettext("%(num)s session left", "%(num)s sessions left", facts.units_left),
        Reason.NOTHING_PLANNED: _("nothing planned"),
    }[reason]


def tone_of(reason: Reason) -> str:
    """Return the colour of a reason; it always stands with its words."""
    return "note" if reason in URGENT or reason is Reason.LOW else ""


def _day(day: date | None) -> str:
    return day_short(day) if day else ""
