"""Services room: the last look at a campaign's messages before they leave."""

from collections.abc import Sequence

from sqlalchemy import select

from clubcrm.campaigns.campaign_queries import campaign_messages
from clubcrm.campaigns.campaign_tables import Campaign, CampaignState
from clubcrm.campaigns.checking import Stop
from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.people.api import holds_of

STOPPED = "campaign_stopped"


def checks_before_sending(message_ids: Sequence[int]) -> dict[int, str]:
    """Return for messages of stopped campaigns, and to people left in peace since, the reason."""
    rows = campaign_messages(message_ids)
    if not rows:
        return {}
    of_message = {row.id: row.campaign_id for row in rows}
    stopped = set(
        db.session.scalars(
            select(Campaign.id).where(
                Campaign.id.in_(set(of_message.values())),
                Campaign.state == CampaignState.STOPPED,
            )
        )
    )
    today = clock.today(db.session.get_one(Club, rows[0].club_id).zone)
    holds = holds_of([row.person_id for row in rows], today)
    why = {row.id: Stop.HELD_BACK.value for row in rows if row.person_id in holds}
    return why | {one: STOPPED for one, campaign in of_message.items() if campaign in stopped}
