"""Rules: the values that say that a touchpoint is called for, or why it is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from clubcrm.journeys.rules.codes import Performer, Why
from clubcrm.journeys.rules.cycle import CycleFacts, Said, Touch
from clubcrm.journeys.rules.settings import CodeRule, JourneySettings


@dataclass(frozen=True, slots=True)
class Due:
    """A touchpoint that the facts call for, from the day it became due to its last useful day."""

    touch: Touch
    eligible_on: date
    valid_until: date


# A night makes two million of the next two for a large club, and freezing takes most of making one.
@dataclass(slots=True)
class NotDue:
    """A touchpoint that is not called for, and why; day is when it would be, if known."""

    code: str
    why: Why
    day: date | None = None


@dataclass(slots=True)
class Asked:
    """One touchpoint looked at for one member on one day; `before` is what was said of it."""

    rule: CodeRule
    facts: CycleFacts
    said: tuple[Said, ...]
    day: date
    settings: JourneySettings
    before: Sequence[Said] = ()

    @property
    def code(self) -> str:
        """The touchpoint's name."""
        return self.rule.code

    def mine(self) -> list[Said]:
        """Return what was said of this touchpoint before; what gave way may be said again."""
        return [one for one in self.before if not one.gave_way]

    def next_number(self) -> int:
        """Return the number of the next occurrence."""
        return max((one.occurrence for one in self.before), default=0) + 1

    def no(self, why: Why, day: date | None = None) -> NotDue:
        """Return that it is not called for."""
        return NotDue(self.code, why, day)

    def since(
        self,
        days_ago: int,
        *,
        performer: Performer | None = None,
        occurrence: int | None = None,
        about: int | None = None,
        detail: str = "",
    ) -> Due | NotDue:
        """Return that it is called for since so many days, unless its time has passed."""
        eligible_on = self.day - timedelta(days=days_ago)
        valid_until = eligible_on + timedelta(days=self.rule.valid_days)
        if self.day > valid_until:
            return self.no(Why.TOO_LATE, valid_until)
        touch = Touch(
            self.code,
            occurrence or self.next_number(),
            performer or self.rule.performer,
            self.rule.priority,
            self.rule.valid_days,
            about,
            detail,
        )
        return Due(touch, eligible_on, valid_until)

    def once(self, days_ago: int, *, performer: Performer | None = None) -> Due | NotDue:
        """Return the same for what is said once in a cycle; days that lie ahead are named."""
        if self.mine():
            return self.no(Why.ALREADY_PLANNED)
        if days_ago < 0:
            return self.no(Why.NOT_DUE, self.day - timedelta(days=days_ago))
        return self.since(days_ago, performer=performer)


def share_of_term(rule: CodeRule, length: int) -> int:
    """Return the days of a rule, or its share of the term where that is nearer."""
    by_share = round(rule.share * length)
    days = min(rule.days[0], by_share) if rule.days and rule.share else by_share
    return max(rule.least, days if rule.share else rule.days[0])
