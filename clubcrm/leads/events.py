"""Facts that leads tell upwards."""

from dataclasses import dataclass

from clubcrm.core.events import Fact


@dataclass(frozen=True, slots=True)
class LeadRegistered(Fact):
    """Somebody is thinking of joining; `channel` is the way on which he asked."""

    lead_id: int
    person_id: int
    channel: str


@dataclass(frozen=True, slots=True)
class LeadMoved(Fact):
    """A lead stands in another stage; won and lost are the last ones."""

    lead_id: int
    person_id: int
    was: str
    stage: str


@dataclass(frozen=True, slots=True)
class InquiryWaits(Fact):
    """Something came in that a person has to look at before it is a lead."""

    inquiry_id: int
    channel: str
