"""Views' words for devices and settings: states, kinds, directions, reasons by name."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from access_control.models import DeviceKind, DirectionMode
from access_control.queries.terminals import TerminalRow
from access_control.rules.codes import Code

SKEW_WORTH_A_WORD = 60


@dataclass(frozen=True, slots=True)
class StateWords:
    """How a device is, in a tone and a few words."""

    tone: str
    words: str
    help: str = ""


def device_state(row: TerminalRow, moment: datetime) -> StateWords:
    """Return how a device is, the worst first."""
    if not row.claimed:
        return StateWords("know", _("waits to be claimed"))
    if row.last_seen_at is None and row.kind is not DeviceKind.DESK:
        return StateWords("", _("never heard"), _("Type this server's address into the terminal."))
    if not row.is_online(moment):
        return StateWords("stop", _("away"), _("Look whether it has power and network."))
    if row.clock_skew_s is not None and abs(row.clock_skew_s) > 300:
        return StateWords("stop", _("clock wrong"), _("Its events are corrected or set aside."))
    if row.is_silent(moment):
        help_ = _("It is heard and sends no scans. Often the upload flag is the wrong one.")
        return StateWords("note", _("online but silent"), help_)
    return StateWords("go", _("at work"))


def skew_words(seconds: int | None) -> str:
    """Return how far a clock is off, in words; empty when unknown."""
    if seconds is None:
        return ""
    size = abs(seconds)
    if size < SKEW_WORTH_A_WORD:
        return _("right")
    if size < 7200:
        span = ngettext("%(num)s minute", "%(num)s minutes", size // 60)
    elif size < 172_800:
        span = ngettext("%(num)s hour", "%(num)s hours", size // 3600)
    else:
        span = ngettext("%(num)s day", "%(num)s days", size // 86_400)
    return _("%(span)s ahead", span=span) if seconds > 0 else _("%(span)s behind", span=span)


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds of device one can add."""
    return [
        (DeviceKind.ZK_ATT.value, _("ZKTeco terminal (attendance push)")),
        (DeviceKind.GENERIC.value, _("Controller that signs its scans")),
    ]


def direction_choices() -> list[tuple[str, str]]:
    """Return the ways a door can be passed."""
    return [
        (DirectionMode.IN.value, _("Way in")),
        (DirectionMode.OUT.value, _("Way out")),
        (DirectionMode.TOGGLE.value, _("Both ways, in turn")),
        (DirectionMode.STATUS.value, _("As the terminal says")),
    ]


CODE_NAMES: dict[Code, object] = {
    Code.UNKNOWN_CARD: _l("Unknown card"),
    Code.CARD_BLOCKED: _l("Card blocked"),
    Code.STAFF_STOP: _l("Stopped by staff, or banned"),
    Code.NO_CONTRACT: _l("No contract"),
    Code.INCOMPLETE: _l("Contract not signed"),
    Code.NOT_STARTED: _l("Contract has not begun"),
    Code.EXPIRED: _l("Contract has ended"),
    Code.FROZEN: _l("Contract frozen"),
    Code.WRONG_CLUB: _l("Plan of another club"),
    Code.WRONG_ZONE: _l("Plan does not open this door"),
    Code.OUTSIDE_HOURS: _l("Outside the plan's or the club's hours"),
    Code.VISITS_USED_UP: _l("All visits used"),
    Code.DAILY_LIMIT: _l("Daily limit reached"),
    Code.DEBT_OVER_LIMIT: _l("Debt above the limit"),
    Code.WAIVER_MISSING: _l("Waiver missing"),
    Code.MEDICAL_EXPIRED: _l("Medical note missing or out of date"),
    Code.MINOR_NEEDS_GUARDIAN: _l("Child without a guardian inside"),
    Code.PASSBACK: _l("Card handed back"),
    Code.CLUB_FULL: _l("Club full"),
    Code.GUEST_LIMIT: _l("Free visits of a guest used"),
    Code.DEBT_UNDER_LIMIT: _l("Debt below the limit"),
    Code.EXPIRES_30D: _l("Contract ends soon"),
    Code.LAST_2_VISITS: _l("Last visits of a pack"),
    Code.PAY_METHOD_EXPIRING: _l("Payment method expires soon"),
    Code.NO_PHOTO: _l("No photo"),
    Code.MEDICAL_14D: _l("Medical note ends soon"),
    Code.OPEN_TASK: _l("Something waits to be said"),
    Code.BACK_AFTER_GAP: _l("Back after a long time"),
    Code.BIRTHDAY: _l("Birthday"),
}
