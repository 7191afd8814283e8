"""Queries room: in plain words, what the journey has in mind for one member, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.core.db import db
from clubcrm.core.formats import day as written
from clubcrm.journeys.models import MemberFacts, Touchpoint, TouchRefusal, TouchState
from clubcrm.journeys.names import touch_name
from clubcrm.journeys.reasons import plain_words, why_words
from clubcrm.journeys.rules.codes import Performer, Why
from clubcrm.journeys.rules.touchpoints import SILENCES
from clubcrm.journeys.rules.verdicts import ORDINARY, Verdict, verdicts
from clubcrm.journeys.situations import situations
from clubcrm.messaging.models import Message, MessageState

MOST_SHOWN = 30
# What a version leaves out is no news about a member.
ASIDE = frozenset({Why.SWITCHED_OFF, Why.NOT_IN_TERM})


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
        CardTouch(one.code, touch_name(one.code), one.last_on, None, why_words(one.why))
        for one in refused
    ]
    return sorted(rows, key=lambda row: row.day, reverse=True)[:MOST_SHOWN]


def _planned(touchpoint: Touchpoint, message: Message | None) -> CardTouch:
    why = touchpoint.why or (message.why if message is not None else "")
    sentence = why_words(why) or _course(touchpoint, message)
    return CardTouch(
        touchpoint.code,
        touch_name(touchpoint.code),
        touchpoint.planned_on,
        touchpoint.state,
        sentence,
    )


def _course(touchpoint: Touchpoint, message: Message | None) -> str:
    if touchpoint.state is TouchState.DELIVERED:
        return _("Sent.") if message is not None else _("Done by the front desk.")
    if message is None:
        return _on_list(touchpoint.performer)
    if message.state is MessageState.CLAIMED:
        return _("It is being sent.")
    return _("It waits in the outbox.")


def _on_list(performer: Performer) -> str:
    lists = {
        Performer.TRAINER: _("On the list of the trainer."),
        Performer.MANAGER: _("On the list of the manager."),
        Performer.SALES: _("On the list of the sales team."),
    }
    return lists.get(performer, _("On the list of the front desk."))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the journey would do with one touchpoint on a day, in one sentence.

    `day` is when it comes at the earliest, where that is known; `stands` tells whether it is still
    to come in this cycle, `held_out` that the member is left alone on purpose.
    """

    code: str
    name: str
    sentence: str
    day: date | None
    goes: bool
    held_out: bool
    stands: bool


def outlook(person_id: int, day: date) -> list[Outlook]:
    """Return what each touchpoint would be on the day, what is due now first, then by its day."""
    found = situations(db.session(), [person_id], day).get(person_id)
    if found is None:
        return []
    rows = [_looked(one, day) for one in verdicts(found, day) if one.why not in ASIDE]
    return sorted(rows, key=lambda one: (not one.goes, one.day or date.max, one.code))


def _looked(verdict: Verdict, day: date) -> Outlook:
    waits = verdict.due is not None and not verdict.passes and verdict.why not in ORDINARY
    ahead = verdict.why is Why.NOT_DUE and verdict.day is not None
    return Outlook(
        code=str(verdict.code),
        name=touch_name(verdict.code),
        sentence=_sentence(verdict),
        day=day if verdict.due is not None else verdict.day,
        goes=verdict.goes,
        held_out=verdict.passes and not verdict.goes,
        stands=verdict.goes or waits or ahead,
    )


def explain(person_id: int, day: date) -> list[str]:
    """Return sentences on the member's facts and on every touchpoint of the journey for the day."""
    facts = db.session.get(MemberFacts, person_id)
    found = situations(db.session(), [person_id], day)
    if facts is None or person_id not in found:
        return [_("This person has no membership that the journey looks after.")]
    return [
        _facts(facts),
        *(
            f"{one.code} {touch_name(one.code)}: {_sentence(one)}"
            for one in verdicts(found[person_id], day)
            if one.why not in ASIDE
        ),
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


def _sentence(verdict: Verdict) -> str:
    if verdict.goes:
        return _("due now.")
    if verdict.passes:
        return _("due now. %(why)s", why=why_words(verdict.why_text))
    if verdict.why is Why.NOT_DUE:
        if verdict.day is None:
            return _("nothing calls for it.")
        if verdict.code in SILENCES:
            return _("on %(day)s, if the member has not come by then.", day=written(verdict.day))
        return _("not before %(day)s.", day=written(verdict.day))
    return _("no. %(why)s", why=plain_words(verdict.why_text))


def _history(rows: Sequence[CardTouch]) -> list[str]:
    return [
        f"{written(row.day)} {row.code}: {row.state.value if row.state else '-'} {row.sentence}"
        for row in rows
    ]
