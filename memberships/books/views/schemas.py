"""Views room: what the API of the books takes and gives."""

from typing import Any

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema, PageArgs
from memberships.books.cash_book import MOST_MINOR
from memberships.books.kinds import CHANNELS, Account, ClosingKind, Direction, PayeeKind
from memberships.books.schedule import Every

_ID = validate.Length(min=1, max=64)
_MONTH = validate.Regexp(r"^[12]\d{3}-(0[1-9]|1[0-2])$", error="Expected a month such as 2026-11.")
_SUM: dict[str, Any] = {"strict": True, "validate": validate.Range(1, MOST_MINOR)}
_WHOLE: dict[str, Any] = {"strict": True, "validate": validate.Range(0, MOST_MINOR)}
_CLUB: dict[str, Any] = {
    "load_default": None,
    "validate": _ID,
    "metadata": {"description": "id or name of one of your clubs; by default the first"},
}


class ClubQuery(InputSchema):
    club = fields.String(**_CLUB)


class LineQuery(PageArgs):
    club = fields.String(**_CLUB)
    first = fields.Date(load_default=None, data_key="from")
    last = fields.Date(load_default=None, data_key="to")
    account = fields.Enum(Account, by_value=True, load_default=None)
    category = fields.String(load_default=None, validate=_ID)
    payee = fields.String(load_default=None, validate=_ID)


class EntryBody(InputSchema):
    club = fields.String(**_CLUB)
    on = fields.Date(load_default=None, metadata={"description": "by default today"})
    text = fields.String(required=True, validate=validate.Length(min=1, max=200))
    category = fields.String(required=True, validate=_ID)
    account = fields.Enum(Account, by_value=True, required=True)
    amount_minor = fields.Integer(
        required=True, metadata={"description": "above zero, tax included"}, **_SUM
    )
    tax_minor = fields.Integer(load_default=0, **_WHOLE)
    payee = fields.String(load_default="", validate=validate.Length(max=120))
    payee_kind = fields.Enum(PayeeKind, by_value=True, load_default=PayeeKind.SUPPLIER)
    channel = fields.String(load_default="", validate=validate.OneOf(("", *CHANNELS)))
    first_month = fields.String(load_default=None, allow_none=True, validate=_MONTH)
    months = fields.Integer(strict=True, load_default=1, validate=validate.Range(1, 60))
    reference = fields.String(load_default="", validate=validate.Length(max=80))


class RecurringBody(EntryBody):
    every = fields.Enum(Every, by_value=True, required=True)
    until_on = fields.Date(load_default=None, allow_none=True)


class CashTransferBody(InputSchema):
    club = fields.String(**_CLUB)
    on = fields.Date(load_default=None)
    from_account = fields.Enum(Account, by_value=True, required=True)
    to_account = fields.Enum(Account, by_value=True, required=True)
    amount_minor = fields.Integer(required=True, **_SUM)
    text = fields.String(load_default="", validate=validate.Length(max=200))


class CategoryBody(InputSchema):
    club = fields.String(**_CLUB)
    name = fields.String(required=True, validate=validate.Length(min=1, max=80))
    direction = fields.Enum(Direction, by_value=True, required=True)


class ReasonBody(InputSchema):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=200))


class BookLineShown(InputSchema):
    id = fields.String()
    kind = fields.String(metadata={"description": "entry, transfer, opening or count"})
    account = fields.String()
    category = fields.String(allow_none=True)
    payee = fields.String(allow_none=True)
    channel = fields.String()
    amount_minor = fields.Integer(metadata={"description": "out is negative"})
    tax_minor = fields.Integer()
    currency = fields.String()
    booked_on = fields.Date()
    wanted_on = fields.Date(metadata={"description": "differs when that day was closed already"})
    first_month = fields.Date()
    months = fields.Integer()
    text = fields.String()
    reference = fields.String()
    reversed_by = fields.String(allow_none=True)


class LineList(InputSchema):
    items = fields.List(fields.Nested(BookLineShown))
    next = fields.String(allow_none=True)


class CategoryShown(InputSchema):
    code = fields.String()
    name = fields.String()
    direction = fields.String()


class CategoryList(InputSchema):
    items = fields.List(fields.Nested(CategoryShown))


