"""Pages and API of segments and campaigns."""

from clubcrm.campaigns.views.campaigns import campaigns
from clubcrm.campaigns.views.campaigns_api import api as campaigns_api
from clubcrm.campaigns.views.events import events, rsvp
from clubcrm.campaigns.views.holidays import holidays
from clubcrm.campaigns.views.holidays_api import api as holidays_api
from clubcrm.campaigns.views.segments import segments
from clubcrm.campaigns.views.segments_api import api as segments_api
from clubcrm.campaigns.views.texts import campaign_texts

BLUEPRINTS = (campaigns, campaign_texts, events, holidays, rsvp, segments)
API_BLUEPRINTS = (campaigns_api, holidays_api, segments_api)

__all__ = ["API_BLUEPRINTS", "BLUEPRINTS"]
