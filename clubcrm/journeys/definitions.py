"""Services room: the versions of a club's journey; a running cycle keeps the one it began with."""

from clubcrm.core import audit, clock
from clubcrm.core.db import db
from clubcrm.journeys.models import JourneyVersion
from clubcrm.journeys.rules.settings import JourneySettings, to_json
from clubcrm.journeys.rules.shipped import default_settings
from clubcrm.journeys.versions import SHIPPED, current_settings, current_version, settings_of

__all__ = [
    "current_settings",
    "current_version",
    "default_settings",
    "save_version",
    "settings_of",
]


def save_version(club_id: int, settings: JourneySettings, *, by: str) -> JourneyVersion:
    """Cycles that begin from now on go by these numbers; running ones keep theirs."""
    before = current_version(club_id)
    version = JourneyVersion(
        club_id=club_id,
        number=before.number + 1 if before else SHIPPED + 1,
        made_at=clock.now(),
        made_by=by,
        settings=to_json(settings),
    )
    db.session.add(version)
    db.session.flush()
    audit.note(
        "journey.save", "journey_version", version.id, after={"number": version.number}, by=by
    )
    return version
