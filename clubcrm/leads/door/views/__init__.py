"""Pages of the form door: the door itself, the hosted form, and the settings of forms."""

from clubcrm.leads.door.views.hosted import hosted
from clubcrm.leads.door.views.public import door
from clubcrm.leads.door.views.settings import forms

PAGES = (door, hosted, forms)

__all__ = ["PAGES"]
