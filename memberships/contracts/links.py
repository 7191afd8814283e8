"""Rules room: what links to a member's own pages are for, and their last hour."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PORTAL_PURPOSE = "portal"
OFFER_PURPOSE = "renewal_offer"
NOTICE_PURPOSE = "renewal_notice"
SIGN_IN_PURPOSE = "sign_in"
PAPER_PURPOSE = "sign-contract"
PAPER_LIVES = timedelta(days=14)
# So many days an answer to an offer that has ended still finds its page.
OFFER_LIVES_ON = 30
PORTAL_DAYS = 92


def end_of_day(zone: str, last_on: date) -> datetime:
    """Return the instant at which a club's day is over."""
    return datetime.combine(last_on + timedelta(days=1), time(), ZoneInfo(zone))
