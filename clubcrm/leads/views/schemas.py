"""Views room: what the JSON door of leads takes and gives."""

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema, PageArgs
from clubcrm.leads.rules.stages import (
    ArrivalChannel,
    ContactOutcome,
    ContactWay,
    LeadStage,
    LostReason,
)

_TEXT = validate.Length(max=2000)
_ID = validate.Length(max=64)


class LeadQuery(PageArgs):
    """Which leads are asked for."""

    stage = fields.Enum(LeadStage, by_value=True, load_default=None)
    owner = fields.String(load_default="", validate=_ID)
    member = fields.String(load_default="", validate=_ID)
    since = fields.AwareDateTime(format="iso", load_default=None)


class LeadBody(InputSchema):
    """Somebody asks for the club; a local phone number is read in the country of the club."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=200))
    phone = fields.String(load_default="", validate=_TEXT)
    email = fields.String(load_default="", validate=_TEXT)
    language = fields.String(load_default="", validate=_TEXT)
    interest = fields.String(load_default="", validate=_TEXT)
    message = fields.String(load_default="", validate=_TEXT)
    channel = fields.Enum(ArrivalChannel, by_value=True, load_default=ArrivalChannel.FORM)
    source = fields.String(load_default="", validate=validate.Length(max=80))
    utm_source = fields.String(load_default="", validate=validate.Length(max=120))
    utm_medium = fields.String(load_default="", validate=validate.Length(max=120))
    utm_campaign = fields.String(load_default="", validate=validate.Length(max=120))
    external_ref = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=120),
        metadata={"description": "your own number: the same one is the same question"},
    )
    club = fields.String(load_default="", validate=_ID, metadata={"description": "id of a club"})


class LeadTaken(InputSchema):
    """What became of a question: a lead, or it waits for a person to look."""

    inquiry_id = fields.String()
    state = fields.String(metadata={"description": "accepted, waiting or spam"})
    why = fields.String(metadata={"description": "why a person looks first"})
    lead_id = fields.String(allow_none=True)


class LeadShown(InputSchema):
    """One lead."""

    id = fields.String()
    member_id = fields.String()
    name = fields.String()
    stage = fields.String()
    channel = fields.String()
    source = fields.String()
    campaign = fields.String()
    owner = fields.String(allow_none=True, metadata={"description": "id of the seller"})
    interest = fields.String()
    value = fields.Dict(allow_none=True)
    score = fields.Integer()
    attempts = fields.Integer()
    arrived_at = fields.AwareDateTime(format="iso")
    answer_by = fields.AwareDateTime(format="iso")
    first_attempt_at = fields.AwareDateTime(format="iso", allow_none=True)
    first_attempt_minutes = fields.Integer(allow_none=True)
    reached_at = fields.AwareDateTime(format="iso", allow_none=True)
    booked_at = fields.AwareDateTime(format="iso", allow_none=True)
    attended_at = fields.AwareDateTime(format="iso", allow_none=True)
    won_at = fields.AwareDateTime(format="iso", allow_none=True)
    lost_at = fields.AwareDateTime(format="iso", allow_none=True)
    lost_reason = fields.String(allow_none=True)
    later_on = fields.Date(allow_none=True)
    version = fields.Integer()


class LeadList(InputSchema):
    """A page of leads; `next` goes into `after`."""

    items = fields.List(fields.Nested(LeadShown))
    next = fields.String(allow_none=True)


class LeadMoveBody(InputSchema):
    """Where a lead goes; lost asks for a reason, later for a day, booked for a time."""

    stage = fields.Enum(LeadStage, by_value=True, required=True)
    reason = fields.Enum(LostReason, by_value=True, load_default=None, allow_none=True)
    note = fields.String(load_default="", validate=validate.Length(max=300))
    later_on = fields.Date(load_default=None, allow_none=True)
    trial_at = fields.AwareDateTime(format="iso", load_default=None, allow_none=True)


class LeadMovedShown(LeadShown):
    """The lead in its new stage, and what is odd about its way."""

    repeated = fields.List(fields.String())
    moves = fields.Integer()


class LeadTryBody(InputSchema):
    """One try to speak with a lead."""

    outcome = fields.Enum(ContactOutcome, by_value=True, required=True)
    way = fields.Enum(ContactWay, by_value=True, load_default=ContactWay.CALL)
    note = fields.String(load_default="", validate=validate.Length(max=300))
    reason = fields.Enum(LostReason, by_value=True, load_default=None, allow_none=True)
    until = fields.AwareDateTime(format="iso", load_default=None, allow_none=True)
