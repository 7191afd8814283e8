"""The gate's reason codes in their order of precedence, and how strictly each is taken."""

from enum import StrEnum


class Severity(StrEnum):
    """What a reason does at the gate: nothing, a yellow note, or a refusal."""

    ALLOW = "allow"
    WARN = "warn"
    DENY = "deny"


class Direction(StrEnum):
    """Which way a person passes; a toggle door alternates, unknown counts as the way in."""

    IN = "in"
    OUT = "out"
    TOGGLE = "toggle"
    UNKNOWN = "unknown"


class CredentialKind(StrEnum):
    """What a person shows at a door."""

    CARD = "card"
    QR = "qr"
    PIN = "pin"
    FACE = "face"
    PHONE = "phone"


class Passback(StrEnum):
    """How a card is kept from being handed back: not at all, by time, or by in and out."""

    OFF = "off"
    TIMED = "timed"
    IN_OUT = "in_out"


class Code(StrEnum):
    """Every reason a decision can carry; refusals first, warnings after them, each in order."""

    UNKNOWN_CARD = "UNKNOWN_CARD"
    CARD_BLOCKED = "CARD_BLOCKED"
    STAFF_STOP = "STAFF_STOP"
    NO_CONTRACT = "NO_CONTRACT"
    INCOMPLETE = "INCOMPLETE"
    NOT_STARTED = "NOT_STARTED"
    EXPIRED = "EXPIRED"
    FROZEN = "FROZEN"
    WRONG_CLUB = "WRONG_CLUB"
    WRONG_ZONE = "WRONG_ZONE"
    OUTSIDE_HOURS = "OUTSIDE_HOURS"
    VISITS_USED_UP = "VISITS_USED_UP"
    DAILY_LIMIT = "DAILY_LIMIT"
    DEBT_OVER_LIMIT = "DEBT_OVER_LIMIT"
    WAIVER_MISSING = "WAIVER_MISSING"
    MEDICAL_EXPIRED = "MEDICAL_EXPIRED"
    MINOR_NEEDS_GUARDIAN = "MINOR_NEEDS_GUARDIAN"
    PASSBACK = "PASSBACK"
    CLUB_FULL = "CLUB_FULL"
    GUEST_LIMIT = "GUEST_LIMIT"

    DEBT_UNDER_LIMIT = "DEBT_UNDER_LIMIT"
    EXPIRES_30D = "EXPIRES_30D"
    LAST_2_VISITS = "LAST_2_VISITS"
    PAY_METHOD_EXPIRING = "PAY_METHOD_EXPIRING"
    NO_PHOTO = "NO_PHOTO"
    MEDICAL_14D = "MEDICAL_14D"
    OPEN_TASK = "OPEN_TASK"
    BACK_AFTER_GAP = "BACK_AFTER_GAP"
    BIRTHDAY = "BIRTHDAY"

    OK = "OK"
    EXIT = "EXIT"
    LET_IN = "LET_IN"


REFUSALS: tuple[Code, ...] = tuple(Code)[:20]
WARNINGS: tuple[Code, ...] = tuple(Code)[20:29]
DEFAULT_SEVERITY: dict[Code, Severity] = {
    **dict.fromkeys(REFUSALS, Severity.DENY),
    **dict.fromkeys(WARNINGS, Severity.WARN),
}
