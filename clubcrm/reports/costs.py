"""Services room: what contacts cost a club, as its owner has noted it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from clubcrm.core import audit, clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.journeys.api import current_settings
from clubcrm.journeys.rules.settings import CodeRule
from clubcrm.reports.effect_tables import ContactCost
from clubcrm.reports.evidence import Seen, message_costs
from clubcrm.reports.rules.value import WHOLE_BP
from clubcrm.reports.worths import worths_of

USUAL_MARGIN_BP = 7000
MOST_WAGE_MINOR = 100_000_000


@dataclass(frozen=True, slots=True)
class Costs:
    """What a contact of each code costs and a renewal brings; no currency when clubs differ."""

    currency: str
    wage_minor: int
    margin_bp: int
    rules: Mapping[str, CodeRule] = field(default_factory=dict)
    worths: Mapping[str, float] = field(default_factory=dict)
    messages: Mapping[str, float] = field(default_factory=dict)

    def minutes(self, code: str) -> float:
        """Return the minutes of staff that one contact takes."""
        rule = self.rules.get(code)
        return rule.minutes if rule else 0.0

    def discount(self, code: str) -> float:
        """Return the discount that everybody gets who renews upon it."""
        rule = self.rules.get(code)
        return float(rule.discount_minor) if rule else 0.0

    def renewal(self, code: str) -> float:
        """Return what the club keeps of the price of the terms that one more renewal brings."""
        return self.worths.get(code, 0.0) * self.margin_bp / WHOLE_BP


@dataclass(frozen=True, slots=True)
class NotedCost:
    """What the owner notes: the wage of an hour, and the part of a price that is kept."""

    wage_minor: int
    margin_bp: int


def noted_cost(session: Session, club_id: int) -> NotedCost:
    """Return what is noted for the club; without a note no wage and seven tenths kept."""
    row = session.get(ContactCost, club_id)
    return NotedCost(row.wage_minor, row.margin_bp) if row else NotedCost(0, USUAL_MARGIN_BP)


def costs_of(session: Session, seen: Seen) -> Costs:
    """Return what contacts cost the clubs; the first one's notes stand for all."""
    currencies = set(session.scalars(select(Club.currency).where(Club.id.in_(seen.club_ids))))
    first = seen.club_ids[0]
    noted = noted_cost(session, first)
    return Costs(
        currencies.pop() if len(currencies) == 1 else "",
        noted.wage_minor,
        noted.margin_bp,
        current_settings(first, session).codes,
        worths_of(session, seen),
        message_costs(session, seen),
    )


def note_cost(club_id: int, cost: NotedCost, *, by: str) -> None:
    """The club's contacts are valued by these figures from the next night on.

    Raises INVALID_INPUT for a wage or a part beyond reason.
    """
    if not (0 <= cost.wage_minor <= MOST_WAGE_MINOR and 0 <= cost.margin_bp <= WHOLE_BP):
        raise invalid({"margin": _("Enter a part between 0 and 100 per cent.")})
    row = db.session.get(ContactCost, club_id)
    before = {"wage_minor": row.wage_minor, "margin_bp": row.margin_bp} if row else {}
    if row is None:
        row = ContactCost(club_id=club_id, wage_minor=0, margin_bp=0)
        db.session.add(row)
    row.wage_minor, row.margin_bp = cost.wage_minor, cost.margin_bp
    row.changed_at, row.changed_by = clock.now(), by
    db.session.flush()
    after = {"wage_minor": cost.wage_minor, "margin_bp": cost.margin_bp}
    audit.note("reports.contact_cost", "club", club_id, before=before, after=after, by=by)
