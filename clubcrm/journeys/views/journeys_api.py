"""Views room: the journey of a club for programs: its version, its touchpoints, its numbers."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema
from clubcrm.core.clock import now, visit_day
from clubcrm.core.policy import require
from clubcrm.core.shell import current_club
from clubcrm.journeys.crowds import Ground, moves, stage_counts, touch_counts
from clubcrm.journeys.permissions import SEE_JOURNEY
from clubcrm.journeys.rules.settings import CodeRule
from clubcrm.journeys.setting_words import rule_name, when_words
from clubcrm.journeys.versions import SHIPPED, current_version, settings_of
from clubcrm.journeys.views.api import api


class JourneyQuery(InputSchema):
    days = fields.Integer(load_default=28, validate=validate.Range(1, 365))


class TouchRuleShown(InputSchema):
    code = fields.String()
    name = fields.String()
    on = fields.Boolean()
    when = fields.String()
    performer = fields.String()
    priority = fields.Integer()
    valid_days = fields.Integer()
    channels = fields.List(fields.String())
    terms = fields.List(fields.String(), metadata={"description": "months of the cycle"})
    hold_out = fields.Float(
        allow_none=True, metadata={"description": "null: a share that fits the size of the club"}
    )
    own = fields.Dict(metadata={"description": "of an own trigger: event, conditions, goal"})
    people = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "waiting, done, held, dropped"},
    )


class MoveShown(InputSchema):
    source = fields.String()
    target = fields.String()
    people = fields.Integer()


class JourneyShown(InputSchema):
    version = fields.Integer(metadata={"description": "0 is the journey as it is shipped"})
    made_at = fields.AwareDateTime(allow_none=True)
    days = fields.Integer()
    stages = fields.Dict(keys=fields.String(), values=fields.Integer())
    moves = fields.List(fields.Nested(MoveShown))
    touchpoints = fields.List(fields.Nested(TouchRuleShown))


@api.get("/journeys")
@api.doc(summary="The journey of your club: touchpoints with their numbers, stages and moves")
@require(SEE_JOURNEY)
@api.arguments(JourneyQuery, location="query")
@api.response(200, JourneyShown)
def show_journey(asked: dict[str, Any]) -> dict[str, Any]:
    club = current_club()
    version = current_version(club.id)
    stages = settings_of(version).stages
    ground = Ground(club.id, visit_day(now(), club.zone), asked["days"], stages)
    said = touch_counts(ground)
    return {
        "version": version.number if version else SHIPPED,
        "made_at": version.made_at if version else None,
        "days": ground.days,
        "stages": stage_counts(ground),
        "moves": [
            {"source": one.source, "target": one.target, "people": one.people}
            for one in moves(ground)
        ],
        "touchpoints": [_rule(one, said) for one in settings_of(version).codes.values()],
    }


def _rule(rule: CodeRule, said: dict[tuple[str, str], int]) -> dict[str, Any]:
    return {
        "code": str(rule.code),
        "name": rule_name(rule),
        "on": rule.on,
        "when": when_words(rule),
        "performer": rule.performer.value,
        "priority": rule.priority,
        "valid_days": rule.valid_days,
        "channels": list(rule.channels),
        "terms": [str(one) for one in rule.terms],
        "hold_out": rule.hold_out,
        "own": dict(rule.own),
        "people": {what: number for (code, what), number in said.items() if code == rule.code},
    }
