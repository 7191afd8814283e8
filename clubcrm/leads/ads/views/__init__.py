"""Pages of advertising forms: where they tell, the settings of pages and forms, and the same for
programs."""

from clubcrm.leads.ads.views.api import ads_api
from clubcrm.leads.ads.views.hook import ad_hooks
from clubcrm.leads.ads.views.settings import ads

PAGES = (ad_hooks, ads, ads_api)

__all__ = ["PAGES"]
