"""What became of the messages that were sent, and what some members wrote back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clubcrm.messaging.rules.answers import AnswerKind
from clubcrm.messaging.rules.receipts import Stage
from clubcrm.messaging.tracking import (
    ChannelState,
    DeadAddress,
    Dispatch,
    MessageReceipt,
    Reply,
    ReplyMail,
)
from clubcrm.people.models import Channel
from clubcrm.seed.ground import Ground
from clubcrm.seed.order import public_id

ANSWERS = (
    "Thank you for asking. I had a cold, I will be back on Thursday.",
    "I am travelling until the end of the month. Can I freeze my membership?",
    "Is there a yoga class in the evening?",
    "See you tomorrow morning!",
    "The showers were cold twice last week, that is why.",
)
DEAD_WORDS = "550 5.1.1 no such user"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a message went to."""

    club_id: int
    person_id: int
    address: str


class Answers:
    """Writes what providers and members said to the club's messages."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._sent = 0
        towns = zip(ground.club_ids, ground.calendars, strict=True)
        self._currency = {club_id: calendar.town.currency for club_id, calendar in towns}
        self._dead: set[str] = set()
        self._chance = ground.order.chance("answers")
        ground.store.sink(ChannelState).add(
            channel=Channel.EMAIL, sent_at=ground.order.moment - timedelta(hours=2)
        )

    def about(self, message_id: int, whose: Reader, at: datetime) -> None:
        """A message has left; now and then its reader answers."""
        self._ground.store.sink(Dispatch).add(
            message_id=message_id,
            channel=Channel.EMAIL,
            provider_id="",
            currency=self._currency[whose.club_id],
            stage=Stage.DELIVERED if self._sent % 40 == 0 else Stage.SENT,
            stage_at=at,
        )
        if self._sent % 40 == 0:
            self._ground.store.sink(MessageReceipt).add(
                message_id=message_id, stage=Stage.DELIVERED, words="relayed", received_at=at
            )
        if self._sent % 25 == 0:
            self._reply(message_id, whose, at)
        self._sent += 1

    def bounced(self, address: str, at: datetime) -> None:
        """The address turned out to be dead, if it was not known yet."""
        if address and address not in self._dead:
            self._dead.add(address)
            self._ground.store.sink(DeadAddress).add(
                channel=Channel.EMAIL, address=address, why=DEAD_WORDS, last_at=at, dead_since=at
            )

    def _reply(self, message_id: int, whose: Reader, at: datetime) -> None:
        ref = f"<{public_id(self._chance)}@mail.example>"
        reply_id = self._ground.store.sink(Reply).add(
            public_id=public_id(self._chance),
            club_id=whose.club_id,
            person_id=whose.person_id,
            message_id=message_id,
            channel=Channel.EMAIL,
            address=whose.address,
            kind=AnswerKind.ANSWER,
            text=ANSWERS[self._chance.randrange(len(ANSWERS))],
            provider_ref=ref,
            received_at=at + timedelta(minutes=self._chance.randrange(10, 600)),
        )
        self._ground.store.sink(ReplyMail).add(
            reply_id=reply_id,
            subject="Re: We miss you",
            message_ref=ref,
            refs=[],
            receivers=[],
            files=[],
        )
