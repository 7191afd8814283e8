"""Views room: what the JSON door of people takes and gives."""

from marshmallow import fields, validate

from clubcrm.core.api import InputSchema, PageArgs
from clubcrm.people.models import Channel, Purpose

# Longer than any field may be, so that the rule of the field itself names the fault.
_TEXT = validate.Length(max=5000)


class MemberBody(InputSchema):
    """A new person; a local phone number is read in the country of the club."""

    given_name = fields.String(required=True, validate=_TEXT)
    family_name = fields.String(load_default="", validate=_TEXT)
    phone = fields.String(load_default="", allow_none=True, validate=_TEXT)
    email = fields.String(load_default="", allow_none=True, validate=_TEXT)
    birth_date = fields.Date(load_default=None, allow_none=True)
    language = fields.String(load_default="", allow_none=True, validate=_TEXT)
    desk_note = fields.String(load_default="", validate=_TEXT)
    external_ref = fields.String(load_default="", allow_none=True, validate=_TEXT)
    club = fields.String(
        load_default="",
        validate=_TEXT,
        metadata={"description": "id or name of a club; by default your first one"},
    )


class MemberChange(InputSchema):
    """What changes about a person; `version` is the one that was read."""

    version = fields.Integer(required=True, validate=validate.Range(min=1, max=2**31 - 1))
    given_name = fields.String(validate=_TEXT)
    family_name = fields.String(validate=_TEXT)
    phone = fields.String(allow_none=True, validate=_TEXT)
    email = fields.String(allow_none=True, validate=_TEXT)
    birth_date = fields.Date(allow_none=True)
    language = fields.String(allow_none=True, validate=_TEXT)
    desk_note = fields.String(validate=_TEXT)


class MemberShown(InputSchema):
    """One person of the club."""

    id = fields.String()
    given_name = fields.String()
    family_name = fields.String()
    name = fields.String()
    phone = fields.String(allow_none=True, metadata={"description": "E.164, the first one"})
    email = fields.String(allow_none=True)
    birth_date = fields.Date(allow_none=True)
    language = fields.String(allow_none=True)
    do_not_contact = fields.Boolean()
    club = fields.String(metadata={"description": "id of the club"})
    club_name = fields.String()
    created_at = fields.AwareDateTime()
    version = fields.Integer()


class ContactShown(InputSchema):
    """One way to reach a person."""

    kind = fields.String()
    value = fields.String()
    works = fields.Boolean()


class ConsentShown(InputSchema):
    """The newest answer for a channel and purpose."""

    channel = fields.String()
    purpose = fields.String()
    given = fields.Boolean()
    at = fields.AwareDateTime()
    source = fields.String()
    text_version = fields.String()


class MemberInFull(MemberShown):
    """One person with every way to reach him and what he allows."""

    desk_note = fields.String()
    contacts = fields.List(fields.Nested(ContactShown))
    consents = fields.List(fields.Nested(ConsentShown))


class MemberQuery(PageArgs):
    """Search words, or the whole club in pages by name."""

    q = fields.String(load_default="", validate=validate.Length(max=200))


class MemberList(InputSchema):
    """A page of people; `next` goes into `after`."""

    items = fields.List(fields.Nested(MemberShown))
    next = fields.String(allow_none=True)


class ConsentBody(InputSchema):
    """A yes or no for one channel and purpose."""

    channel = fields.String(required=True, validate=validate.OneOf([c.value for c in Channel]))
    purpose = fields.String(required=True, validate=validate.OneOf([p.value for p in Purpose]))
    given = fields.Boolean(required=True)
    source = fields.String(load_default="api", validate=validate.Length(min=1, max=60))
    text_version = fields.String(load_default=None, validate=validate.Length(min=1, max=40))


class OwnFieldShown(InputSchema):
    """A field of the club's own, and what stands in it for this person."""

    id = fields.String()
    label = fields.String()
    kind = fields.String()
    choices = fields.List(fields.String())
    required = fields.Boolean()
    value = fields.String(allow_none=True)


class TieGiven(InputSchema):
    """One who belongs to a person, and what he is to him."""

    id = fields.String()
    name = fields.String()
    kind = fields.String()
    note = fields.String()


class AboutPerson(InputSchema):
    """What the club itself keeps about a person."""

    tags = fields.List(fields.String())
    fields_ = fields.List(fields.Nested(OwnFieldShown), data_key="fields", attribute="fields")
    ties = fields.List(fields.Nested(TieGiven))


class AboutBody(InputSchema):
    """Values by id of the field, None to empty it, and all tags; what is not named stays."""

    values = fields.Dict(
        keys=fields.String(validate=validate.Length(max=40)),
        values=fields.String(allow_none=True, validate=_TEXT),
        load_default=None,
        allow_none=True,
    )
    tags = fields.List(
        fields.String(validate=_TEXT),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=50),
    )
