"""Queries room: from a question to a contract: seven numbers by arrival, and who each one counts.

A lead counts at a step when it has come to that step itself: a try to speak with somebody is not a
talk, and who signs without a visit has not visited.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from clubcrm.accounts.models import User
from clubcrm.core.clock import day_bounds
from clubcrm.core.db import db
from clubcrm.core.months import month_after, month_end, months_between
from clubcrm.leads.models import Inquiry, Lead, LeadSource
from clubcrm.leads.rules.stages import OPEN, InquiryState, LeadStage
from clubcrm.people.models import Person, StoredFile
from clubcrm.reports.rules.rates import Rate


class Step(StrEnum):
    """A number of the funnel, in order."""

    ASKED = "asked"
    LEADS = "leads"
    ATTEMPTED = "attempted"
    REACHED = "reached"
    BOOKED = "booked"
    ATTENDED = "attended"
    JOINED = "joined"


class LeadsBy(StrEnum):
    """What the funnel is told by."""

    MONTH = "month"
    SOURCE = "source"
    SELLER = "seller"
    CAMPAIGN = "campaign"
    CHANNEL = "channel"


REACHED_STEP: Mapping[Step, ColumnElement[bool]] = {
    Step.LEADS: Lead.id.is_not(None),
    Step.ATTEMPTED: Lead.first_attempt_at.is_not(None),
    Step.REACHED: Lead.reached_at.is_not(None),
    Step.BOOKED: Lead.booked_at.is_not(None),
    Step.ATTENDED: Lead.attended_at.is_not(None),
    Step.JOINED: Lead.won_at.is_not(None),
}
IS_OPEN: ColumnElement[bool] = Lead.state.in_(OPEN)
STEPS = tuple(Step)
OF_LEADS = STEPS[1:]
NOBODY = "none"
ASKED_FOR = Inquiry.state != InquiryState.SPAM


@dataclass(frozen=True, slots=True)
class LeadLens:
    """The leads a report looks at: clubs, months of arrival, one of each kind; None means any."""

    club_ids: tuple[int, ...]
    zone: str
    first: date
    last: date
    source: str | None = None
    seller: str | None = None
    campaign: str | None = None
    channel: str | None = None
    any_month: bool = False

    def whenever(self) -> "LeadLens":
        """Return the same leads of any month."""
        return replace(self, any_month=True)

    @property
    def months(self) -> list[date]:
        """Return the months of arrival."""
        return months_between(self.first, self.last)

    def holds(self) -> ColumnElement[bool]:
        """Return the condition that a lead is looked at; sources and sellers are joined."""
        return and_(self._span(Lead), *self._chosen(Lead.channel))

    def holds_asked(self) -> ColumnElement[bool]:
        """Return the condition that something that came in is looked at."""
        return and_(self._span(Inquiry), ASKED_FOR, *self._chosen(Inquiry.channel))

    def _span(self, table: type[Lead] | type[Inquiry]) -> ColumnElement[bool]:
        if self.any_month:
            return table.club_id.in_(self.club_ids)
        begins = day_bounds(self.first, self.zone)[0]
        ends = day_bounds(month_end(self.last), self.zone)[1]
        return and_(
            table.club_id.in_(self.club_ids),
            table.arrived_at >= begins,
            table.arrived_at < ends,
        )

    def _chosen(self, channel: Any) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        for column, wanted in ((LeadSource.public_id, self.source), (User.public_id, self.seller)):
            if wanted is not None:
                found.append(column.is_(None) if wanted == NOBODY else column == wanted)
        if self.campaign is not None:
            wanted_word = "" if self.campaign == NOBODY else self.campaign
            found.append(Lead.campaign == wanted_word)
        if self.channel is not None:
            found.append(channel == self.channel)
        return found


@dataclass(frozen=True, slots=True)
class FunnelLine:
    """A month or a group: its seven numbers, and how many came from each step to the next."""

    key: Any
    name: str
    numbers: Mapping[Step, int]
    passed: Mapping[Step, int]

    def rate(self, step: Step) -> Rate:
        """Return how many of the step before came to this one."""
        if step is Step.ASKED:
            return Rate(0, 0)
        before = STEPS[STEPS.index(step) - 1]
        return Rate(self.passed[step], self.numbers[before])

    @property
    def whole(self) -> Rate:
        """Return how many of all leads joined."""
        return Rate(self.numbers[Step.JOINED], self.numbers[Step.LEADS])


@dataclass(frozen=True, slots=True)
class LeadPerson:
    """A lead of a list with who it is, from where, and whose."""

    lead: Lead | None
    inquiry: Inquiry | None
    person_id: str
    name: str
    photo: str | None
    source: str
    seller: str


def funnel_of(lens: LeadLens, by: LeadsBy) -> list[FunnelLine]:
    """Return the funnel told by months or groups, in two statements."""
    asked = {row[0]: row for row in db.session.execute(_asked(lens, by))}
    leads = {row[0]: row for row in db.session.execute(_leads(lens, by))}
    keys = lens.months if by is LeadsBy.MONTH else sorted(
        {*asked, *leads}, key=lambda key: -(leads[key][2] if key in leads else 0)
    )  # fmt: skip
    return [_line(by, key, asked.get(_key(lens, by, key)), leads.get(_key(lens, by, key)))
            for key in keys]  # fmt: skip


def total_of(lines: list[FunnelLine]) -> FunnelLine:
    """Return all lines as one."""
    numbers = {step: sum(line.numbers[step] for line in lines) for step in STEPS}
    passed = {step: sum(line.passed[step] for line in lines) for step in STEPS}
    return FunnelLine(None, "", numbers, passed)


def stands_at(stage: LeadStage) -> ColumnElement[bool]:
    """Return the condition that a lead stands at a stage now."""
    return Lead.state == stage


def signed_within(lens: LeadLens) -> ColumnElement[bool]:
    """Return the condition that a lead signed in the months of the lens, whenever it arrived."""
    begins = day_bounds(lens.first, lens.zone)[0]
    ends = day_bounds(month_end(lens.last), lens.zone)[1]
    return and_(Lead.won_at >= begins, Lead.won_at < ends)


def count_asked(lens: LeadLens) -> int:
    """Return how many questions came in."""
    counted = _from_asked(select(func.count(Inquiry.id))).where(lens.holds_asked())
    return db.session.scalar(counted) or 0


def count_leads(lens: LeadLens, chosen: ColumnElement[bool]) -> int:
    """Return how many leads stand behind a number."""
    counted = from_leads(select(func.count(Lead.id))).where(lens.holds(), chosen)
    return db.session.scalar(counted) or 0


def people_asked(lens: LeadLens, limit: int, offset: int = 0) -> list[LeadPerson]:
    """Return who asked, the newest first."""
    wanted = (
        _from_asked(select(Lead, Inquiry, *_SEEN))
        .outerjoin(Person, Person.id == func.coalesce(Lead.person_id, Inquiry.person_id))
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .where(lens.holds_asked())
        .order_by(Inquiry.arrived_at.desc(), Inquiry.id.desc())
    )
    return [_person(*row) for row in db.session.execute(wanted.limit(limit).offset(offset))]


def leads_of(
    lens: LeadLens, chosen: ColumnElement[bool], limit: int, offset: int = 0
) -> list[LeadPerson]:
    """Return the leads behind a number, the newest first."""
    wanted = (
        from_leads(select(Lead, *_SEEN))
        .join(Person, Person.id == Lead.person_id)
        .outerjoin(StoredFile, StoredFile.id == Person.photo_id)
        .where(lens.holds(), chosen)
        .order_by(Lead.arrived_at.desc(), Lead.id.desc())
    )
    rows = db.session.execute(wanted.limit(limit).offset(offset))
    return [_person(row[0], None, *row[1:]) for row in rows]


_SEEN: tuple[Any, ...] = (
    Person.public_id,
    Person.given_name,
    Person.family_name,
    StoredFile.public_id,
    LeadSource.name,
    User.name,
)


def _person(lead: Lead | None, inquiry: Inquiry | None, *seen: Any) -> LeadPerson:
    public_id, given, family, photo, source, seller = seen
    name = f"{given or ''} {family or ''}".strip() or (inquiry.name if inquiry else "")
    return LeadPerson(lead, inquiry, public_id or "", name, photo, source or "", seller or "")


def from_leads(wanted: Any) -> Any:
    """Return a select of leads with their sources and sellers beside them."""
    return (
        wanted.select_from(Lead)
        .outerjoin(LeadSource, LeadSource.id == Lead.source_id)
        .outerjoin(User, User.id == Lead.owner_id)
    )


def _from_asked(wanted: Any) -> Any:
    return (
        wanted.select_from(Inquiry)
        .outerjoin(Lead, Lead.id == Inquiry.lead_id)
        .outerjoin(LeadSource, LeadSource.id == func.coalesce(Lead.source_id, Inquiry.source_id))
        .outerjoin(User, User.id == Lead.owner_id)
    )


def _leads(lens: LeadLens, by: LeadsBy) -> Any:
    key, name = lead_columns(lens, by)
    counts = [func.count().filter(REACHED_STEP[step]) for step in OF_LEADS]
    both = [
        func.count().filter(REACHED_STEP[step], REACHED_STEP[before])
        for before, step in pairwise(OF_LEADS)
    ]
    return from_leads(select(key, name, *counts, *both)).where(lens.holds()).group_by(key, name)


def _asked(lens: LeadLens, by: LeadsBy) -> Any:
    key, name = _columns(lens, by, Inquiry.arrived_at, Inquiry.channel)
    counts = (func.count(), func.count().filter(Inquiry.lead_id.is_not(None)))
    return _from_asked(select(key, name, *counts)).where(lens.holds_asked()).group_by(key, name)


def lead_columns(lens: LeadLens, by: LeadsBy) -> tuple[Any, Any]:
    """Return the key and the name by which leads are told."""
    return _columns(lens, by, Lead.arrived_at, Lead.channel)


def _columns(lens: LeadLens, by: LeadsBy, arrived: Any, channel: Any) -> tuple[Any, Any]:
    if by is LeadsBy.MONTH:
        place = month_place(lens, arrived)
        return place, place
    return {
        LeadsBy.SOURCE: (LeadSource.public_id, LeadSource.name),
        LeadsBy.SELLER: (User.public_id, User.name),
        LeadsBy.CAMPAIGN: (Lead.campaign, Lead.campaign),
        LeadsBy.CHANNEL: (channel, channel),
    }[by]


def month_place(lens: LeadLens, arrived: Any) -> Any:
    """Return the place of the club's month in which something arrived, whatever its zone."""
    bounds = [day_bounds(month_after(month), lens.zone)[0] for month in lens.months]
    return case(*((arrived < bound, place) for place, bound in enumerate(bounds)))


def _key(lens: LeadLens, by: LeadsBy, key: Any) -> Any:
    return lens.months.index(key) if by is LeadsBy.MONTH else key


def shown_key(lens: LeadLens, by: LeadsBy, key: Any) -> Any:
    """Return a key of the store as pages and addresses write it."""
    if by is LeadsBy.MONTH:
        return lens.months[key]
    return getattr(key, "value", key) or NOBODY


def _line(by: LeadsBy, key: Any, asked: Any, leads: Any) -> FunnelLine:
    counts = [asked[2] if asked else 0, *(leads[2:8] if leads else [0] * 6)]
    both = [0, asked[3] if asked else 0, *(leads[8:13] if leads else [0] * 5)]
    row = leads or asked
    name = "" if by is LeadsBy.MONTH or row is None else str(row[1] or "")
    shown = key if by is LeadsBy.MONTH else getattr(key, "value", key) or NOBODY
    return FunnelLine(
        shown,
        name,
        dict(zip(STEPS, counts, strict=True)),
        dict(zip(STEPS, both, strict=True)),
    )
