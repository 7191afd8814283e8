"""Queries room: in plain words, what the journey has in mind for one member, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.formats import day as written
from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchRefusal, TouchState
from clubcrm.journeys.rules.touchpoints import Code, Why
from clubcrm.journeys.rules.verdicts import Verdict, verdicts
from clubcrm.journeys.situations import situations
from clubcrm.messaging.models import Message, MessageState
from clubcrm.messaging.words import reason

MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class CardTouch:
    """One touchpoint for a member's card: its name, its day, and one sentence on where it stands.

    `state` is None for one that was due but refused before it was planned.
    """

    code: str
    name: str
    day: date
    state: TouchState | None
    sentence: str


def name_of(code: str) -> str:
    """Return what a touchpoint is called."""
    names = {Code.FIRST_VISIT.value: _("First-visit nudge"), Code.SILENCE.value: _("Silence")}
    return names.get(code, code)


def why_words(why: str) -> str:
    """Return the sentence for a reason of the journey or of the outbox."""
    known = {
        Why.HELD_OUT.value: _("Left alone on purpose, to see what the touchpoint is worth."),
        Why.TOO_LATE.value: _("Its time had passed before anybody looked."),
        Why.CODE_LIMIT.value: _("It has been said as often as it may be in this membership."),
        Why.CODE_TOO_SOON.value: _("The same was said less than four weeks before."),
        Why.CONTACT_TOO_SOON.value: _("Another contact was only days ago."),
        Why.ONE_A_DAY.value: _("There was another contact on the same day."),
        Why.WEEK_FULL.value: _("There were enough contacts this week."),
        Why.MONTH_FULL.value: _("There were enough contacts this month."),
        Why.BUDGET_SPENT.value: _("There were enough contacts this year."),
        Why.BOUNCED.value: _("The only address does not work any more."),
        "done": "",
        "not_now": _("Staff decided against it."),
    }
    return known[why] if why in known else reason(why)


def card_touchpoints(person_id: int) -> list[CardTouch]:
    """Return what was planned for a person, and what was not and why, the newest first."""
    planned = db.session.execute(
        select(Touchpoint, Message)
        .outerjoin(Message, Message.id == Touchpoint.message_id)
        .where(Touchpoint.person_id == person_id)
        .order_by(Touchpoint.planned_on.desc())
        .limit(MOST_SHOWN)
    )
    refused = db.session.scalars(
        select(TouchRefusal)
        .where(TouchRefusal.person_id == person_id)
        .order_by(TouchRefusal.last_on.desc())
        .limit(MOST_SHOWN)
    )
    rows = [_planned(touchpoint, message) for touchpoint, message in planned]
    rows += [
        CardTouch(one.code, name_of(one.code), one.last_on, None, why_words(one.why))
        for one in refused
    ]
    return sorted(rows, key=lambda row: row.day, reverse=True)[:MOST_SHOWN]


def _planned(touchpoint: Touchpoint, message: Message | None) -> CardTouch:
    why = touchpoint.why or (message.why if message is not None else "")
    sentence = why_words(why) or _course(touchpoint, message)
    return CardTouch(
        touchpoint.code,
        name_of(touchpoint.code),
        touchpoint.planned_on,
        touchpoint.state,
        sentence,
    )


def _course(touchpoint: Touchpoint, message: Message | None) -> str:
    if touchpoint.state is TouchState.DELIVERED:
        return _("Sent.") if message is not None else _("Done by the front desk.")
    if message is None:
        return _("On the list of the front desk.")
    if message.state is MessageState.CLAIMED:
        return _("It is being sent.")
    return _("It waits in the outbox.")


def explain(person_id: int, day: date) -> list[str]:
    """Return sentences on the member's facts and on every touchpoint of the journey for the day."""
    facts = db.session.get(MemberFacts, person_id)
    found = situations(db.session(), [person_id], day)
    if facts is None or person_id not in found:
        return [_("This person has no membership that the journey looks after.")]
    return [
        _facts(facts),
        *(_verdict(one) for one in verdicts(found[person_id], day)),
        *_history(card_touchpoints(person_id)),
    ]


def _facts(facts: MemberFacts) -> str:
    last = written(facts.last_visit_on) if facts.last_visit_on else _("never")
    return _(
        "Last visit: %(last)s; %(visits)s visits, %(silent)s days of silence, alarm at %(alarm)s.",
        last=last,
        visits=facts.visits,
        silent=facts.silent_days,
        alarm=facts.d_star,
    )


def _verdict(verdict: Verdict) -> str:
    name = f"{verdict.code.value} {name_of(verdict.code.value)}"
    if verdict.goes:
        return _("%(name)s: due now.", name=name)
    if verdict.why is Why.NOT_DUE and verdict.day is not None:
        return _("%(name)s: not before %(day)s.", name=name, day=written(verdict.day))
    return _("%(name)s: no. %(why)s", name=name, why=_plain(verdict.why))


def _plain(why: Why | None) -> str:
    ordinary = {
        Why.ALREADY_PLANNED: _("It is planned already."),
        Why.NEVER_CAME: _("Who has never come is invited, not missed."),
        Why.NOT_FIRST_CYCLE: _("It is for newcomers."),
        Why.HAS_COME: _("The member has come."),
    }
    if why is None:
        return ""
    return ordinary.get(why) or why_words(why.value)


def _history(rows: Sequence[CardTouch]) -> list[str]:
    return [
        f"{written(row.day)} {row.code}: {row.state.value if row.state else '-'} {row.sentence}"
        for row in rows
    ]
