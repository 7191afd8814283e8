"""Views room: what the API reads and shows of waivers and certificates."""

from marshmallow import Schema, fields, validate

from clubcrm.core.api import InputSchema


class WaiverShown(Schema):
    """A signed waiver; with a reason where it was declared void."""

    document_id = fields.String()
    signed_on = fields.Date()
    valid_until = fields.Date(allow_none=True)
    void_because = fields.String(allow_none=True)


class WaiverText(Schema):
    """The words to be read, and the fingerprint to be sent back with the signature."""

    title = fields.String()
    language = fields.String()
    seen = fields.String()


class WaiverList(Schema):
    """The waivers of a member, the newest first, and today's words."""

    items = fields.List(fields.Nested(WaiverShown))
    text = fields.Nested(WaiverText)


class WaiverBody(InputSchema):
    """A signature: the words that were seen, a name, and the strokes if they were drawn."""

    language = fields.String(required=True, validate=validate.Length(max=8))
    seen = fields.String(required=True, validate=validate.Length(equal=64))
    name = fields.String(required=True, validate=validate.Length(1, 200))
    drawn = fields.String(load_default="", validate=validate.Length(max=200_000))


class CertificateShown(Schema):
    """A certificate; whether a file was handed in with it."""

    id = fields.String()
    valid_until = fields.Date()
    note = fields.String()
    has_file = fields.Boolean()


class CertificateKept(Schema):
    """A certificate that was handed in; its note and file are opened by two roles only."""

    id = fields.String()
    valid_until = fields.Date()


class CertificateList(Schema):
    """The certificates of a member, the newest first."""

    items = fields.List(fields.Nested(CertificateShown))
