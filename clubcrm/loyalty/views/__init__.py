"""Pages and API of loyalty: its settings, who brought whom, points, a member's own page."""

from clubcrm.loyalty.views.api import api
from clubcrm.loyalty.views.discounts import discounts
from clubcrm.loyalty.views.member import member_loyalty
from clubcrm.loyalty.views.overview import loyalty
from clubcrm.loyalty.views.own import own_loyalty, own_place
from clubcrm.loyalty.views.settings import loyalty_settings

BLUEPRINTS = (discounts, loyalty, loyalty_settings, member_loyalty, own_loyalty)
API_BLUEPRINTS = (api,)

__all__ = ["API_BLUEPRINTS", "BLUEPRINTS", "own_place"]
