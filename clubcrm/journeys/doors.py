"""Queries room: through which door somebody came."""

from sqlalchemy import select

from access_control.models import AccessEvent
from clubcrm.core.db import db


def zone_of_scan(event_id: int) -> str:
    """Return the zone of the reader that told a scan, empty when it names none."""
    found = db.session.scalars(select(AccessEvent.zone).where(AccessEvent.id == event_id)).first()
    return found or ""
