"""Queries room: the cycle of one member: contacts made, today, what comes and why, dated stages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from clubcrm.card.member import Line
from clubcrm.card.queries.person import PersonRow
from clubcrm.card.queries.touchpoints import touchpoints_of
from clubcrm.card.route import Route, route_of
from clubcrm.card.touches import touch_lines
from clubcrm.core.clock import now, visit_day
from clubcrm.core.db import db
from clubcrm.core.formats import day as written
from clubcrm.journeys.explain import Outlook, outlook
from clubcrm.journeys.models import StageChange
from clubcrm.journeys.names import stage_meaning, stage_words
from clubcrm.journeys.rules.stages import StageSettings
from clubcrm.journeys.versions import current_settings
from memberships.contracts.history import contracts_of

MOST_STAGES = 12


@dataclass(frozen=True, slots=True)
class JourneyShown:
    """What the page of a member's journey shows."""

    route: Route | None
    ahead: list[Line]
    aside: list[Line]
    said: list[Line]
    stages: list[Line]


def journey_of(person: PersonRow) -> JourneyShown:
    """Return the member's journey on the day: its line, what comes, what not, and the stages."""
    today = visit_day(now(), person.zone)
    coming = outlook(person.id, today)
    touches = touchpoints_of(person.id)
    return JourneyShown(
        route=route_of(contracts_of(person.id), touches, today, ahead_of(coming)),
        ahead=[_line(one) for one in coming if one.stands or one.held_out],
        aside=[_line(one) for one in coming if not one.stands and not one.held_out],
        said=touch_lines(touches, person.zone),
        stages=_stages(person.id, current_settings(person.club_id).stages),
    )


def ahead_of(coming: Sequence[Outlook]) -> list[tuple[date, str, str]]:
    """Return the day, the name and the sentence of what is still to come."""
    return [(one.day, one.name, one.sentence) for one in coming if one.stands and one.day]


def _line(one: Outlook) -> Line:
    tone, word, icon = "", _("not now"), "message-off"
    if one.held_out:
        tone, word, icon = "", _("held out"), "user-off"
    elif one.goes:
        tone, word, icon = "go", _("due now"), "check"
    elif one.stands:
        tone, word, icon = "know", _("comes"), "clock"
    when = written(one.day) if one.day and one.stands else ""
    return Line(one.name, one.sentence, tone, word, icon, when, one.code)


def _stages(person_id: int, stages: StageSettings) -> list[Line]:
    rows = db.session.execute(
        select(StageChange.day, StageChange.stage)
        .where(StageChange.person_id == person_id)
        .order_by(StageChange.day.desc())
        .limit(MOST_STAGES)
    )
    return [
        Line(stage_words(stage), stage_meaning(stage, stages), "", "", "", written(day))
        for day, stage in rows
    ]
