"""Views room: the pages of messages, and the doors by which services and readers answer."""

from clubcrm.messaging.views import letters  # noqa: F401 - its addresses join the outbox
from clubcrm.messaging.views.channels import channels
from clubcrm.messaging.views.hooks import hooks
from clubcrm.messaging.views.news import news
from clubcrm.messaging.views.pages import messages
from clubcrm.messaging.views.texts import texts

BLUEPRINTS = (messages, channels, hooks, news, texts)
