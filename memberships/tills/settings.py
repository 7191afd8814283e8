"""Services room: what a club has decided about its tills and about buying on account."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core import audit
from clubcrm.core.clubs import club_setting, set_club_setting
from clubcrm.core.db import db
from clubcrm.core.errors import invalid
from memberships.tills.models import AccountLimit

TILL_SETTING = "till"
MOST_MINOR = 10**12
MOST_DAYS = 90


@dataclass(frozen=True, slots=True)
class TillSettings:
    """Whether cash needs an open shift, how far members may owe the counter, and for how long."""

    cash_needs_shift: bool = False
    account_limit_minor: int = 0
    account_days: int = 14


def till_settings(club_id: int) -> TillSettings:
    """Return what the club has decided, or the defaults."""
    stored = club_setting(club_id, TILL_SETTING, None) or {}
    return TillSettings(
        bool(stored.get("cash_needs_shift", False)),
        int(stored.get("account_limit_minor", 0)),
        int(stored.get("account_days", 14)),
    )


def save_till_settings(club_id: int, settings: TillSettings, *, by: str) -> None:
    """The next payment follows these settings; raises INVALID_INPUT naming the field."""
    if not 0 <= settings.account_limit_minor <= MOST_MINOR:
        raise invalid({"account_limit": _("This cannot be.")})
    if not 0 <= settings.account_days <= MOST_DAYS:
        raise invalid({"account_days": _("Expected up to %(days)s days.", days=MOST_DAYS)})
    before, after = _plain(till_settings(club_id)), _plain(settings)
    set_club_setting(club_id, TILL_SETTING, after)
    audit.note("till.settings", "club", club_id, before=before, after=after, by=by)


def account_limit_of(person_id: int, club_id: int) -> int:
    """Return how much this person may owe at most when something is put on the account."""
    own = db.session.scalar(
        select(AccountLimit.limit_minor).where(
            AccountLimit.person_id == person_id, AccountLimit.club_id == club_id
        )
    )
    return till_settings(club_id).account_limit_minor if own is None else own


def set_account_limit(person_id: int, club_id: int, limit_minor: int, *, by: str) -> None:
    """This person has a limit of his own from now on."""
    if not 0 <= limit_minor <= MOST_MINOR:
        raise invalid({"limit": _("This cannot be.")})
    found = db.session.get(AccountLimit, (person_id, club_id))
    if found is None:
        db.session.add(
            AccountLimit(person_id=person_id, club_id=club_id, limit_minor=limit_minor, set_by=by)
        )
    else:
        found.limit_minor, found.set_by = limit_minor, by
    db.session.flush()
    after = {"limit_minor": limit_minor}
    audit.note("account.limit", "person", person_id, after=after, by=by)


def _plain(settings: TillSettings) -> dict[str, int | bool]:
    return {
        "cash_needs_shift": settings.cash_needs_shift,
        "account_limit_minor": settings.account_limit_minor,
        "account_days": settings.account_days,
    }
