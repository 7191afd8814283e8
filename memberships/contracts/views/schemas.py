"""Views room: what the API of plans, contracts, blocks and units takes and gives."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema, PageArgs
from memberships.blocks.rules import PLACED_BY_HAND
from memberships.contracts.renewal_tables import DeclineReason
from memberships.contracts.renewal_terms import Carry
from memberships.contracts.rules import FreezeOnScan, PlanKind

_WHOLE: dict[str, Any] = {"strict": True, "allow_none": True, "load_default": None}
_LINE = validate.Length(max=300)
_ID = validate.Length(min=1, max=64)


class PriceSchema(InputSchema):
    amount_minor = fields.Integer(required=True, strict=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))


class WindowSchema(InputSchema):
    weekday = fields.Integer(
        required=True, strict=True, metadata={"description": "0 is Monday, 6 is Sunday"}
    )
    opens = fields.Time(required=True, format="%H:%M")
    closes = fields.Time(
        required=True,
        format="%H:%M",
        metadata={"description": "at or before opens means the next day"},
    )


_MINOR: dict[str, Any] = {**_WHOLE, "validate": validate.Range(0, 2_000_000_000)}


class ConditionsSchema(InputSchema):
    joining_minor = fields.Integer(
        strict=True, load_default=0, validate=validate.Range(0, 2_000_000_000)
    )
    days_before = fields.Integer(
        **_WHOLE, metadata={"description": "renewal opens so many days before the end"}
    )
    days_after = fields.Integer(**_WHOLE)
    early_price_minor = fields.Integer(**_MINOR)
    early_days = fields.Integer(**_WHOLE)
    carry = fields.Enum(Carry, by_value=True, load_default=Carry.NONE)
    carry_units = fields.Integer(**_WHOLE)
    extra_member_minor = fields.Integer(**_MINOR)
    transfer_minor = fields.Integer(
        strict=True, allow_none=True, load_default=0, validate=validate.Range(0, 2_000_000_000)
    )


class PlanPackageSchema(InputSchema):
    package_id = fields.String(required=True, validate=_ID)
    units = fields.Integer(required=True, strict=True, validate=validate.Range(1, 500))
    each_period = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "anew with each paid period of a recurring plan"},
    )


class PlanBody(InputSchema):
    name = fields.String(required=True)
    kind = fields.Enum(PlanKind, by_value=True, required=True)
    price = fields.Nested(PriceSchema, load_default=None, allow_none=True)
    term_months = fields.Integer(**_WHOLE)
    term_days = fields.Integer(**_WHOLE)
    visits = fields.Integer(**_WHOLE)
    windows = fields.List(
        fields.Nested(WindowSchema), load_default=list, validate=validate.Length(max=70)
    )
    daily_limit = fields.Integer(**_WHOLE)
    reentry_minutes = fields.Integer(strict=True, load_default=120)
    club = fields.String(
        load_default=None, allow_none=True, metadata={"description": "id or name of the seller"}
    )
    clubs = fields.List(
        fields.String(validate=_ID),
        load_default=list,
        validate=validate.Length(max=200),
        metadata={"description": "further clubs it admits to; ids or names"},
    )
    all_clubs = fields.Boolean(load_default=False)
    zones = fields.List(
        fields.String(validate=validate.Length(max=60)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=50),
    )
    freeze_on_scan = fields.Enum(FreezeOnScan, by_value=True, load_default=FreezeOnScan.REFUSE)
    conditions = fields.Nested(ConditionsSchema, load_default=None, allow_none=True)
    packages = fields.List(
        fields.Nested(PlanPackageSchema),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"description": "units that come with each contract, free of charge"},
    )


class PlanShown(InputSchema):
    id = fields.String()
    club = fields.String()
    state = fields.String()
    version = fields.Integer()
    name = fields.String()
    kind = fields.String()
    price = fields.Nested(PriceSchema)
    term_months = fields.Integer(allow_none=True)
    term_days = fields.Integer(allow_none=True)
    visits = fields.Integer(allow_none=True)
    windows = fields.List(fields.Nested(WindowSchema))
    daily_limit = fields.Integer(allow_none=True)
    reentry_minutes = fields.Integer()
    clubs = fields.List(fields.String())
    all_clubs = fields.Boolean()
    zones = fields.List(fields.String(), allow_none=True)
    freeze_on_scan = fields.String()
    conditions = fields.Nested(ConditionsSchema)
    packages = fields.List(fields.Nested(PlanPackageSchema))


class PlanList(InputSchema):
    items = fields.List(fields.Nested(PlanShown))


class DueSchema(InputSchema):
    on = fields.Date(required=True)
    amount_minor = fields.Integer(required=True, strict=True, validate=validate.Range(1, 10**12))


class ContractBody(InputSchema):
    member_id = fields.String(required=True, validate=_ID)
    plan_id = fields.String(required=True, validate=_ID)
    starts_on = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "by default today"}
    )
    complete = fields.Boolean(load_default=True)
    price = fields.Nested(
        PriceSchema,
        load_default=None,
        allow_none=True,
        metadata={"description": "the total the buyer was shown; refused when it is another now"},
    )
    discount_minor = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 10**12))
    discount_reason = fields.String(load_default="", validate=_LINE)
    due = fields.List(fields.Nested(DueSchema), load_default=list, validate=validate.Length(max=60))


class ContractShown(InputSchema):
    id = fields.String()
    number = fields.String()
    member_id = fields.String()
    plan_id = fields.String()
    plan_name = fields.String()
    plan_kind = fields.String()
    plan_version = fields.Integer()
    state = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True, metadata={"description": "last day, inclusive"})
    term_ends_on = fields.Date(allow_none=True)
    price = fields.Nested(PriceSchema)
    signed_at = fields.AwareDateTime(allow_none=True)
    units_bought = fields.Integer(allow_none=True)
    units_left = fields.Integer(allow_none=True)


class ContractQuery(PageArgs):
    member = fields.String(load_default=None, validate=_ID)


class ContractList(InputSchema):
    items = fields.List(fields.Nested(ContractShown))
    next = fields.String(allow_none=True)


class RenewBody(InputSchema):
    plan_id = fields.String(
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": "the next plan; by default the same"},
    )
    offer_id = fields.String(load_default=None, allow_none=True, validate=_ID)
    allow_overlap = fields.Boolean(
        load_default=False,
        metadata={"description": "a clash with another plan's contract has been seen"},
    )


class RenewalShown(ContractShown):
    already_accepted = fields.Boolean()


class RenewalOfferBody(InputSchema):
    plan_id = fields.String(load_default=None, allow_none=True, validate=_ID)
    price_minor = fields.Integer(**_MINOR)
    early_price_minor = fields.Integer(**_MINOR)
    early_until = fields.Date(load_default=None, allow_none=True)
    expires_on = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "last day, inclusive; by default that of the window"},
    )


class RenewalPromotionShown(InputSchema):
    name = fields.String()
    list_minor = fields.Integer()
    price_minor = fields.Integer()
    until_on = fields.Date()


class RenewalOfferShown(InputSchema):
    id = fields.String()
    contract_id = fields.String()
    plan_name = fields.String()
    price = fields.Nested(PriceSchema)
    early_price_minor = fields.Integer(allow_none=True)
    early_until = fields.Date(allow_none=True)
    expires_on = fields.Date()
    state = fields.String()
    reason = fields.String(allow_none=True)
    promotion = fields.Nested(
        RenewalPromotionShown,
        allow_none=True,
        metadata={"description": "runs today and is better than the offer, which it replaces"},
    )


class RenewalOfferList(InputSchema):
    items = fields.List(fields.Nested(RenewalOfferShown))


class RenewalDeclineBody(InputSchema):
    reason = fields.Enum(DeclineReason, by_value=True, required=True)
    words = fields.String(load_default="", validate=_LINE)


class FreezeBody(InputSchema):
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True, metadata={"description": "last day, inclusive"})
    reason = fields.String(required=True, validate=_LINE)
    type_id = fields.String(
        load_default=None,
        allow_none=True,
        validate=_ID,
        metadata={"description": "the kind of freeze; needed when the club offers any"},
    )
    proof = fields.String(
        load_default="", validate=_LINE, metadata={"description": "the document that was seen"}
    )


class FreezeShown(InputSchema):
    days = fields.Integer()
    ends_on = fields.Date(allow_none=True)
    new_ends_on = fields.Date(allow_none=True)
    price = fields.Nested(PriceSchema)
    days_left = fields.Integer(allow_none=True)
    times_left = fields.Integer(allow_none=True)
    moves_renewal = fields.String(
        allow_none=True, metadata={"description": "number of a renewal that begins later for it"}
    )


class BlockBody(InputSchema):
    owner = fields.String(
        required=True, validate=validate.OneOf(sorted(one.value for one in PLACED_BY_HAND))
    )
    reason = fields.String(required=True, validate=_LINE)
    from_on = fields.Date(load_default=None, allow_none=True)
    until_on = fields.Date(load_default=None, allow_none=True)
    amount_minor = fields.Integer(**_WHOLE, validate=validate.Range(1, 2_000_000_000))


class LiftBody(InputSchema):
    reason = fields.String(load_default="", validate=_LINE)


class BlockShown(InputSchema):
    id = fields.Integer()
    owner = fields.String()
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)
    amount_minor = fields.Integer(allow_none=True)
    currency = fields.String(allow_none=True)
    reason = fields.String()
    lifted_at = fields.AwareDateTime(allow_none=True)


class BlockList(InputSchema):
    items = fields.List(fields.Nested(BlockShown))


class UnitLine(InputSchema):
    id = fields.Integer()
    lot = fields.Integer()
    kind = fields.String()
    delta = fields.Integer()
    balance = fields.Integer()
    at = fields.AwareDateTime()
    by = fields.String()
    source = fields.String()
    reason = fields.String()


class UnitList(InputSchema):
    items = fields.List(fields.Nested(UnitLine))
