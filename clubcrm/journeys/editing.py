"""Services room: somebody changes the journey; each change is a new version of all its numbers."""

import re
from dataclasses import replace

from flask_babel import gettext as _

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.journeys.definitions import save_version
from clubcrm.journeys.models import JourneyVersion
from clubcrm.journeys.rules.changes import Change, changes_between
from clubcrm.journeys.rules.settings import CodeRule, JourneySettings
from clubcrm.journeys.versions import SHIPPED, current_version, settings_by_number, settings_of

_OWN = re.compile(r"C([1-9]\d{0,5})")


def next_own_code(settings: JourneySettings) -> str:
    """Return the code that the next own trigger gets; a code is never given twice."""
    numbers = [int(found[1]) for code in settings.codes if (found := _OWN.fullmatch(code))]
    return f"C{max(numbers, default=0) + 1}"


def with_rule(settings: JourneySettings, rule: CodeRule) -> JourneySettings:
    """Return the settings with this touchpoint as it is here."""
    return replace(settings, codes={**settings.codes, rule.code: rule})


def changes_for(club_id: int, after: JourneySettings) -> list[Change]:
    """Return what would differ from the numbers that stand now."""
    return changes_between(settings_of(current_version(club_id)), after)


def save(club_id: int, after: JourneySettings, *, seen: int, by: str) -> JourneyVersion | None:
    """New cycles go by these numbers; None when nothing differs.

    Raises STALE (409) when somebody has saved since the numbers were shown.
    """
    before = current_version(club_id)
    standing = before.number if before else SHIPPED
    if standing != seen:
        raise DomainError(
            "STALE",
            _("Somebody saved version %(number)s meanwhile. Look again.", number=standing),
            status=409,
        )
    if not changes_between(settings_of(before), after):
        return None
    return save_version(club_id, after, by=by)


def settings_of_number(club_id: int, number: int) -> JourneySettings:
    """Return the numbers of a version of a club; 0 is the shipped one.

    Raises NOT_FOUND when there is none with this number.
    """
    found = settings_by_number(db.session(), club_id).get(number)
    if found is None:
        raise not_found(_("There is no such version."))
    return found
