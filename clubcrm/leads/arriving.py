"""Rules room: what somebody who asks for the club leaves with us, on whatever way he came."""

from dataclasses import dataclass, field
from datetime import datetime

from clubcrm.leads.rules.stages import ArrivalChannel


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact with our advertising, as the address of the page told it."""

    at: datetime
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""
    gclid: str = ""
    fbclid: str = ""
    yclid: str = ""
    referrer: str = ""
    landing_url: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A yes to news of the club: to which wording, when, and from which address of the net."""

    version: str
    at: datetime
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would like to have, in his words and as a plan of the club."""

    interest: str = ""
    plan_id: int | None = None
    value_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """How somebody came to us: where he heard of us, who sent him, which advertising he saw."""

    source: str = ""
    source_id: int | None = None
    host_id: int | None = None
    first: Touch | None = None
    last: Touch | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody asks for the club; contacts are as typed, and nothing but the channel is sure.

    The same `external_ref` on one channel is the same question. `suspicion` makes a person look
    first, with the word for why; `is_spam` puts it aside without anybody being asked.
    """

    club_id: int
    channel: ArrivalChannel
    name: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    message: str = ""
    wish: Wish = field(default_factory=Wish)
    trail: Trail = field(default_factory=Trail)
    agreement: Agreement | None = None
    external_ref: str | None = None
    at: datetime | None = None
    suspicion: str = ""
    is_spam: bool = False