class RecurringShown(InputSchema):
    id = fields.String()
    state = fields.String()
    text = fields.String()
    account = fields.String()
    category = fields.String()
    amount_minor = fields.Integer()
    currency = fields.String()
    every = fields.String()
    first_on = fields.Date()
    until_on = fields.Date(allow_none=True)
    booked_until = fields.Date(allow_none=True)


class RecurringList(InputSchema):
    items = fields.List(fields.Nested(RecurringShown))


class DayQuery(InputSchema):
    club = fields.String(**_CLUB)
    day = fields.Date(load_default=None, metadata={"description": "by default today"})


class Sums(fields.Dict):
    """Amounts in minor units by name."""

    def __init__(self, **more: Any) -> None:
        super().__init__(keys=fields.String(), values=fields.Integer(), **more)


class BalancesShown(InputSchema):
    day = fields.Date()
    currency = fields.String()
    accounts = Sums()
    owed_to_members = Sums(metadata={"description": "time, units, gift cards, credit"})
    receivable_minor = fields.Integer()
    closed_until = fields.Date(allow_none=True)


class MonthsQuery(InputSchema):
    club = fields.String(**_CLUB)
    month = fields.String(
        load_default=None, validate=_MONTH, metadata={"description": "the last one; or this month"}
    )
    months = fields.Integer(load_default=1, validate=validate.Range(1, 24))


class FlowShown(InputSchema):
    month = fields.Date()
    by_name = Sums(metadata={"description": "categories, and payments.TENDER or refunds.TENDER"})
    in_minor = fields.Integer()
    out_minor = fields.Integer()
    opening = Sums()
    closing = Sums()


class FlowList(InputSchema):
    currency = fields.String()
    items = fields.List(fields.Nested(FlowShown))


class ProfitShown(InputSchema):
    month = fields.Date()
    closed = fields.Boolean()
    sums = Sums(metadata={"description": "earned.KIND, income.*, expense.*, tax.*"})
    changed_minor = fields.Integer(metadata={"description": "what closed months have changed by"})
    profit_minor = fields.Integer()


class ProfitList(InputSchema):
    currency = fields.String()
    items = fields.List(fields.Nested(ProfitShown))


class SpendShown(InputSchema):
    channel = fields.String()
    month = fields.Date()
    spent_minor = fields.Integer()


class ClientCostShown(InputSchema):
    month = fields.Date()
    spent_minor = fields.Integer()
    clients = fields.Integer(metadata={"description": "who became a client in the month"})
    each_minor = fields.Integer(allow_none=True)


class SpendList(InputSchema):
    currency = fields.String()
    items = fields.List(fields.Nested(SpendShown))
    clients = fields.List(fields.Nested(ClientCostShown))


class ClosingQuery(PageArgs):
    club = fields.String(**_CLUB)
    kind = fields.Enum(ClosingKind, by_value=True, load_default=None)


class DayClosingBody(InputSchema):
    club = fields.String(**_CLUB)
    last_on = fields.Date(required=True)
    pieces = fields.Dict(
        keys=fields.Integer(),
        values=fields.Integer(strict=True, validate=validate.Range(0, 100_000)),
        load_default=dict,
        validate=validate.Length(max=40),
        metadata={"description": "number of coins and notes by face in minor units"},
    )
    counted_minor = fields.Integer(load_default=None, allow_none=True, **_WHOLE)
    note = fields.String(load_default="", validate=validate.Length(max=300))


class MonthClosingBody(InputSchema):
    club = fields.String(**_CLUB)
    month = fields.String(required=True, validate=_MONTH)
    note = fields.String(load_default="", validate=validate.Length(max=300))


class ClosingLine(InputSchema):
    id = fields.String()
    kind = fields.String()
    first_on = fields.Date()
    last_on = fields.Date()
    sha256 = fields.String()
    note = fields.String()
    at = fields.AwareDateTime()


class ClosingShown(ClosingLine):
    figures = fields.Dict(metadata={"description": "as sealed: canonical JSON of the SHA-256"})


class ClosingList(InputSchema):
    items = fields.List(fields.Nested(ClosingLine))
    next = fields.String(allow_none=True)
