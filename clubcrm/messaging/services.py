"""Verbs of the outbox: cancel a message, settle it, send it again, and hold everything."""

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.states import move
from clubcrm.messaging import queries
from clubcrm.messaging.events import MessageSettled
from clubcrm.messaging.models import MESSAGE_MOVES, Message, MessageState, OutboxHold
from clubcrm.messaging.queueing import Order, words_for
from clubcrm.messaging.rules.wording import render

SENT_AGAIN = frozenset({MessageState.HELD, MessageState.FAILED, MessageState.UNKNOWN})
DROPPED = SENT_AGAIN | {MessageState.QUEUED}


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


def _undecided(message: Message, states: frozenset[MessageState]) -> MessageState:
    """Return the state of a message about which this may still be decided; raises STATE."""
    if message.state not in states:
        raise DomainError("STATE", "This message has left already, or is on its way.")
    return message.state


def drop(message: Message, *, by: str) -> None:
    """A person has decided that a message that waits, failed or is in doubt shall not go out."""
    was = _undecided(message, DROPPED)
    settle(message, MessageState.CANCELLED, "by_hand", by=by)
    audit.note("message.drop", "message", message.id, before={"state": was.value}, by=by)


def has_arrived(message: Message, *, by: str) -> None:
    """A person knows that a message in doubt has reached its reader."""
    _undecided(message, frozenset({MessageState.UNKNOWN}))
    message.sent_at = message.sent_at or message.handed_over_at or clock.now()
    settle(message, MessageState.SENT, by=by)
    audit.note("message.arrived", "message", message.id, by=by)


def send_again(message: Message, *, by: str) -> None:
    """A person has decided that a held, failed or unknown message shall go out now.

    Raises MISSING_FIELD while a placeholder of a held text still has nothing to stand for it.
    """
    was = _undecided(message, SENT_AGAIN)
    if was is MessageState.HELD:
        _render_again(message)
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
    worded = words_for(order, message.channel)
    wording = render(worded.text.subject, worded.text.body, worded.fields)
    if wording.missing:
        raise DomainError(
            "MISSING_FIELD", "The text still has a blank: " + ", ".join(wording.missing)
        )
    message.subject, message.body = wording.subject[:300], wording.body
    message.fields = dict(worded.fields)


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
