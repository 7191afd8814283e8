"""Facts that people tell upwards: registered, brought in, allowed and forbidden."""

from dataclasses import dataclass

from clubcrm.core.events import Fact


@dataclass(frozen=True, slots=True)
class PersonRegistered(Fact):
    """A person became known to the club."""

    person_id: int
    source: str


@dataclass(frozen=True, slots=True)
class PeopleImported(Fact):
    """A chunk of a table was written; the people's ids lie between the two, both included."""

    batch_id: int
    first_id: int
    last_id: int


@dataclass(frozen=True, slots=True)
class ConsentGiven(Fact):
    """A person allowed one channel for one purpose."""

    person_id: int
    channel: str
    purpose: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn(Fact):
    """A person no longer allows one channel for one purpose."""

    person_id: int
    channel: str
    purpose: str


@dataclass(frozen=True, slots=True)
class LeftAlone(Fact):
    """A person does not want to be written to for any reason."""

    person_id: int


@dataclass(frozen=True, slots=True)
class HoldPlaced(Fact):
    """A person is to be left in peace: complaint, injury, dispute or deceased."""

    person_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class HoldLifted(Fact):
    """One reason to leave a person in peace is gone; others may still stand."""

    person_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class PeopleMerged(Fact):
    """Two records of one person became one: `person_id` stays, `gone_id` is an empty shell."""

    person_id: int
    gone_id: int
    merge_id: int


@dataclass(frozen=True, slots=True)
class PeopleParted(Fact):
    """A merge was undone: both records stand by themselves again."""

    person_id: int
    other_id: int


@dataclass(frozen=True, slots=True)
class PersonErased(Fact):
    """Nothing names the person any more; his money and visits are still counted."""

    person_id: int
