"""Pages and API of price quotes: for staff, and for who has one."""

from clubcrm.leads.quotes.views.api import api
from clubcrm.leads.quotes.views.link import link
from clubcrm.leads.quotes.views.staff import quotes

PAGES = (quotes, link)
API = (api,)

__all__ = ["API", "PAGES"]
