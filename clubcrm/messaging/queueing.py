"""Services room: what is ordered to be said is worded and waits in the outbox, many at once.

However many orders there are, the store is asked a fixed number of times for each club.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.types import new_public_id
from clubcrm.messaging import queries
from clubcrm.messaging.link_values import link_values
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.rules.channels import NoWay, Reach, pick_channel
from clubcrm.messaging.rules.kinds import kind_of
from clubcrm.messaging.rules.story import Story
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


@dataclass(frozen=True, slots=True)
class Worded:
    """The text of an order, and the value of each placeholder that stands in it."""

    text: Draft
    fields: dict[str, str]


def queue(order: Order) -> Message | NoWay:
    """The message waits in the outbox, in the caller's transaction, or there is no way to say it.

    A text with a missing field is held for a person to look at. The same key gives the same
    message. Raises NO_TEXT for a code without words.
    """
    message = queue_many([order])[order.dedupe_key]
    if message is None:
        raise _no_text(order.code)
    return message


def queue_many(orders: Sequence[Order]) -> dict[str, Message | NoWay | None]:
    """The messages wait in the outbox; returns each by its key, or that there is no way.

    None stands for a code without words; the other orders are not touched by it.
    """
    known = queries.messages_by_keys([one.dedupe_key for one in orders])
    fresh = {one.dedupe_key: one for one in orders if one.dedupe_key not in known}
    ways = _ways(fresh.values())
    open_ways = {key: way for key, way in ways.items() if isinstance(way, Reach)}
    worded = _words([(fresh[key], Channel(way.channel)) for key, way in open_ways.items()])
    rows = [_row(fresh[key], open_ways[key], one) for key, one in worded.items() if one is not None]
    if rows:
        make: Any = sqlite_insert if db.engine.dialect.name == "sqlite" else pg_insert
        db.session.execute(make(Message).on_conflict_do_nothing(), rows)
    made = queries.messages_by_keys([str(row["dedupe_key"]) for row in rows])
    closed = {key: way for key, way in ways.items() if isinstance(way, NoWay)}
    silent = dict.fromkeys((key for key, one in worded.items() if one is None), None)
    return {**known, **made, **closed, **silent}


def words_for(order: Order, channel: Channel) -> Worded:
    """Return the words of one order by a channel; raises NO_TEXT for a code without words."""
    worded = _words([(order, channel)])[order.dedupe_key]
    if worded is None:
        raise _no_text(order.code)
    return worded


def missing_words(wording: Wording) -> str:
    """Return why a message is held whose text has a blank; empty when it has none."""
    return f"{MISSING_FIELD}:{','.join(wording.missing)}" if wording.missing else ""


def _no_text(code: str) -> DomainError:
    return DomainError("NO_TEXT", f"There are no words for {code} yet.")


def _ways(orders: Collection[Order]) -> dict[str, Reach | NoWay]:
    if not orders:
        return {}
    purposes = sorted({one.purpose for one in orders})
    reaches = queries.reaches_of({one.person_id for one in orders}, purposes)
    channels = queries.offered()
    found: dict[str, Reach | NoWay] = {}
    for one in orders:
        reach = reaches[one.purpose].get(one.person_id)
        if reach is None:
            raise not_found("There is no such person.")
        found[one.dedupe_key] = pick_channel(reach, channels, one.channels)
    return found


def _words(wanted: Sequence[tuple[Order, Channel]]) -> dict[str, Worded | None]:
    by_club: dict[int, list[tuple[Order, Channel]]] = defaultdict(list)
    for order, channel in wanted:
        by_club[order.club_id].append((order, channel))
    found: dict[str, Worded | None] = {}
    for club_id, several in by_club.items():
        found |= _words_of_club(db.session.get_one(Club, club_id), several)
    return found


def _words_of_club(club: Club, wanted: Sequence[tuple[Order, Channel]]) -> dict[str, Worded | None]:
    """Word the orders of one club; what the placeholders need is read for all of them at once."""
    session = db.session()
    texts = texts_of(session, club.id, {order.code for order, _channel in wanted})
    languages = queries.languages_of({order.person_id for order, _channel in wanted})
    drafts = {
        order.dedupe_key: texts.draft(
            order.code, kind_of(channel.value), languages[order.person_id], club.locale
        )
        for order, channel in wanted
    }
    names = {
        order.dedupe_key: _names(order, draft)
        for order, _channel in wanted
        if (draft := drafts[order.dedupe_key]) is not None
    }
    people = {order.person_id for order, _channel in wanted if order.dedupe_key in names}
    stories = stories_of(session, club, people, frozenset().union(*names.values()))
    return {
        order.dedupe_key: _worded(order, draft, names[order.dedupe_key], club, stories)
        if (draft := drafts[order.dedupe_key]) is not None
        else None
        for order, _channel in wanted
    }


def _names(order: Order, text: Draft) -> frozenset[str]:
    wanted = {*fields_of(text.subject), *fields_of(text.body), *ALWAYS}
    return frozenset(wanted - set(order.fields))


def _worded(
    order: Order, text: Draft, names: frozenset[str], club: Club, stories: Mapping[int, Story]
) -> Worded:
    story = stories[order.person_id]
    reached = order.fields.get("milestone", "")
    if reached.isascii() and reached.isdigit():
        story = replace(story, reached=int(reached))
    values = values_of(story, names, text.language)
    if "by_day" in names:
        last = clock.local(order.not_before + KEEP_A_PROMISE, club.zone)
        values["by_day"] = day_words(last, text.language)
    values |= link_values(order.person_id, order.code, names, text.language)
    return Worded(text, values | order.fields)


def _row(order: Order, way: Reach, worded: Worded) -> dict[str, object]:
    wording = render(worded.text.subject, worded.text.body, worded.fields)
    return {
        "public_id": new_public_id(),
        "dedupe_key": order.dedupe_key,
        "club_id": order.club_id,
        "person_id": order.person_id,
        "code": order.code,
        "channel": Channel(way.channel),
        "purpose": order.purpose,
        "address": way.address,
        "language": worded.text.language,
        "subject": wording.subject[:300],
        "body": wording.body,
        "fields": worded.fields,
        "state": MessageState.HELD if wording.missing else MessageState.QUEUED,
        "why": missing_words(wording),
        "attempts": 0,
        "next_at": order.not_before,
        "expires_at": order.expires_at,
        "claim_fence": 0,
        "server_words": "",
        "created_at": clock.now(),
    }
