"""Views room: likely doubles, merges and their undo, for programs."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from clubcrm.core.api import ApiBlueprint, InputSchema, PageArgs
from clubcrm.core.db import db
from clubcrm.core.errors import not_found
from clubcrm.core.web import current_actor, require
from clubcrm.people.doubles import keep_apart
from clubcrm.people.merge_tables import PersonMerge
from clubcrm.people.merging import merge
from clubcrm.people.models import Person
from clubcrm.people.permissions import MERGE_PEOPLE
from clubcrm.people.queries.doubles import double_in, open_doubles
from clubcrm.people.queries.merges import merge_in
from clubcrm.people.queries.persons import person_in
from clubcrm.people.rules.merging import CHOICES, GONE, KEPT
from clubcrm.people.unmerging import undo_merge

clean_api = ApiBlueprint(
    "clean_api", __name__, url_prefix="/api/v1", description="Records that are one person"
)


class DoubleShown(InputSchema):
    """Two people who may be one, how likely, and why."""

    id = fields.Integer()
    one = fields.String()
    other = fields.String()
    score = fields.Integer()
    reasons = fields.List(fields.String())


class MergeBody(InputSchema):
    """The record that goes, and for each group of fields whose value stays."""

    other = fields.String(required=True, validate=validate.Length(min=1, max=64))
    choice = fields.Dict(
        keys=fields.String(validate=validate.OneOf(tuple(CHOICES))),
        values=fields.String(validate=validate.OneOf((KEPT, GONE))),
        load_default=dict,
    )


class MergeShown(InputSchema):
    """A merge and until when it can be undone."""

    id = fields.String()
    member = fields.String()
    merged_at = fields.AwareDateTime()
    undo_until = fields.AwareDateTime()
    undone_at = fields.AwareDateTime(allow_none=True)


class DoubleList(InputSchema):
    """Pairs, likeliest first."""

    items = fields.List(fields.Nested(DoubleShown))


@clean_api.get("/doubles")
@clean_api.doc(summary="Pairs of people who may be one, likeliest first")
@require(MERGE_PEOPLE)
@clean_api.arguments(PageArgs, location="query")
@clean_api.response(200, DoubleList)
def list_doubles(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the pairs nobody has decided about."""
    found = open_doubles(current_actor().scope, asked["limit"])
    return {
        "items": [
            {
                "id": pair.pair_id,
                "one": pair.one.public_id,
                "other": pair.other.public_id,
                "score": pair.score,
                "reasons": [reason.value for reason in pair.reasons],
            }
            for pair in found
        ]
    }


@clean_api.post("/doubles/<int:pair_id>/apart")
@clean_api.doc(summary="The two are two people")
@require(MERGE_PEOPLE)
@clean_api.response(204)
def post_apart(pair_id: int) -> None:
    """The pair is not shown again."""
    pair = double_in(current_actor().scope, pair_id) if pair_id < 2**31 else None
    if pair is None:
        raise not_found(_("This pair is not on the list any more."))
    keep_apart(pair)


@clean_api.post("/members/<string:member_id>/merge")
@clean_api.doc(summary="Make another record part of this one", description="Undo within 30 days.")
@require(MERGE_PEOPLE)
@clean_api.arguments(MergeBody)
@clean_api.response(201, MergeShown)
def post_merge(body: dict[str, Any], member_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Both are one person; 409 MERGE_STOPPED says what stands in the way."""
    scope = current_actor().scope
    kept, gone = person_in(scope, member_id), person_in(scope, body["other"])
    made = merge(kept, gone, body["choice"])
    address = url_for("clean_api.get_merge", merge_id=made.public_id)
    return _shown(made), 201, {"Location": address}


@clean_api.get("/merges/<string:merge_id>")
@clean_api.doc(summary="One merge")
@require(MERGE_PEOPLE)
@clean_api.response(200, MergeShown)
def get_merge(merge_id: str) -> dict[str, Any]:
    """Return the merge."""
    return _shown(merge_in(current_actor().scope, merge_id))


@clean_api.post("/merges/<string:merge_id>/undo")
@clean_api.doc(summary="Take a merge back", description="409 TOO_LATE after 30 days.")
@require(MERGE_PEOPLE)
@clean_api.response(200, MergeShown)
def post_undo(merge_id: str) -> dict[str, Any]:
    """Both records stand as before."""
    made = merge_in(current_actor().scope, merge_id)
    undo_merge(made)
    return _shown(made)


def _shown(made: PersonMerge) -> dict[str, Any]:
    kept = db.session.get_one(Person, made.kept_id)
    return {
        "id": made.public_id,
        "member": kept.public_id,
        "merged_at": made.merged_at,
        "undo_until": made.undo_until,
        "undone_at": made.undone_at,
    }
