"""The door to the outbox for upper floors."""

from clubcrm.messaging.channels.base import Letter
from clubcrm.messaging.channels.lines import open_line
from clubcrm.messaging.own_links import news_address
from clubcrm.messaging.queueing import Order, queue, queue_many
from clubcrm.messaging.rules.channels import NoWay
from clubcrm.messaging.services import cancel, hold_outbox, release_outbox

__all__ = [
    "Letter",
    "NoWay",
    "Order",
    "cancel",
    "hold_outbox",
    "news_address",
    "open_line",
    "queue",
    "queue_many",
    "release_outbox",
]
