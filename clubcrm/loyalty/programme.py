"""Services room: what a club has decided to give for friends and points."""

from typing import Final

from flask_babel import gettext as _

from clubcrm.core import audit
from clubcrm.core.clubs import club_setting, set_club_setting
from clubcrm.core.errors import invalid
from clubcrm.loyalty.rules.programme import LIMITS, Programme, as_kept, faults_of, programme_from

SETTING: Final = "loyalty"


def programme_of(club_id: int) -> Programme:
    """Return the club's choices; as shipped, nothing is given before the owner switches it on."""
    return programme_from(club_setting(club_id, SETTING, {}))


def save_programme(club_id: int, chosen: Programme, *, by: str) -> None:
    """The club gives this from now on; what was earned or promised before stays.

    Raises INVALID_INPUT naming each field beyond its limits.
    """
    faults = faults_of(chosen)
    if faults:
        raise invalid({name: _words(name, fault) for name, fault in faults.items()})
    before = as_kept(programme_of(club_id))
    set_club_setting(club_id, SETTING, as_kept(chosen))
    audit.note("loyalty.settings", "club", club_id, before=before, after=as_kept(chosen), by=by)


def _words(name: str, fault: str) -> str:
    if fault == "range":
        low, high = LIMITS[name]
        return _("Expected a number from %(low)s to %(high)s.", low=low, high=high)
    if fault == "levels":
        return _("Each level needs a name of its own, more points than the one below and no less.")
    return _("Say how much, within reason.")
