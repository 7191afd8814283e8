"""Views room of leads: board, tray, one lead, choices of a club, the list for programs."""

from flask import Blueprint

from clubcrm.leads.views import board, callers, lead, moving, new, tray
from clubcrm.leads.views.api import api
from clubcrm.leads.views.blueprint import leads
from clubcrm.leads.views.choices import choices
from clubcrm.leads.views.friend import friend

PAGES: tuple[Blueprint, ...] = (leads, choices, friend)
API: tuple[Blueprint, ...] = (api,)

__all__ = ["API", "PAGES", "board", "callers", "lead", "moving", "new", "tray"]
