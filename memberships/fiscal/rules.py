"""What an office's answer to a bill means, when to ask again, and which sums add up."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

# Parts may differ from the total by one whole unit of money, as the office itself allows.
TOLERANCE = 1
TRIES_FOR_A_MISSING_BILL = 5
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))
# Wrong credentials concern every bill; a person has to act, so nobody asks every minute.
CREDENTIALS_PAUSE = timedelta(minutes=15)


class DocumentKind(StrEnum):
    """A bill, or a credit note that takes a bill or a part of it back."""

    BILL = "bill"
    RETURN = "return"


class FiscalState(StrEnum):
    """Where a document stands with the office."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Meaning(StrEnum):
    """What an answer says about a document."""

    ACCEPTED = "accepted"
    AGAIN = "again"
    LOCKED_OUT = "locked_out"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the office said; no code when it did not answer or nobody could read it."""

    code: str = ""
    words: str = ""
    may_have_arrived: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """How a document stood when it was sent: its kind, how often, and whether an end is unknown."""

    kind: DocumentKind
    attempts: int
    was_in_doubt: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """The amounts of a document in minor units; `taxed` is without its tax."""

    taxed_minor: int
    tax_minor: int
    exempt_minor: int
    total_minor: int


def document_number(year: str, kind: DocumentKind, club_id: int, sequence: int) -> str:
    """Return the number of a document as the office and the slip show it."""
    letter = "B" if kind is DocumentKind.BILL else "R"
    return f"{year}-{letter}{club_id}-{sequence:06d}"


def meaning(answer: Answer, asked: Asked) -> Meaning:
    """Return what an answer of Nepal's Central Billing Monitoring System says.

    200 taken, 100 wrong credentials, 101 the bill is known already (for a credit note 101 and 105:
    the bill is not known), 102 and 103 their own trouble, 104 not valid. A bill that was sent once
    without an answer and is then known already has arrived the first time.
    """
    if answer.code == "200":
        return Meaning.ACCEPTED
    if answer.code == "100":
        return Meaning.LOCKED_OUT
    if answer.code == "104":
        return Meaning.REFUSED
    if asked.kind is DocumentKind.BILL and answer.code == "101":
        return Meaning.ACCEPTED if asked.was_in_doubt else Meaning.REFUSED
    if asked.kind is DocumentKind.RETURN and answer.code in {"101", "105"}:
        patient = asked.attempts < TRIES_FOR_A_MISSING_BILL
        return Meaning.AGAIN if patient else Meaning.REFUSED
    return Meaning.AGAIN


def is_in_doubt(answer: Answer, told: Meaning) -> bool:
    """Tell whether the document may stand in the office's books although nobody confirmed it."""
    return told is Meaning.AGAIN and (answer.may_have_arrived or answer.code in {"102", "103"})


def pause_after(told: Meaning, attempts: int) -> timedelta:
    """Return how long to wait before the next try, growing to an hour."""
    if told is Meaning.LOCKED_OUT:
        return CREDENTIALS_PAUSE
    return PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]


def adds_up(sums: Sums, whole_minor: int) -> bool:
    """Tell whether the parts come to the total within one whole unit of money."""
    parts = sums.taxed_minor + sums.tax_minor + sums.exempt_minor
    return abs(parts - sums.total_minor) <= TOLERANCE * whole_minor
