"""Verbs of the outbox: queue a message with its cause, cancel, release, and hold everything."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import audit, clock, events
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.states import move
from clubcrm.core.types import new_public_id
from clubcrm.messaging import queries
from clubcrm.messaging.events import MessageSettled
from clubcrm.messaging.link_values import link_values
from clubcrm.messaging.models import MESSAGE_MOVES, Message, MessageState, OutboxHold
from clubcrm.messaging.rules.channels import NoWay, pick_channel
from clubcrm.messaging.rules.kinds import kind_of
from clubcrm.messaging.rules.wording import Wording, fields_of, render
from clubcrm.messaging.story_queries import stories_of
from clubcrm.messaging.texts import Draft, texts_of
from clubcrm.messaging.values import day_words, values_of
from clubcrm.people.models import Channel, Purpose

MISSING_FIELD = "missing_field"
# Kept with every message, so that it can be worded again and its footer can be written.
ALWAYS = ("given_name", "family_name", "club")
# "Come by Sunday" leaves this long from the first day on which the message may be read.
KEEP_A_PROMISE = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Order:
    """What shall be said to whom; `dedupe_key` makes a second order for the same cause harmless.

    `channels` is the wished order of ways; others are not taken then.
    """

    dedupe_key: str
    club_id: int
    person_id: int
    code: str
    purpose: Purpose
    not_before: datetime
    expires_at: datetime | None = None
    fields: dict[str, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()


def queue(order: Order) -> Message | NoWay:
    """The message waits in the outbox, in the caller's transaction, or there is no way to say it.

    A text with a missing field is held for a person to look at. The same key gives the same
    message. Raises NO_TEXT for a code without words.
    """
    known = queries.message_by_key(db.session(), order.dedupe_key)
    if known is not None:
        return known
    reach = queries.reach_of([order.person_id], order.purpose)[order.person_id]
    way = pick_channel(reach, queries.offered(), order.channels)
    if isinstance(way, NoWay):
        return way
    channel = Channel(way.channel)
    text, fields = words_for(order, channel)
    wording = render(text.subject, text.body, fields)
    row = {
        "public_id": new_public_id(),
        "dedupe_key": order.dedupe_key,
        "club_id": order.club_id,
        "person_id": order.person_id,
        "code": order.code,
        "channel": channel,
        "purpose": order.purpose,
        "address": way.address,
        "language": text.language,
        "subject": wording.subject[:300],
        "body": wording.body,
        "fields": fields,
        "state": MessageState.HELD if wording.missing else MessageState.QUEUED,
        "why": _missing(wording),
        "attempts": 0,
        "next_at": order.not_before,
        "expires_at": order.expires_at,
        "claim_fence": 0,
        "server_words": "",
        "created_at": clock.now(),
    }
    make = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
    db.session.execute(make(Message).values(row).on_conflict_do_nothing())
    message = queries.message_by_key(db.session(), order.dedupe_key)
    assert message is not None  # noqa: S101 - just inserted, by us or by another
    return message


def words_for(order: Order, channel: Channel) -> tuple[Draft, dict[str, str]]:
    """Return the text of an order and the value of each placeholder that stands in it."""
    session = db.session()
    person = queries.person_of(order.person_id)
    club = session.get_one(Club, order.club_id)
    if person is None:
        raise not_found("There is no such person.")
    texts = texts_of(session, order.club_id, (order.code,))
    text = texts.draft(order.code, kind_of(channel.value), person.language, club.locale)
    if text is None:
        raise DomainError("NO_TEXT", f"There are no words for {order.code} yet.")
    names = {*fields_of(text.subject), *fields_of(text.body), *ALWAYS} - set(order.fields)
    story = stories_of(session, club, [person.id], names)[person.id]
    reached = order.fields.get("milestone", "")
    if reached.isascii() and reached.isdigit():
        story = replace(story, reached=int(reached))
    values = values_of(story, names, text.language)
    if "by_day" in names:
        last = clock.local(order.not_before + KEEP_A_PROMISE, club.zone)
        values["by_day"] = day_words(last, text.language)
    values |= link_values(person.id, order.code, names, text.language)
    return text, values | order.fields


def _missing(wording: Wording) -> str:
    return f"{MISSING_FIELD}:{','.join(wording.missing)}" if wording.missing else ""


def cancel(message_id: int, why: str, *, by: str = "system") -> bool:
    """The message will not be sent; False when it has left already or is on its way."""
    message = db.session.get(Message, message_id, with_for_update=True)
    if message is None:
        return False
    if message.state not in {MessageState.QUEUED, MessageState.HELD}:
        return message.state is MessageState.CANCELLED
    settle(message, MessageState.CANCELLED, why, by=by)
    return True


def settle(message: Message, state: MessageState, why: str = "", *, by: str = "system") -> None:
    """The message rests in the state, and the fact is told upwards."""
    message.why = why
    message.claim_token = None
    message.claimed_until = None
    move(message, state, moves=MESSAGE_MOVES, by=by, why=why)
    events.record(
        MessageSettled(
            club_id=message.club_id,
            happened_at=clock.now(),
            message_id=message.id,
            person_id=message.person_id,
            outcome=state.value,
            why=why,
        )
    )


def send_again(message: Message, *, by: str) -> None:
    """A person has decided that a held, failed or unknown message shall go out now.

    Raises MISSING_FIELD while a placeholder of a held text still has nothing to stand for it.
    """
    if message.state is MessageState.HELD:
        _render_again(message)
    was = message.state
    message.why = ""
    message.attempts = 0
    message.handed_over_at = None
    message.next_at = clock.now()
    move(message, MessageState.QUEUED, moves=MESSAGE_MOVES, by=by, why="sent again by hand")
    audit.note("message.send_again", "message", message.id, before={"state": was.value}, by=by)


def _render_again(message: Message) -> None:
    order = Order(
        dedupe_key=message.dedupe_key,
        club_id=message.club_id,
        person_id=message.person_id,
        code=message.code,
        purpose=message.purpose,
        not_before=message.next_at,
        fields={name: str(value) for name, value in message.fields.items()},
    )
    text, fields = words_for(order, message.channel)
    wording = render(text.subject, text.body, fields)
    if wording.missing:
        raise DomainError(
            "MISSING_FIELD", "The text still has a blank: " + ", ".join(wording.missing)
        )
    message.subject, message.body = wording.subject[:300], wording.body
    message.fields = fields


def hold_outbox(why: str) -> OutboxHold:
    """No marketing message leaves until a person releases the outbox; one hold is enough."""
    standing = queries.standing_hold(db.session())
    if standing is not None:
        return standing
    hold = OutboxHold(why=why[:300], since=clock.now())
    db.session.add(hold)
    db.session.flush()
    return hold


def release_outbox(*, by: str) -> int:
    """Messages leave again; returns how many holds were lifted."""
    released = 0
    while (hold := queries.standing_hold(db.session())) is not None:
        hold.released_at = clock.now()
        hold.released_by = by
        db.session.flush()
        audit.note("outbox.release", "outbox_hold", hold.id, after={"why": hold.why}, by=by)
        released += 1
    return released
