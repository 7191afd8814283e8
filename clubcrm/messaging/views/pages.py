"""Views: the outbox, and the way out of marketing messages for whoever gets them."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from clubcrm.core.db import db
from clubcrm.core.errors import DomainError, not_found
from clubcrm.core.policy import current_actor, member_link, require
from clubcrm.core.shell import current_club
from clubcrm.messaging import queries, services, unsubscribe
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.opened import open_channels
from clubcrm.messaging.permissions import RUN_OUTBOX, SEE_OUTBOX
from clubcrm.messaging.words import channel_words, reason, state_words
from clubcrm.people.api import Answer, answer
from clubcrm.people.models import Channel, Purpose

messages = Blueprint("messages", __name__)


@messages.get("/messages")
@require(SEE_OUTBOX)
def outbox() -> ResponseReturnValue:
    scope = current_actor().scope
    chosen = _state(request.args.get("state", ""))
    before = request.args.get("before", "")
    # Ids beyond 18 digits do not fit the store; such an address shows the first page.
    key = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    rows, more = queries.outbox(scope, queries.Wanted(chosen, None, key))
    counts = queries.outbox_counts(scope)
    return render_template(
        "clubcrm/messaging/outbox.html",
        rows=rows,
        more=more,
        chosen=chosen,
        chips=_chips(counts, chosen),
        hold=queries.standing_hold(db.session()),
        in_doubt=counts.get(MessageState.UNKNOWN, 0),
        has_channel=bool(open_channels(current_app.extensions["club_settings"])),
        reason=reason,
        state_words=state_words,
        zone=current_club().zone,
    )


def _chips(
    counts: dict[MessageState, int], chosen: MessageState | None
) -> list[tuple[str, str, bool, int]]:
    every = (_("All"), url_for("messages.outbox"), chosen is None, sum(counts.values()))
    return [
        every,
        *(
            (
                state_words(state)[1],
                url_for("messages.outbox", state=state.value),
                chosen is state,
                counts[state],
            )
            for state in MessageState
            if state in counts
        ),
    ]


@messages.get("/messages/in-doubt")
@require(SEE_OUTBOX)
def in_doubt() -> ResponseReturnValue:
    """Messages that may have arrived or not: only a person may say what becomes of each."""
    wanted = queries.Wanted(MessageState.UNKNOWN)
    rows, more = queries.outbox(current_actor().scope, wanted)
    return render_template(
        "clubcrm/messaging/in_doubt.html",
        rows=rows,
        more=more,
        reason=reason,
        channels=channel_words(),
        zone=current_club().zone,
    )


@messages.get("/messages/<public_id>")
@require(SEE_OUTBOX)
def message(public_id: str) -> ResponseReturnValue:
    found = _message(public_id)
    return render_template(
        "clubcrm/messaging/message.html",
        message=found,
        person=queries.person_of(found.person_id),
        look=state_words(found.state),
        why=reason(found.why),
        zone=current_club().zone,
    )


@messages.post("/messages/<public_id>")
@require(RUN_OUTBOX)
def decide(public_id: str) -> ResponseReturnValue:
    """A person says what becomes of a message that waits, is held, has failed or is in doubt."""
    found, by = _message(public_id), current_actor().ref
    act, was_in_doubt = request.form.get("act"), found.state is MessageState.UNKNOWN
    if act == "send":
        services.send_again(found, by=by)
        flash(_("It goes out with the next round."))
    elif act == "arrived" and was_in_doubt:
        services.has_arrived(found, by=by)
        flash(_("It counts as sent."))
    elif act == "drop" and found.state in {MessageState.UNKNOWN, MessageState.FAILED}:
        services.drop(found, by=by)
        flash(_("It will not be sent."))
    elif services.cancel(found.id, "by_hand", by=by):
        flash(_("It will not be sent."))
    else:
        raise DomainError("STATE", _("This message has left already."))
    if was_in_doubt:
        return redirect(url_for("messages.in_doubt"), 303)
    return redirect(url_for("messages.message", public_id=public_id), 303)


@messages.post("/messages/release")
@require(RUN_OUTBOX)
def release() -> ResponseReturnValue:
    services.release_outbox(by=current_actor().ref)
    flash(_("Messages leave again."))
    return redirect(url_for("messages.outbox"), 303)


@messages.get("/unsubscribe/<token>")
@member_link("end marketing messages")
def way_out(token: str) -> ResponseReturnValue:
    """Only a page with a button: scanners of mail fetch every link."""
    _reader(token)
    return render_template("clubcrm/messaging/unsubscribe.html", done=False)


@messages.post("/unsubscribe/<token>")
@member_link("end marketing messages")
def leave(token: str) -> ResponseReturnValue:
    """RFC 8058: one request without cookies ends it; a second one changes nothing."""
    person_id, channel = _reader(token)
    person = queries.person_of(person_id)
    reach = queries.reach_of([person_id], Purpose.MARKETING)[person_id]
    may_write = any(one.consented and one.channel == channel.value for one in reach.reaches)
    if person is not None and may_write:
        said = Answer(channel, Purpose.MARKETING, given=False, source="unsubscribe link")
        answer(person, said, by="link")
    return render_template("clubcrm/messaging/unsubscribe.html", done=True)


def _reader(token: str) -> tuple[int, Channel]:
    found = unsubscribe.read_token(token)
    if found is None or queries.person_of(found[0]) is None:
        raise not_found(_("This link is not complete. Copy it again from the message."))
    return found


def _message(public_id: str) -> Message:
    found = queries.message_for(current_actor().scope, public_id)
    if found is None:
        raise not_found(_("There is no such message in your clubs."))
    return found


def _state(text: str) -> MessageState | None:
    return MessageState(text) if text in set(MessageState) else None
