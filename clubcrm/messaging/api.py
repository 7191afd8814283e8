"""The door to the outbox for upper floors."""

from clubcrm.messaging.attachments import file_at
from clubcrm.messaging.channels.base import Letter
from clubcrm.messaging.channels.lines import open_line
from clubcrm.messaging.letter_tables import LetterState, PostedLetter
from clubcrm.messaging.letters import (
    LetterOrder,
    Paper,
    letter_of,
    letters_for,
    post_letter,
    send_again,
)
from clubcrm.messaging.own_links import news_address
from clubcrm.messaging.previews import Shown, filled
from clubcrm.messaging.queueing import Order, queue, queue_many
from clubcrm.messaging.rules.channels import NoWay
from clubcrm.messaging.services import cancel, hold_outbox, release_outbox
from clubcrm.messaging.wording_services import (
    WordingDraft,
    give_back,
    save_wording,
)

__all__ = [
    "Letter",
    "LetterOrder",
    "LetterState",
    "NoWay",
    "Order",
    "Paper",
    "PostedLetter",
    "Shown",
    "WordingDraft",
    "cancel",
    "file_at",
    "filled",
    "give_back",
    "hold_outbox",
    "letter_of",
    "letters_for",
    "news_address",
    "open_line",
    "post_letter",
    "queue",
    "queue_many",
    "release_outbox",
    "save_wording",
    "send_again",
]
