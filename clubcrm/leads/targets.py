"""Services room: what each seller is to sell in a month, set by who runs the leads."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from clubcrm.core.months import month_of
from clubcrm.leads.target_tables import SalesTarget

MOST_CONTRACTS = 10_000
MOST_MINOR = 10**12


def set_target(
    club_id: int, user_id: int, month: date, contracts: int, amount_minor: int, *, by: str
) -> SalesTarget | None:
    """The seller is to bring so much in the month; nothing at all takes the target away."""
    if not 0 <= contracts <= MOST_CONTRACTS:
        raise invalid({f"contracts_{user_id}": _("Expected a whole number, nothing below zero.")})
    if not 0 <= amount_minor <= MOST_MINOR:
        raise invalid({f"amount_{user_id}": _("Expected an amount.")})
    key = (club_id, user_id, month_of(month))
    row = db.session.get(SalesTarget, key)
    before = (row.contracts, row.amount_minor) if row else (0, 0)
    if before == (contracts, amount_minor):
        return row
    if row is None:
        row = SalesTarget(club_id=club_id, user_id=user_id, month=key[2], changed_by=by)
        db.session.add(row)
    row.contracts, row.amount_minor = contracts, amount_minor
    row.changed_by, row.changed_at = by, clock.now()
    db.session.flush()
    audit.note(
        "sales_target.set",
        "user",
        user_id,
        before={"contracts": before[0], "amount_minor": before[1]},
        after={"month": key[2].isoformat(), "contracts": contracts, "amount_minor": amount_minor},
        by=by,
    )
    return row


def targets_of(club_id: int, month: date) -> dict[int, SalesTarget]:
    """Return the targets of a month by seller."""
    rows = db.session.scalars(
        select(SalesTarget).where(SalesTarget.club_id == club_id, SalesTarget.month == month)
    )
    return {row.user_id: row for row in rows}
