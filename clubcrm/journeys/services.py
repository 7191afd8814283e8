"""Verbs of the journey after planning: react to a visit, look once more before sending, close."""

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.core.states import move
from clubcrm.journeys import queries
from clubcrm.journeys.models import TOUCH_MOVES, Touchpoint, TouchState
from clubcrm.journeys.one_member import refresh_person
from clubcrm.journeys.rules.rhythm import RhythmSettings
from clubcrm.journeys.rules.touchpoints import Code, Why, still_wanted
from clubcrm.journeys.situations import open_touchpoints, situations
from clubcrm.messaging.api import cancel
from clubcrm.tasks.api import take_back

OPEN = frozenset({TouchState.PLANNED, TouchState.QUEUED})


def react(person_id: int) -> int:
    """The person's facts are up to date and what has become pointless is taken back; how many."""
    facts = queries.facts_row(db.session(), person_id)
    if facts is None:
        return 0
    zone = queries.zone_of(db.session(), facts.club_id)
    # A job for a later day may have run already; the rhythm never looks back behind it.
    day = max(facts.as_of, clock.visit_day(clock.now(), zone))
    refresh_person(db.session(), person_id, zone, day, RhythmSettings())
    situation = situations(db.session(), [person_id], day)[person_id]
    taken = 0
    for touchpoint in open_touchpoints(db.session(), person_id):
        why = still_wanted(Code(touchpoint.code), touchpoint.planned_on, situation.facts, day)
        taken += why is not None and _withdraw(touchpoint, why)
    return taken


def check_before_sending(message_id: int) -> str | None:
    """Return why the touchpoint that a message carries is not wanted any more, or None."""
    touchpoint = queries.touchpoint_by_message(db.session(), message_id)
    if touchpoint is None:
        return None
    facts = queries.facts_row(db.session(), touchpoint.person_id)
    if facts is None or touchpoint.state not in OPEN:
        return Why.CYCLE_OVER.value
    zone = queries.zone_of(db.session(), facts.club_id)
    day = clock.visit_day(clock.now(), zone)
    refresh_person(db.session(), facts.person_id, zone, max(facts.as_of, day), RhythmSettings())
    situation = situations(db.session(), [facts.person_id], day)[facts.person_id]
    why = still_wanted(Code(touchpoint.code), touchpoint.planned_on, situation.facts, day)
    return why.value if why else None


def settle_message(message_id: int, outcome: str, why: str) -> None:
    """The touchpoint has come to rest as its message did."""
    touchpoint = queries.touchpoint_by_message(db.session(), message_id)
    if touchpoint is None or touchpoint.state not in OPEN:
        return
    if outcome == "unknown":
        # It may have been read, so it goes on counting as said; staff see it in the outbox.
        touchpoint.why = why
        return
    if outcome == "sent":
        _close(touchpoint, TouchState.DELIVERED, "")
    elif outcome == "cancelled":
        _close(touchpoint, TouchState.EXPIRED if why == "expired" else TouchState.CANCELLED, why)
    else:
        _close(touchpoint, TouchState.SKIPPED, why)


def settle_task(task_id: int, outcome: str) -> None:
    """The touchpoint has come to rest as its task did."""
    touchpoint = queries.touchpoint_by_task(db.session(), task_id)
    if touchpoint is None or touchpoint.state not in OPEN:
        return
    states = {
        "done": TouchState.DELIVERED,
        "not_now": TouchState.SKIPPED,
        "expired": TouchState.EXPIRED,
    }
    _close(touchpoint, states.get(outcome, TouchState.CANCELLED), outcome)


def _withdraw(touchpoint: Touchpoint, why: Why) -> bool:
    if touchpoint.message_id is not None and not cancel(touchpoint.message_id, why.value):
        # On its way this very moment: the last check before sending decides.
        return False
    if touchpoint.task_id is not None:
        take_back(touchpoint.task_id, why.value)
    _close(touchpoint, TouchState.CANCELLED, why.value)
    return True


def _close(touchpoint: Touchpoint, state: TouchState, why: str) -> None:
    touchpoint.why = why
    touchpoint.closed_at = clock.now()
    move(touchpoint, state, moves=TOUCH_MOVES, by="system", why=why)
