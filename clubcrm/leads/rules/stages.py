"""Rules room: the stages of a lead, which of them are parked or over, and where one may go next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_MOVES = 7


class LeadStage(StrEnum):
    """How far a lead has come; the last four are parked or over."""

    NEW = "new"
    CONTACTED = "contacted"
    BOOKED = "booked"
    ATTENDED = "attended"
    WON = "won"
    NO_SHOW = "no_show"
    UNREACHABLE = "unreachable"
    LATER = "later"
    LOST = "lost"


class LostReason(StrEnum):
    """Why a lead does not become a member."""

    PRICE = "price"
    LOCATION = "location"
    TIME = "time"
    COMPETITOR = "competitor"
    NO_INTEREST = "no_interest"
    HEALTH = "health"
    NEVER_REACHED = "never_reached"
    WRONG_CONTACT = "wrong_contact"
    DUPLICATE = "duplicate"
    OTHER = "other"


class ArrivalChannel(StrEnum):
    """The way on which somebody asked."""

    FORM = "form"
    LANDING = "landing"
    EMAIL = "email"
    CALL = "call"
    MESSENGER = "messenger"
    GUEST = "guest"
    REFERRAL = "referral"
    WALK_IN = "walk_in"
    IMPORT = "import"


class InquiryState(StrEnum):
    """What became of something that came in."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SPAM = "spam"


class DeclineReason(StrEnum):
    """Why something that came in is no lead."""

    NOT_A_REQUEST = "not_a_request"
    IS_MEMBER = "is_member"
    NO_CONTACT = "no_contact"
    SUPPLIER = "supplier"
    JOB_SEEKER = "job_seeker"
    SPAM = "spam"
    OTHER = "other"


class ContactWay(StrEnum):
    """How somebody tried to speak with a lead."""

    CALL = "call"
    MESSAGE = "message"
    EMAIL = "email"
    IN_PERSON = "in_person"


class ContactOutcome(StrEnum):
    """What one try came to; only what the other side answered counts as reached."""

    REACHED = "reached"
    BOOKED = "booked"
    CALL_BACK = "call_back"
    NOT_INTERESTED = "not_interested"
    NO_ANSWER = "no_answer"
    LEFT_MESSAGE = "left_message"
    WRONG_NUMBER = "wrong_number"


class TouchOrder(StrEnum):
    """Which of the two remembered contacts with our advertising this is."""

    FIRST = "first"
    LAST = "last"


ON_THE_WAY = (LeadStage.NEW, LeadStage.CONTACTED, LeadStage.BOOKED, LeadStage.ATTENDED)
PARKED = (LeadStage.NO_SHOW, LeadStage.UNREACHABLE, LeadStage.LATER)
OVER = (LeadStage.WON, LeadStage.LOST)
OPEN = (*ON_THE_WAY, *PARKED)
REACHED_BY = frozenset(
    {
        ContactOutcome.REACHED,
        ContactOutcome.BOOKED,
        ContactOutcome.CALL_BACK,
        ContactOutcome.NOT_INTERESTED,
    }
)

_ANYWHERE = frozenset(LeadStage)
# A lead may be moved freely while it is open; who was lost may ask again; a contract is no mistake.
LEAD_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    **{stage: _ANYWHERE - {stage} for stage in OPEN},
    LeadStage.LOST: frozenset({LeadStage.NEW, LeadStage.CONTACTED, LeadStage.WON}),
    LeadStage.WON: frozenset(),
}
INQUIRY_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    InquiryState.WAITING: frozenset(
        {InquiryState.ACCEPTED, InquiryState.DECLINED, InquiryState.SPAM}
    ),
    InquiryState.SPAM: frozenset({InquiryState.WAITING, InquiryState.ACCEPTED}),
    InquiryState.DECLINED: frozenset({InquiryState.WAITING, InquiryState.ACCEPTED}),
    InquiryState.ACCEPTED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class PathWarning:
    """What is odd about the way of a lead: stages it came to twice, and how many moves it made."""

    repeated: tuple[LeadStage, ...]
    moves: int

    @property
    def too_many(self) -> bool:
        """Tell whether the lead was moved more often than a sale needs."""
        return self.moves > MOST_MOVES

    def __bool__(self) -> bool:
        return bool(self.repeated) or self.too_many


def warning_of(entered: Sequence[LeadStage]) -> PathWarning:
    """Return what is odd about the stages a lead entered, in their order."""
    repeated = tuple(stage for stage in LeadStage if list(entered).count(stage) > 1)
    return PathWarning(repeated, len(entered))
