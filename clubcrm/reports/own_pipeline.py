"""Queries room: what the open leads of one seller may bring until the month is over."""

from clubcrm.core.clock import now, today
from clubcrm.core.months import month_end, month_of
from clubcrm.reports.pipeline import open_leads, pasts_of
from clubcrm.reports.rules.pipeline import Outlook, outlook_of


def own_outlook(club_id: int, zone: str, user_id: int) -> Outlook:
    """Return contracts and money of the user's open leads, each with its range."""
    moment, day = now(), today(zone)
    mine = (one.lead for one in open_leads(club_id, moment) if one.owner_id == user_id)
    ahead = (month_end(month_of(day)) - day).days + 1
    return outlook_of(mine, pasts_of(club_id, moment), ahead)
