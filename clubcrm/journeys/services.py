"""Verbs of the journey after planning: react to a visit, look once more before sending, close."""

from collections.abc import Sequence
from datetime import date, timedelta

from clubcrm.core import clock
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.states import move
from clubcrm.journeys import queries
from clubcrm.journeys.models import TOUCH_MOVES, MemberFacts, Touchpoint, TouchState
from clubcrm.journeys.one_member import refresh_person
from clubcrm.journeys.own import reached
from clubcrm.journeys.rules.codes import Performer, Why
from clubcrm.journeys.rules.guardrails import CycleSpan, too_much
from clubcrm.journeys.rules.own import from_own
from clubcrm.journeys.rules.settings import MARKETING
from clubcrm.journeys.rules.touchpoints import is_service, still_wanted
from clubcrm.journeys.rules.verdicts import BY_MESSAGE_AT_LAST, Situation
from clubcrm.journeys.situations import open_touchpoints, situations
from clubcrm.journeys.speaking import Spoken, write
from clubcrm.journeys.versions import current_settings, settings_of_cycle
from clubcrm.messaging.api import cancel
from clubcrm.tasks.api import take_back

OPEN = frozenset({TouchState.PLANNED, TouchState.QUEUED})
OWN = "C"
# A task that nobody did becomes a message, which then has this many days of use.
MESSAGE_VALID_DAYS = 3


def react(person_id: int) -> int:
    """The person's facts are up to date and what has become pointless is taken back; how many."""
    facts = queries.facts_row(db.session(), person_id)
    if facts is None:
        return 0
    # A job for a later day may have run already; the rhythm never looks back behind it.
    situation, day = _situation(facts)
    taken = 0
    for touchpoint in open_touchpoints(db.session(), person_id):
        why = _unwanted(touchpoint, situation, day)
        taken += why is not None and _withdraw(touchpoint, why.value)
    return taken


def _unwanted(touchpoint: Touchpoint, situation: Situation, day: date) -> Why | None:
    """Say why the touchpoint has become pointless: by the rules, or since its goal is reached."""
    why = still_wanted(touchpoint.code, touchpoint.planned_on, situation.facts, day)
    rule = situation.settings.rule(touchpoint.code)
    if why is None and touchpoint.message_id is not None and rule is not None:
        why = situation.no_way if rule.purpose == MARKETING else situation.no_service_way
    if why is not None or not touchpoint.code.startswith(OWN):
        return why
    own = current_settings(touchpoint.club_id).rule(touchpoint.code)
    if own is None or not own.own:
        return None
    since = {touchpoint.person_id: touchpoint.planned_on}
    done = reached(db.session(), from_own(own.own).goal, since)
    return Why.GOAL_REACHED if done else None


def _situation(facts: MemberFacts) -> tuple[Situation, date]:
    """Return the person's situation with all visits told so far, and its day."""
    session = db.session()
    zone = queries.zone_of(session, facts.club_id)
    day = max(facts.as_of, clock.visit_day(clock.now(), zone))
    rhythm = settings_of_cycle(session, facts).rhythm
    refresh_person(session, facts.person_id, zone, day, rhythm)
    return situations(session, [facts.person_id], day)[facts.person_id], day


def checks_before_sending(message_ids: Sequence[int]) -> dict[int, str]:
    """Return for messages whose touchpoint is not wanted any more the reason why."""
    carried = queries.touchpoints_of_messages(db.session(), message_ids)
    asked = ((one, _why_not(carried[one])) for one in message_ids if one in carried)
    return {message_id: why for message_id, why in asked if why is not None}


def _why_not(touchpoint: Touchpoint) -> str | None:
    facts = queries.facts_row(db.session(), touchpoint.person_id)
    if facts is None or touchpoint.state not in OPEN:
        return Why.CYCLE_OVER.value
    zone = queries.zone_of(db.session(), facts.club_id)
    day = clock.visit_day(clock.now(), zone)
    situation, _later = _situation(facts)
    why = _unwanted(touchpoint, situation, day)
    if why is None and day > touchpoint.planned_on and not is_service(touchpoint.code):
        why = _too_late_in_line(touchpoint, situation, day)
    return why.value if why else None


def _too_late_in_line(touchpoint: Touchpoint, situation: Situation, day: date) -> Why | None:
    """A message that waited for days must not fall beside one that has left in between."""
    others = list(situation.contacts)
    if touchpoint.planned_on in others:
        others.remove(touchpoint.planned_on)
    span = CycleSpan(situation.facts.starts_on, situation.facts.ends_on)
    return too_much(day, others, span, situation.settings.pace, touchpoint.code)


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
    """The touchpoint has come to rest as its task did, or is said by message at last."""
    touchpoint = queries.touchpoint_by_task(db.session(), task_id)
    if touchpoint is None or touchpoint.state not in OPEN:
        return
    if outcome == "expired" and touchpoint.message_id is None and _by_message(touchpoint):
        return
    states = {
        "done": TouchState.DELIVERED,
        "not_now": TouchState.SKIPPED,
        "expired": TouchState.EXPIRED,
    }
    _close(touchpoint, states.get(outcome, TouchState.CANCELLED), outcome)


def _by_message(touchpoint: Touchpoint) -> bool:
    """What nobody had the time to say in person is written, if it is still wanted and allowed."""
    facts = queries.facts_row(db.session(), touchpoint.person_id)
    if touchpoint.code not in BY_MESSAGE_AT_LAST or facts is None:
        return False
    situation, day = _situation(facts)
    unwanted = _unwanted(touchpoint, situation, day)
    crowded = _too_late_in_line(touchpoint, situation, day)
    if unwanted or crowded or situation.no_way:
        return False
    club = db.session.get_one(Club, touchpoint.club_id)
    last = day + timedelta(days=MESSAGE_VALID_DAYS)
    touchpoint.performer = Performer.AUTOMATIC
    write(club, [Spoken(touchpoint, situation.settings)], last)
    db.session.flush()
    return True


def give_way(touchpoint_id: int, code: str) -> bool:
    """The waiting task is taken back for something more important, and may come again."""
    touchpoint = db.session.get_one(Touchpoint, touchpoint_id)
    if touchpoint.state not in OPEN:
        return False
    return _withdraw(touchpoint, f"{Why.LOST_TO.value}:{code}")


def _withdraw(touchpoint: Touchpoint, why: str) -> bool:
    if touchpoint.message_id is not None and not cancel(touchpoint.message_id, why):
        # On its way this very moment: the last check before sending decides.
        return False
    if touchpoint.task_id is not None:
        take_back(touchpoint.task_id, why)
    _close(touchpoint, TouchState.CANCELLED, why)
    return True


def _close(touchpoint: Touchpoint, state: TouchState, why: str) -> None:
    touchpoint.why = why[:40]
    touchpoint.closed_at = clock.now()
    move(touchpoint, state, moves=TOUCH_MOVES, by="system", why=why)
