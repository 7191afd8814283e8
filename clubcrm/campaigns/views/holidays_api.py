"""Views room: a club's holidays under /api/v1."""

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.campaigns.greetings import HolidayDraft, add_holiday, greet_on, take_over, type_day
from clubcrm.campaigns.holiday_queries import Coming, coming_holidays, holiday_for
from clubcrm.campaigns.holiday_tables import Holiday
from clubcrm.campaigns.permissions import RUN_CAMPAIGNS, SEE_CAMPAIGNS
from clubcrm.campaigns.rules.holidays import HolidayKind, HolidayRule
from clubcrm.core import clock
from clubcrm.core.api import ApiBlueprint, InputSchema
from clubcrm.core.clubs import Club
from clubcrm.core.db import db
from clubcrm.core.errors import invalid, not_found
from clubcrm.core.i18n import LANGUAGES
from clubcrm.core.policy import current_actor, require
from clubcrm.core.shell import my_clubs

api = ApiBlueprint(
    "holidays_api", __name__, url_prefix="/api/v1/holidays", description="Holidays and greetings"
)
NAME = fields.String(validate=validate.Length(max=80))


class HolidayClub(InputSchema):
    club = fields.String(load_default=None, validate=validate.Length(min=1, max=64))


class HolidayBody(HolidayClub):
    names = fields.Dict(
        keys=fields.String(validate=validate.OneOf(LANGUAGES)), values=NAME, required=True
    )
    kind = fields.Enum(HolidayKind, by_value=True, required=True)
    month = fields.Integer(load_default=0, validate=validate.Range(0, 12))
    day = fields.Integer(load_default=0, validate=validate.Range(0, 32))
    offset = fields.Integer(load_default=0, validate=validate.Range(-100, 100))
    greets = fields.Boolean(load_default=False)


class HolidayChoice(InputSchema):
    greets = fields.Boolean(load_default=None, allow_none=True)
    falls_on = fields.Date(load_default=None, allow_none=True)


class HolidayShown(InputSchema):
    id = fields.String()
    names = fields.Dict(keys=fields.String(), values=fields.String())
    kind = fields.String()
    next_on = fields.Date(allow_none=True)
    greets = fields.Boolean()
    greeting = fields.String(allow_none=True)


class HolidayList(InputSchema):
    items = fields.List(fields.Nested(HolidayShown))


@api.get("")
@api.doc(summary="Holidays of a club with their next days")
@require(SEE_CAMPAIGNS)
@api.arguments(HolidayClub, location="query")
@api.response(200, HolidayList)
def list_holidays(asked: dict[str, Any]) -> dict[str, Any]:
    club = _club(asked["club"])
    found = coming_holidays(club.id, clock.today(club.zone))
    return {"items": [_shown(one) for one in found]}


@api.post("")
@api.doc(summary="Add a holiday of the club's own")
@require(RUN_CAMPAIGNS)
@api.arguments(HolidayBody)
@api.response(201, HolidayShown)
def post_holiday(body: dict[str, Any]) -> dict[str, Any]:
    club = _club(body["club"])
    rule = HolidayRule(body["kind"], body["month"], body["day"], body["offset"])
    draft = HolidayDraft(names=body["names"], rule=rule, greets=body["greets"])
    return _one(add_holiday(club.id, draft, by=current_actor().ref))


@api.post("/take-over")
@api.doc(summary="Take over the calendar of the club's country")
@require(RUN_CAMPAIGNS)
@api.arguments(HolidayClub)
@api.response(200, HolidayList)
def post_take_over(body: dict[str, Any]) -> dict[str, Any]:
    club = _club(body["club"])
    take_over(club, by=current_actor().ref)
    found = coming_holidays(club.id, clock.today(club.zone))
    return {"items": [_shown(one) for one in found]}


@api.patch("/<string:holiday_id>")
@api.doc(summary="Greet on a holiday or not, or type its day of a year")
@require(RUN_CAMPAIGNS)
@api.arguments(HolidayChoice)
@api.response(200, HolidayShown)
def patch_holiday(body: dict[str, Any], holiday_id: str) -> dict[str, Any]:
    actor = current_actor()
    found = holiday_for(actor.scope, holiday_id)
    if found is None:
        raise not_found(_("There is no such holiday in your clubs."))
    if body["greets"] is not None:
        greet_on(found, greets=body["greets"], by=actor.ref)
    if body["falls_on"] is not None:
        type_day(found, body["falls_on"].year, body["falls_on"], by=actor.ref)
    return _one(found)


def _club(public_id: str | None) -> Club:
    """Return the club named, the first of the caller's where none is."""
    mine = my_clubs()
    found = next((one for one in mine if public_id in (None, one.public_id)), None)
    if found is None:
        raise invalid({"club": _("There is no such club.")})
    return db.session.get_one(Club, found.id)


def _one(holiday: Holiday) -> dict[str, Any]:
    club = db.session.get_one(Club, holiday.club_id)
    found = coming_holidays(club.id, clock.today(club.zone))
    return _shown(next(one for one in found if one.holiday.id == holiday.id))


def _shown(one: Coming) -> dict[str, Any]:
    return {
        "id": one.holiday.public_id,
        "names": one.holiday.names,
        "kind": one.holiday.kind.value,
        "next_on": one.on,
        "greets": one.holiday.greets,
        "greeting": one.greeting.public_id if one.greeting else None,
    }
