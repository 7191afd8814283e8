"""The door to the outbox for upper floors."""

from clubcrm.messaging.own_links import news_address
from clubcrm.messaging.rules.channels import NoWay
from clubcrm.messaging.services import Order, cancel, hold_outbox, queue, release_outbox

__all__ = ["NoWay", "Order", "cancel", "hold_outbox", "news_address", "queue", "release_outbox"]
