"""Views room: the queue, one ticket, articles, ready answers, the member's own side, the API."""

from clubcrm.tickets.views import acts
from clubcrm.tickets.views.articles import articles
from clubcrm.tickets.views.own import own_tickets
from clubcrm.tickets.views.pages import tickets
from clubcrm.tickets.views.phone import phone
from clubcrm.tickets.views.phone_hooks import phone_hooks
from clubcrm.tickets.views.settings import ticket_settings

BLUEPRINTS = (tickets, articles, own_tickets, ticket_settings, phone, phone_hooks)

__all__ = ["BLUEPRINTS", "acts"]
