"""Queries room: the members whose facts may call for a touchpoint tonight, out of all of a club.

A wide net in one statement: the rules decide afterwards. Who was told already is left out here, so
that a night costs what is new in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Exists, and_, case, exists, extract, func, or_, select
from sqlalchemy.orm import Session

from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchRefusal, TouchState
from clubcrm.journeys.rules.codes import Code, Term, Why
from clubcrm.journeys.rules.cycle import RELATIONSHIP_YEAR
from clubcrm.journeys.rules.settings import CodeRule, JourneySettings
from clubcrm.journeys.sql import days_between
from clubcrm.people.models import Person
from memberships.blocks.models import Block
from memberships.blocks.rules import BlockOwner
from memberships.contracts.models import Contract
from memberships.contracts.rules import ContractState
from memberships.packages.models import VISIT_SERVICE, EntryKind, PackageEntry, PackageLot

# After this many days past its last useful day a missed touchpoint is not even mentioned.
MENTION_DAYS = 7
FREEZE_LOOKBACK = 90
LOOK_AGAIN_DAYS = 7
SHORTEST = 30  # days of the shortest term
QUIET_STATES = (
    TouchState.PLANNED,
    TouchState.QUEUED,
    TouchState.DELIVERED,
    TouchState.HELD_OUT,
)
facts = MemberFacts


def candidates(
    session: Session,
    club_id: int,
    day: date,
    versions: Iterable[JourneySettings],
    own: Iterable[int] = (),
) -> Sequence[int]:
    """Return the members who may need something, the most valuable work first."""
    asked = _Net(day, list(versions))
    price = select(Contract.price_minor).where(Contract.id == facts.contract_id).scalar_subquery()
    found = session.scalars(
        select(facts.person_id)
        .where(
            facts.club_id == club_id,
            facts.as_of == day,
            or_(
                and_(_running(day), or_(*asked.running())),
                and_(facts.ends_on < day, or_(*asked.over())),
            ),
        )
        .order_by((func.coalesce(facts.score, 0) * price).desc(), facts.person_id)
    ).all()
    known = set(found)
    return [*found, *(one for one in own if one not in known)]


def _running(day: date) -> ColumnElement[bool]:
    return or_(facts.ends_on.is_(None), facts.ends_on >= day)


class _Net:
    """The conditions of one night, wide enough for every version of the club's journey."""

    def __init__(self, day: date, versions: Sequence[JourneySettings]) -> None:
        self.day = day
        self.rules: Mapping[str, list[CodeRule]] = {
            code: [one.codes[code] for one in versions if code in one.codes] for code in Code
        }
        self.versions = versions
        self.age = days_between(day, facts.starts_on)
        self.left = days_between(facts.ends_on, day)

    def running(self) -> list[ColumnElement[bool]]:
        """Return what may call for a word while the membership runs."""
        return [
            and_(facts.is_onboarding, or_(*self._onboarding())),
            *self._rhythm(),
            self._birthday(),
            self._package(),
            self._invitation(),
            self._half_way(),
            self._renewal(),
            self._rolling(),
            self._frozen(),
        ]

    def over(self) -> list[ColumnElement[bool]]:
        """Return what may call for a word after the membership has ended."""
        gone = days_between(self.day, facts.ends_on)
        return [
            and_(
                gone >= self._first(code),
                gone <= self._latest(code),
                ~_said(code),
                ~_signed_again(self.day),
            )
            for code in (Code.LAPSED, Code.ASK_REASON, Code.WIN_BACK)
        ]

    def _first(self, code: str) -> int:
        return min((min(one.days, default=0) for one in self.rules[code]), default=0)

    def _latest(self, code: str) -> int:
        last = max((max(one.days, default=0) for one in self.rules[code]), default=0)
        return last + self._valid(code)

    def _valid(self, code: str) -> int:
        return max((one.valid_days for one in self.rules[code]), default=0)

    def _onboarding(self) -> list[ColumnElement[bool]]:
        stood_still = exists().where(
            Block.person_id == facts.person_id,
            Block.owner == BlockOwner.FREEZE,
            Block.until_on >= self.day - timedelta(days=FREEZE_LOOKBACK),
        )
        never = and_(
            facts.visits == 0,
            facts.silent_days >= self._first(Code.FIRST_VISIT),
            facts.silent_days <= self._latest(Code.FIRST_VISIT) + MENTION_DAYS,
        )
        by_age = [
            and_(
                or_(self.age <= self._latest(code), stood_still),
                ~_said(code),
                ~_missed(code, facts.starts_on),
            )
            for code in (Code.WELCOME, Code.START_SESSION, Code.TWO_WEEKS, Code.FIRST_MONTH)
        ]
        welcome, start, *later = by_age
        fixed = (Code.TWO_WEEKS, Code.FIRST_MONTH)
        opened = [and_(self._opened(code), one) for code, one in zip(fixed, later, strict=True)]
        return [never, welcome, and_(self.age >= 3, start), *opened]

    def _opened(self, code: str) -> ColumnElement[bool]:
        """Return the condition that its day has come, which short terms have earlier."""
        term = func.coalesce(days_between(facts.ends_on, facts.starts_on), SHORTEST)
        return or_(
            *(self.age >= min(one.days, default=0) for one in self.rules[code]),
            *(self.age + 1 >= term * one.share for one in self.rules[code] if one.share),
        )

    def _rhythm(self) -> list[ColumnElement[bool]]:
        ring = facts.d_star
        wait = max(one.rhythm.escalate_after for one in self.versions)
        heard = facts.last_visit_on
        silent = and_(
            facts.silent_days >= ring,
            facts.silent_days <= ring + self._valid(Code.SILENCE) + MENTION_DAYS,
            ~_said(Code.SILENCE, after=heard),
            ~_missed(Code.SILENCE, heard),
            ~_spent(Code.SILENCE),
        )
        longer = and_(
            facts.silent_days >= ring + min(one.rhythm.escalate_after for one in self.versions),
            facts.silent_days <= ring + wait + self._valid(Code.ESCALATION),
            ~_said(Code.ESCALATION, after=heard),
            ~_missed(Code.ESCALATION, heard),
        )
        slumps = and_(
            facts.slump_alarm_on >= self.day - timedelta(days=self._valid(Code.SLUMP)),
            ~_said(Code.SLUMP),
        )
        reached = {number for one in self.rules[Code.MILESTONE] for number in one.counts}
        milestone = and_(
            facts.v7 > 0,
            or_(
                *(
                    and_(facts.cycle_visits >= one, facts.cycle_visits - facts.v7 < one)
                    for one in sorted(reached)
                )
            ),
            ~_said(Code.MILESTONE, since=self.day - timedelta(days=7)),
            ~_missed(Code.MILESTONE, self.day - timedelta(days=7)),
        )
        visited = facts.visits > 0
        return [and_(visited, or_(silent, longer)), slumps, milestone]

    def _birthday(self) -> ColumnElement[bool]:
        days = [self.day - timedelta(days=n) for n in range(self._valid(Code.BIRTHDAY) + 1)]
        wanted = [(one.month, one.day) for one in days]
        wanted += [(2, 29)] if (2, 28) in wanted else []
        born = or_(
            *(
                and_(
                    extract("month", Person.birth_date) == month,
                    extract("day", Person.birth_date) == number,
                )
                for month, number in wanted
            )
        )
        return and_(
            facts.person_id.in_(select(Person.id).where(Person.birth_date.is_not(None), born)),
            ~_said(Code.BIRTHDAY, since=days[-1]),
        )

    def _package(self) -> ColumnElement[bool]:
        low = max((max(one.counts, default=0) for one in self.rules[Code.PACKAGE_LOW]), default=0)
        soon = self.day + timedelta(days=self._latest(Code.PACKAGE_LOW))
        usable = and_(
            PackageLot.remaining > 0,
            or_(PackageLot.expires_on.is_(None), PackageLot.expires_on >= self.day),
            or_(PackageLot.remaining <= low, PackageLot.expires_on <= soon),
        )
        lately = self.day - timedelta(days=self._valid(Code.PACKAGE_LOW) + 2)
        used = exists().where(
            PackageEntry.lot_id == PackageLot.id,
            PackageEntry.kind == EntryKind.USE,
            PackageEntry.at >= datetime.combine(lately, time(), UTC),
        )
        lots = select(PackageLot.person_id).where(
            PackageLot.service != VISIT_SERVICE,
            or_(usable, and_(PackageLot.remaining == 0, used)),
        )
        said = _said(Code.PACKAGE_LOW, since=self.day - timedelta(days=45))
        return and_(facts.person_id.in_(lots), ~said)

    def _invitation(self) -> ColumnElement[bool]:
        def quiet(term: Term) -> int:
            return min(one.budgets[term].quiet_days for one in self.versions)

        def nothing_for(days: int) -> ColumnElement[bool]:
            since = self.day - timedelta(days=days)
            return and_(self.age >= days, ~_heard(since))

        length = days_between(facts.ends_on, facts.starts_on)
        short = min(quiet(Term.HALF), quiet(Term.QUARTER))
        refused = exists().where(
            TouchRefusal.person_id == facts.person_id,
            TouchRefusal.cycle_no == facts.cycle_no,
            TouchRefusal.code == Code.INVITATION.value,
            TouchRefusal.last_on > self.day - timedelta(days=LOOK_AGAIN_DAYS),
            TouchRefusal.last_on < self.day,
        )
        is_year = or_(facts.ends_on.is_(None), length > 272, length <= 45)
        return and_(
            or_(
                and_(is_year, nothing_for(quiet(Term.YEAR))),
                and_(~is_year, nothing_for(short)),
            ),
            ~refused,
        )

    def _half_way(self) -> ColumnElement[bool]:
        valid = self._valid(Code.HALF_WAY)
        length = days_between(facts.ends_on, facts.starts_on)
        half = RELATIONSHIP_YEAR // 2
        in_year = days_between(self.day, facts.joined_on) % RELATIONSHIP_YEAR
        of_year = and_(
            or_(facts.ends_on.is_(None), length <= 45),
            in_year >= half - 1,
            in_year <= half + valid + 2,
        )
        frozen = case((self._froze(), FREEZE_LOOKBACK), else_=0)
        of_term = and_(
            2 * self.age >= length - 4,
            2 * (self.age - frozen) <= length + 2 * valid + 4,
        )
        return and_(or_(of_year, of_term), ~_said(Code.HALF_WAY))

    def _froze(self) -> ColumnElement[bool]:
        return exists().where(
            Block.person_id == facts.person_id,
            Block.owner == BlockOwner.FREEZE,
            Block.until_on >= facts.starts_on,
        )

    def _renewal(self) -> ColumnElement[bool]:
        parts = [
            and_(self.left <= max(max(one.days) for one in self.rules[code]), ~_said(code))
            for code in (Code.EARLY_BIRD, Code.RENEWAL_CALL, Code.LAST_WEEK)
            if self.rules[code]
        ]
        return and_(facts.ends_on.is_not(None), or_(*parts), ~_signed_again(self.day))

    def _rolling(self) -> ColumnElement[bool]:
        left = RELATIONSHIP_YEAR - self.age % RELATIONSHIP_YEAR
        return and_(
            facts.ends_on.is_(None),
            left <= max(max(one.days) for one in self.rules[Code.RENEWAL_NOTICE]),
            ~_said(Code.RENEWAL_NOTICE, since=self.day - timedelta(days=RELATIONSHIP_YEAR // 2)),
        )

    def _frozen(self) -> ColumnElement[bool]:
        ahead = self.day + timedelta(days=self._latest(Code.FREEZE_ENDS))
        return and_(
            facts.is_frozen,
            exists().where(
                Block.person_id == facts.person_id,
                Block.owner == BlockOwner.FREEZE,
                Block.lifted_at.is_(None),
                Block.until_on.between(self.day, ahead),
            ),
        )


def _said(code: str, *, after: Any = None, since: date | None = None) -> ColumnElement[bool]:
    """The touchpoint was planned for this cycle, and did not give way to another."""
    found = exists().where(
        Touchpoint.person_id == facts.person_id,
        Touchpoint.code == str(code),
        ~Touchpoint.why.startswith(Why.LOST_TO.value),
    )
    if after is not None:
        return found.where(Touchpoint.planned_on > after)
    if since is not None:
        return found.where(Touchpoint.planned_on >= since)
    return found.where(Touchpoint.cycle_no == facts.cycle_no)


def _missed(code: str, after: Any) -> ColumnElement[bool]:
    """Its last useful day was found to be past on a night after the given day."""
    return _refused(code, Why.TOO_LATE).where(TouchRefusal.last_on > after)


def _spent(code: str) -> ColumnElement[bool]:
    """It was said as often in this cycle as it may be."""
    return _refused(code, Why.CODE_LIMIT)


def _refused(code: str, why: Why) -> Exists:
    return exists().where(
        TouchRefusal.person_id == facts.person_id,
        TouchRefusal.cycle_no == facts.cycle_no,
        TouchRefusal.code == str(code),
        TouchRefusal.why == why.value,
    )


def _heard(since: date) -> ColumnElement[bool]:
    return exists().where(
        Touchpoint.person_id == facts.person_id,
        Touchpoint.planned_on > since,
        or_(
            Touchpoint.state.in_(QUIET_STATES[:-1]),
            and_(Touchpoint.state == TouchState.HELD_OUT, Touchpoint.code == Code.INVITATION.value),
        ),
        ~Touchpoint.code.startswith("X"),
    )


def _signed_again(day: date) -> ColumnElement[bool]:
    return exists().where(
        Contract.person_id == facts.person_id,
        Contract.starts_on > day,
        Contract.state == ContractState.SIGNED,
    )
