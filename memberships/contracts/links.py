"""Rules room: what links to a member's own pages are for, and their last hour."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PORTAL_PURPOSE = "portal"
OFFER_PURPOSE = "renewal_offer"
PORTAL_DAYS = 92


def end_of_day(zone: str, last_on: date) -> datetime:
    """Return the instant at which a club's day is over."""
    return datetime.combine(last_on + timedelta(days=1), time(), ZoneInfo(zone))
