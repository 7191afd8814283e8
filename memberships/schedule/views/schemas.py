"""Views room: what the API of classes, bookings and guests takes and gives."""

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema, PageArgs

_ID = validate.Length(min=1, max=64)


class ClassQuery(InputSchema):
    from_ = fields.Date(data_key="from", load_default=None)
    to = fields.Date(load_default=None)
    kind = fields.String(load_default="", validate=validate.Length(max=64))


class ClassPriceShown(InputSchema):
    service = fields.String(metadata={"description": "the service whose units pay"})
    units = fields.Integer()
    use = fields.String(metadata={"description": "always, or without_plan: where no plan books it"})
    late_cancel = fields.String(metadata={"description": "unit stays used, or nothing"})
    no_show = fields.String()


class ClassShown(InputSchema):
    id = fields.String()
    name = fields.String()
    kind = fields.String()
    room = fields.String()
    teacher = fields.String(allow_none=True)
    instead_of = fields.String(metadata={"description": "whom this teacher stands in for"})
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    capacity = fields.Integer()
    taken = fields.Integer()
    free = fields.Integer()
    waiting = fields.Integer()
    state = fields.String(metadata={"description": "planned, cancelled or settled"})
    reason = fields.String()
    price = fields.Nested(ClassPriceShown, allow_none=True)


class ClassList(InputSchema):
    items = fields.List(fields.Nested(ClassShown))


class CallOffBody(InputSchema):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=300))


class BookingQuery(PageArgs):
    member = fields.String(load_default=None, validate=_ID)
    class_ = fields.String(data_key="class", load_default=None, validate=_ID)


class BookingBody(InputSchema):
    class_id = fields.String(required=True, validate=_ID)
    member_id = fields.String(required=True, validate=_ID)
    may_wait = fields.Boolean(load_default=True)
    as_member = fields.Boolean(
        load_default=False,
        metadata={"description": "keep to window, limit and strikes of the member's plan"},
    )


class BookingPreviewQuery(InputSchema):
    member = fields.String(required=True, validate=_ID)
    as_member = fields.Boolean(load_default=False)


class BookingPreviewShown(InputSchema):
    places_left = fields.Integer()
    waiting_number = fields.Integer(allow_none=True)
    price = fields.Nested(ClassPriceShown, allow_none=True)
    units_left = fields.Integer(metadata={"description": "units the member could spend on it"})


class BookingCancelBody(InputSchema):
    reason = fields.String(load_default="", validate=validate.Length(max=300))


class BookingShown(InputSchema):
    id = fields.String()
    class_id = fields.String()
    member_id = fields.String()
    state = fields.String()
    waiting_number = fields.Integer(allow_none=True)
    offered_until = fields.AwareDateTime(allow_none=True)
    booked_at = fields.AwareDateTime()
    late = fields.Boolean(metadata={"description": "cancelled late"})
    units = fields.Integer(metadata={"description": "units of a package that it holds"})


class BookingList(InputSchema):
    items = fields.List(fields.Nested(BookingShown))
    next = fields.String(allow_none=True)


class PresenceBody(InputSchema):
    present = fields.Boolean(required=True)


class StrikeBody(InputSchema):
    excuse = fields.Boolean(required=True)
    answer = fields.String(required=True, validate=validate.Length(min=1, max=300))


class StrikeShown(InputSchema):
    id = fields.String()
    day = fields.Date()
    miss = fields.String()
    penalty = fields.String()
    state = fields.String()


class StrikeList(InputSchema):
    items = fields.List(fields.Nested(StrikeShown))


class GuestBody(InputSchema):
    host_id = fields.String(required=True, validate=_ID)
    given_name = fields.String(required=True)
    family_name = fields.String(load_default="")
    phone = fields.String(load_default="")
    email = fields.String(load_default="")
    club = fields.String(load_default=None, allow_none=True, validate=_ID)


class GuestShown(InputSchema):
    id = fields.String()
    host_id = fields.String()
    member_id = fields.String(metadata={"description": "the guest"})
    day = fields.Date()
    state = fields.String()
    expires_at = fields.AwareDateTime(allow_none=True)
