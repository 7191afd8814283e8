"""Services room: a new campaign takes over the words of an old one."""

from clubcrm.campaigns.campaign_queries import own_texts
from clubcrm.campaigns.campaign_services import (
    EVENT_GIVEN,
    GIVEN,
    CampaignText,
    given_to,
    word_campaign,
)
from clubcrm.campaigns.campaign_tables import Campaign
from clubcrm.messaging.rules.kinds import TextKind

OF_EVENT = EVENT_GIVEN | {"rsvp_link"}


def take_words(campaign: Campaign, old: Campaign, *, by: str) -> int:
    """The texts of the old campaign are those of the new one; returns how many.

    A text that speaks of what the new one does not give, a bonus or an event, is left to be
    written.
    """
    known, taken = own_texts(old), 0
    given = given_to(campaign) | (OF_EVENT if campaign.event_id else frozenset())
    lost = [f"{{{one}}}" for one in (GIVEN | OF_EVENT) - given]
    for variant, language, kind in sorted(known):
        if kind is not TextKind.EMAIL:
            continue
        letter = known[variant, language, kind]
        short = known.get((variant, language, TextKind.SMS))
        brief = short.body if short else ""
        if any(one in f"{letter.subject} {letter.body} {brief}" for one in lost):
            continue
        text = CampaignText(variant, language, letter.subject, letter.body, brief)
        word_campaign(campaign, text, by=by)
        taken += 1
    return taken
