"""Services room: the last look at messages before they leave: why any of them must not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from clubcrm.messaging import queries
from clubcrm.messaging.models import Message
from clubcrm.messaging.rules.channels import NoWay, pick_channel
from clubcrm.people.models import Purpose

SAME_TEXT = "same_text"
EXPIRED = "expired"

# Asked for all messages of a batch just before they leave; answers are why one is not wanted.
SendCheck = Callable[[Sequence[int]], Mapping[int, str]]


def refusals(session: Session, messages: Sequence[Message], moment: datetime) -> dict[int, str]:
    """Return for each message that must not leave the reason; the others have today's address."""
    why = {one.id: EXPIRED for one in messages if one.expires_at and one.expires_at <= moment}
    why |= _unreachable([one for one in messages if one.id not in why])
    checks: tuple[SendCheck, ...] = current_app.extensions.get("club_send_checks", ())
    for check in checks:
        why |= check([one.id for one in messages if one.id not in why])
    return why | _said_before(session, [one for one in messages if one.id not in why], moment)


def _unreachable(messages: Sequence[Message]) -> dict[int, str]:
    why: dict[int, str] = {}
    for purpose in Purpose:
        chosen = [one for one in messages if one.purpose is purpose]
        reaches = queries.reach_of({one.person_id for one in chosen}, purpose)
        for message in chosen:
            way = pick_channel(reaches[message.person_id], (message.channel.value,))
            if isinstance(way, NoWay):
                why[message.id] = way.value
            elif message.address != way.address:
                message.address = way.address
    return why


def _said_before(session: Session, messages: Iterable[Message], moment: datetime) -> dict[int, str]:
    chosen = list(messages)
    ours = frozenset(one.id for one in chosen)
    addresses = {one.address for one in chosen}
    said = queries.texts_said(session, addresses, ours, moment)
    why: dict[int, str] = {}
    for message in chosen:
        text = (message.address, message.subject, message.body)
        if text in said:
            why[message.id] = SAME_TEXT
        said.add(text)
    return why
