"""Pages of advertising forms: where they tell, and the settings of pages and forms."""

from clubcrm.leads.ads.views.hook import ad_hooks
from clubcrm.leads.ads.views.settings import ads

PAGES = (ad_hooks, ads)

__all__ = ["PAGES"]
